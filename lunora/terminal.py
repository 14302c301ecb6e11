"""Terminal input and output of the commands.

Stdout holds the result: a table for people, or one JSON document with `--json`. Stderr holds
progress, warnings and errors.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from typing import Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from catalog.errors import LunoraError
from lunora.ops import json_document
from lunora.render import escape

_UNLIMITED = 10_000


class _SafeConsole(Console):
    """A console that shows texts of people and of AWS as they are: no markup, no control codes."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False)
        if not self.is_terminal and "COLUMNS" not in os.environ:
            # A pipe has no width: what reads it must not get money or reasons cut in two.
            self.width = _UNLIMITED

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Yield the segments of *renderable*, escaped."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(escape.terminal(segment.text), segment.style)


def stdout() -> Console:
    """Return the console on stdout."""
    return _SafeConsole()


def stderr() -> Console:
    """Return the console on stderr."""
    return _SafeConsole(stderr=True)


def echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print the plain *text*, escaped for terminals and CI logs."""
    typer.echo(escape.ci_log(escape.terminal(text)), err=err, nl=nl)


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
