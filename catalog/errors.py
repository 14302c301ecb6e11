"""Errors for people: one exception root, stable codes, and the table of all codes."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).with_name("error_codes")
_CODE = re.compile(r"\bLUN\d{3}\b")


class ExitCode(IntEnum):
    """Exit codes of `lunora`."""

    OK = 0
    AWS_ERROR = 1
    INVALID_INPUT = 2
    GUARD_REFUSED = 3


class ErrorCode(BaseModel):
    """One row of the table of codes.

    Attributes:
        title: the kind of error, for headings.
        explanation: its causes and its remedy, for docs/reference/errors.md.
        exit_code: the exit code of `lunora` after it.
        guard: the guard that raises it, where it is a refusal of a guard.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    explanation: str
    exit_code: Literal[1, 2, 3] = 2
    guard: str | None = None


@functools.cache
def error_codes() -> Mapping[str, ErrorCode]:
    """Return the rows of all codes, in order of the codes."""
    rows: dict[str, ErrorCode] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for code, row in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if code in rows:
                raise AssertionError(f"{path}: {code} has a row already")
            rows[code] = ErrorCode.model_validate(row)
    return dict(sorted(rows.items()))


def codes_in(text: str) -> tuple[str, ...]:
    """Return the known codes that *text* contains, in the order of their first occurrence."""
    return tuple(code for code in dict.fromkeys(_CODE.findall(text)) if code in error_codes())


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file.

    Attributes:
        path: the file or folder.
        line: from 1; 0 for the file as a whole.
        column: from 1; 0 for the file as a whole.
    """

    path: Path
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else f"{self.path}"


class LunoraError(Exception):
    """An error for a person; prints as `destinations/x.yaml:4:9: LUN104: message; remedy`.

    Args:
        code: a row of the table; programs decide by it, never by words of the message.
        message: the error and its cause; never a secret.
        remedy: the command or edit that fixes it.
        where: the place in a file; None without one.
    """

    def __init__(
        self, code: str, message: str, *, remedy: str = "", where: Location | None = None
    ) -> None:
        self.code = code
        self.message = message
        self.remedy = remedy
        self.where = where
        place = f"{where}: " if where else ""
        fix = f"; {remedy}" if remedy else ""
        super().__init__(f"{place}{code}: {message}{fix}")

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of `lunora` after this error."""
        return ExitCode(error_codes()[self.code].exit_code)
