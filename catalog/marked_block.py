"""Generated blocks of documents, between two HTML comments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.errors import Location, LunoraError


@dataclass(frozen=True, slots=True)
class MarkedBlock:
    """A generated block of a document.

    Attributes:
        name: unique within the document.
        command: the command that writes it.
    """

    name: str
    command: str

    @property
    def begin(self) -> str:
        """The comment before the block."""
        return f"<!-- {self.name}: written by `{self.command}` -->\n"

    @property
    def end(self) -> str:
        """The comment after the block."""
        return f"<!-- end of {self.name} -->\n"

    def document(self, path: Path, block: str) -> str:
        """Return the text of the document *path* with *block* as its generated block.

        Raises:
            LunoraError: when the document cannot be read or lacks one of the comments.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise _error(path, "cannot read the document") from None
        return self.inserted(text, path, block)

    def inserted(self, text: str, path: Path, block: str) -> str:
        """Return *text*, which is that of the document *path*, with *block* as its block.

        Raises:
            LunoraError: when it lacks one of the comments.
        """
        before, begin, rest = text.partition(self.begin)
        _, end, after = rest.partition(self.end)
        if not (begin and end):
            raise _error(path, f"the comments around the block `{self.name}` are missing")
        return f"{before}{begin}{block}{end}{after}"


def _error(path: Path, message: str) -> LunoraError:
    remedy = "restore it from version control"
    return LunoraError("LUN190", message, remedy=remedy, where=Location(path))
