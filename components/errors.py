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


def refuse(error: LunoraError | None) -> None:
    """Raise *error* where a guard returns one.

    Raises:
        LunoraError: the refusal.
    """
    if error is not None:
        raise error
