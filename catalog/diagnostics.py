"""What is wrong with destination files, and where."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One sentence about one place; prints as `destinations/x.yaml:4:9: preset: unknown ...`.

    Attributes:
        path: the file or folder.
        line: from 1; 0 for the file as a whole.
        column: from 1.
        key: the key in the file, dotted; empty for the file as a whole.
        message: what is wrong and what to do; never a secret.
    """

    path: Path
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else f"{self.path}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class DestinationValidationError(Exception):
    """Everything that is wrong with all files, sorted by place."""

    def __init__(self, problems: Iterable[Diagnostic]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(wrong: str, allowed: Iterable[str]) -> str | None:
    """Return which of *allowed* was probably meant; None when none is near."""
    found = difflib.get_close_matches(wrong, sorted(allowed), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(wrong: str, allowed: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the nearest of *allowed*, else what is allowed."""
    names = sorted(allowed)
    near = nearest(wrong, names)
    return f'; did you mean "{near}"?' if near else f"; it can be {', '.join(names)}"
