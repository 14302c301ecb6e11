"""Pictures in the terminal, by the protocol of kitty or that of iTerm2.

Terminals are recognized by the variables that they set; a question to the terminal would have to
wait for an answer that others never give.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Literal

from lunora.pictures.image import png

Protocol = Literal["kitty", "iterm2"]

_COLUMNS = 48
# kitty, graphics protocol: a chunk of base64 has at most 4096 characters.
_CHUNK = 4096
# kitty and Ghostty set TERM, and Ghostty TERM_PROGRAM (their documentation of terminfo).
_BY_TERM: Mapping[str, Protocol] = {"xterm-kitty": "kitty", "xterm-ghostty": "kitty"}
# iTerm2's documentation, inline images; WezTerm's, imgcat; mintty's, control sequences.
_BY_PROGRAM: Mapping[str, Protocol] = {
    "ghostty": "kitty",
    "iTerm.app": "iterm2",
    "WezTerm": "iterm2",
    "mintty": "iterm2",
}
# Of terminals that set no TERM_PROGRAM: kitty where somebody sets TERM otherwise, and Konsole,
# which takes both since 22.04 (its release notes). LC_TERMINAL is iTerm2's too, and ssh passes it.
_BY_VARIABLE: Mapping[str, Protocol] = {"KITTY_WINDOW_ID": "kitty", "KONSOLE_VERSION": "iterm2"}
_MULTIPLEXERS = ("screen", "tmux")


def protocol(environ: Mapping[str, str]) -> Protocol | None:
    """Return the protocol of the terminal of *environ*; None without, and in tmux and screen."""
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if term.startswith(_MULTIPLEXERS) or program in _MULTIPLEXERS:
        return None
    if term in _BY_TERM:
        return _BY_TERM[term]
    if program:
        # The others are inherited from a terminal that has started this one.
        return _BY_PROGRAM.get(program)
    if environ.get("LC_TERMINAL") == "iTerm2":
        return "iterm2"
    return next((value for name, value in _BY_VARIABLE.items() if name in environ), None)


def sequence(jpeg: bytes, protocol: Protocol) -> str:
    """Return the text that shows *jpeg* in the terminal; empty where it is no picture.

    kitty takes PNG and no JPEG. Nothing reads the answers that it would give.
    """
    if protocol == "iterm2":
        return f"\x1b]1337;File=inline=1;size={len(jpeg)};width={_COLUMNS}:{_base64(jpeg)}\a"
    text = _base64(png(jpeg) or b"")
    starts = range(0, len(text), _CHUNK)
    return "".join(_chunk(text[start : start + _CHUNK], start, len(text)) for start in starts)


def _chunk(text: str, start: int, length: int) -> str:
    """Return the sequence of one chunk of a picture: the first has the keys of all."""
    keys = "" if start else f"a=T,f=100,q=2,c={_COLUMNS},"
    return f"\x1b_G{keys}m={int(start + len(text) < length)};{text}\x1b\\"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
