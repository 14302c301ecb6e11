"""Escapes for text that people or AWS wrote, one for each target: Markdown, terminal, CI log.

HTML is escaped where the emulator's page renders it, by Jinja's autoescape.
"""

from __future__ import annotations

import re
import unicodedata

_MARKDOWN = re.compile(r"[\\`*_\[\]|~]")
_NOT_A_LINK = "\u200b"
# A GitHub runner obeys a line of a log that begins so (actions/toolkit, workflow commands).
_COMMAND = re.compile(r"^(\s*)(::|##\[)", re.MULTILINE)
_REPLACED = "\ufffd"


def terminal(text: str) -> str:
    """Return *text* without characters that steer a terminal or reorder what it shows."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign if sign in "\n\t" or _is_harmless(sign) else _REPLACED for sign in text)


def ci_log(text: str) -> str:
    """Return *text* with no line that a CI runner takes for a command."""
    return _COMMAND.sub(rf"\1{_NOT_A_LINK}\2", text)


def markdown(text: str) -> str:
    """Return *text* as one line of Markdown that shows it as it is; safe in a cell of a table."""
    line = " ".join(terminal(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;")
    line = _MARKDOWN.sub(r"\\\g<0>", line)
    # GitHub makes links and mentions of plain text after Markdown has been read.
    for start in ("://", "www.", "@"):
        line = line.replace(start, start[:1] + _NOT_A_LINK + start[1:])
    return line


def code_span(text: str) -> str:
    """Return *text* as a code span of Markdown; safe in a cell of a table."""
    line = " ".join(terminal(text).split()).replace("|", "\\|")
    longest = max(map(len, re.findall(r"`+", line)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def fenced(text: str) -> str:
    """Return *text* as a fenced block of Markdown."""
    # A longer fence than any inside, so that nothing in the text is Markdown.
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{terminal(text)}\n{fence}"


def _is_harmless(sign: str) -> bool:
    # Cc: controls, Cf: invisible and bidirectional formats, Cs: halves, Zl and Zp: line ends.
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
