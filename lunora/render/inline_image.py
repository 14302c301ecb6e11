"""Pictures in the terminal, by the escape sequence of iTerm2."""

from __future__ import annotations

import base64
from collections.abc import Mapping

_COLUMNS = 48
# Programs that show it, by TERM_PROGRAM (iTerm2's documentation, inline images; WezTerm's, imgcat).
_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "mintty"})


def is_supported(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal of *environ* shows pictures; within tmux and screen none does."""
    if environ.get("TERM", "").startswith(("screen", "tmux")):
        return False
    return environ.get("TERM_PROGRAM") in _PROGRAMS or "KONSOLE_VERSION" in environ


def sequence(jpeg: bytes) -> str:
    """Return the text that shows *jpeg* in the terminal."""
    body = base64.b64encode(jpeg).decode()
    return f"\x1b]1337;File=inline=1;size={len(jpeg)};width={_COLUMNS}:{body}\a"
