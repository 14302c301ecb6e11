"""Errors of the program: a `pulumi.RunError` has the text of a `LunoraError`, with its code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pulumi

from catalog.errors import LunoraError


@contextlib.contextmanager
def reported() -> Iterator[None]:
    """Let an error for a person end the program without a traceback."""
    try:
        yield
    except LunoraError as error:
        raise pulumi.RunError(str(error)) from None


def refuse(code: str, message: str | None) -> None:
    """Refuse with *code* where a guard has a *message*.

    Raises:
        LunoraError: the refusal.
    """
    if message is not None:
        raise LunoraError(code, message)
