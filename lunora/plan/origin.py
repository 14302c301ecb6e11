"""Origin of a preview: a commit, and the run of the pipeline that made it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.errors import LunoraError

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
# Nothing that ends a link or begins another in Markdown.
_RUN = re.compile(r"https://[A-Za-z0-9.:-]+/[A-Za-z0-9._/-]+")
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Origin:
    """The commit and the run of a preview.

    Attributes:
        commit: the commit's digest; empty for none.
        run: address of the run; empty for none.
    """

    commit: str = ""
    run: str = ""

    def __post_init__(self) -> None:
        """Refuse text that is neither, because it becomes Markdown."""
        if self.commit and not _COMMIT.fullmatch(self.commit):
            raise _invalid("LUNORA_COMMIT is not the digest of a commit")
        if self.run and not _RUN.fullmatch(self.run):
            raise _invalid("LUNORA_RUN is not the https address of a run")

    @property
    def markdown(self) -> str:
        """One line for a person; empty where nothing is known."""
        parts = []
        if self.commit:
            parts.append(f"commit `{self.commit[:_SHOWN]}`")
        if self.run:
            parts.append(f"[run]({self.run})")
        line = ", ".join(parts)
        return line[:1].upper() + line[1:]


def _invalid(message: str) -> LunoraError:
    return LunoraError("LUN401", message, remedy="correct the variable, or remove it")
