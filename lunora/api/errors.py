"""Errors of requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from catalog.diagnostics import Diagnostic
from catalog.errors import LunoraError


@dataclass(frozen=True, slots=True)
class Problem:
    """An error of one key.

    Attributes:
        destination: the destination whose file has it.
        field: the key, dotted; empty for the file as a whole.
        code: a row of the table of codes.
        message: the cause and the remedy; never a secret.
    """

    destination: str
    field: str
    code: str
    message: str


class AbsentError(LunoraError):
    """A thing that the path names does not exist."""


class ProposalError(LunoraError):
    """A change that could not be proposed.

    Attributes:
        status: of the answer.
        problems: the errors of its keys; empty where no key is wrong.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        remedy: str = "",
        problems: Iterable[Problem] = (),
    ) -> None:
        super().__init__(code, message, remedy=remedy)
        self.status = status
        self.problems = tuple(problems)

    @property
    def document(self) -> dict[str, Any]:
        """The content of the answer."""
        return {"error": str(self), "code": self.code, "problems": self.problems}


def refused(problems: Iterable[Problem]) -> ProposalError:
    """Return the refusal of a body with *problems*; its message is that of the first."""
    all_problems = tuple(problems)
    first = all_problems[0]
    subject = f"{first.field}: " if first.field else ""
    return ProposalError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        first.code,
        f"{subject}{first.message}",
        problems=all_problems,
    )


def problem_of(diagnostic: Diagnostic) -> Problem:
    """Return the *diagnostic* of a file without its place, which the caller has no text of."""
    return Problem(diagnostic.where.path.stem, diagnostic.key, diagnostic.code, diagnostic.message)
