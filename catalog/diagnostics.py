"""Diagnostics of destination files, each with its place and code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from catalog.errors import Location, LunoraError


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """An error or warning; prints as `destinations/x.yaml:4:9: LUN111: preset: unknown ...`.

    Attributes:
        where: its place in a file.
        code: a row of the table of codes.
        key: the key in the file, dotted; empty for the file as a whole.
        message: the cause and the remedy; never a secret.
    """

    where: Location
    code: str
    key: str
    message: str

    def __str__(self) -> str:
        subject = f"{self.key}: " if self.key else ""
        return f"{self.where}: {self.code}: {subject}{self.message}"


class DestinationValidationError(LunoraError):
    """All errors of all destination files, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        first = self.diagnostics[0]
        super().__init__(first.code, first.message, where=first.where)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


def invalid_value(code: str, message: str) -> PydanticCustomError:
    """Return the error that a validator raises for a value with an error of this *code*."""
    return PydanticCustomError(code, "{message}", {"message": message})


def nearest(wrong: str, allowed: Iterable[str]) -> str | None:
    """Return the one of *allowed* that is most similar to *wrong*; None if none is."""
    matches = difflib.get_close_matches(wrong, sorted(allowed), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(wrong: str, allowed: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the nearest of *allowed*, else all of *allowed*."""
    names = sorted(allowed)
    near = nearest(wrong, names)
    return f'; did you mean "{near}"?' if near else f"; it can be {', '.join(names)}"
