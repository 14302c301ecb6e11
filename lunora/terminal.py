"""Terminal input and output of the commands.

Stdout holds the result: a table for people, or one JSON document with `--json`. Stderr holds
progress, warnings and errors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer
from rich.console import Console, RenderableType

from catalog.errors import LunoraError
from lunora.ops import json_document


def stdout() -> Console:
    """Return the console on stdout."""
    return Console()


def stderr() -> Console:
    """Return the console on stderr."""
    return Console(stderr=True)


def now() -> dt.datetime:
    """Return the current time; the one clock of all commands."""
    return dt.datetime.now(dt.UTC)


def document(content: Any) -> None:
    """Print *content*, plain or of dataclasses and times, as the one JSON document."""
    typer.echo(json_document.dumps(content, indent=2))


def show(content: Any, table: RenderableType, warnings: Iterable[str], *, as_json: bool) -> None:
    """Print *content* as JSON, or *table* on stdout and *warnings* on stderr."""
    if as_json:
        document(content)
        return
    stdout().print(table)
    for warning in warnings:
        stderr().print(warning, style="yellow", markup=False)


def confirm(question: str, *, consequence: str) -> None:
    """Ask for a confirmation on stderr.

    Args:
        question: the question.
        consequence: the outcome without a confirmation, for example `nothing was stopped`.

    Raises:
        LunoraError: when the answer is no, or nobody answers.
    """
    try:
        confirmed = typer.confirm(question, err=True)
    except typer.Abort:
        raise LunoraError(
            "LUN403", f"no confirmation: {consequence}", remedy="give --yes to confirm"
        ) from None
    if not confirmed:
        raise LunoraError("LUN403", f"not confirmed: {consequence}")


def invalid_option(message: str, remedy: str) -> LunoraError:
    """Return the error for an option or argument that is missing, malformed or contradictory."""
    return LunoraError("LUN400", message, remedy=remedy)


def not_writable(path: Path, error: OSError, remedy: str) -> LunoraError:
    """Return the error for a file or folder that cannot be written or read."""
    return LunoraError("LUN402", f"cannot write {path}: {error.strerror}", remedy=remedy)
