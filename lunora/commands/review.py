"""What a change would do: a preview as Markdown for the pull request."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from catalog.model import DestinationSpec
from lunora.commands.destinations import DEFAULT_FOLDER
from lunora.cost.flows import flow_facts
from lunora.plan.markdown import markdown
from lunora.plan.preview import PreviewFormatError
from lunora.plan.review import review
from lunora.stack import Stack, StackError
from lunora.terminal import EXIT_AWS_ERROR, EXIT_GUARD_REFUSED, EXIT_INVALID_INPUT, StackName, fail

PreviewFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]",
        help="Document of `pulumi preview --json`, - for stdin; without it, one is made.",
    ),
]


def plan(file: PreviewFile = None, *, stack: StackName = "prod") -> None:
    """Write what a preview would do as Markdown; exit code 3 when a guard refused, 1 on errors."""
    where = Stack.read(Path(), stack)
    specs = _valid_specs()
    try:
        found = review(
            _text(file, stack),
            stack=f"{where.project} {where.name}",
            specs=specs,
            flows=flow_facts(where, specs),
            today=dt.datetime.now(dt.UTC).date(),
        )
    except PreviewFormatError as unreadable:
        fail(str(unreadable), EXIT_INVALID_INPUT)
    typer.echo(markdown(found), nl=False)
    if found.failed:
        raise typer.Exit(EXIT_GUARD_REFUSED if found.refused else EXIT_AWS_ERROR)


def _valid_specs() -> tuple[DestinationSpec, ...]:
    # What is wrong with the files is in the preview: the program reads the same ones.
    try:
        return load(DEFAULT_FOLDER).specs
    except DestinationValidationError:
        return ()


def _text(file: Path | None, stack: str) -> str:
    if file is None:
        return _previewed(stack)
    if str(file) == "-":
        return typer.get_text_stream("stdin").read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise StackError(f"{file} cannot be read; name a text file that exists") from None


def _previewed(stack: str) -> str:
    command = ["pulumi", "preview", "--json", "--non-interactive", "--stack", stack]
    # The engine would write a state at every step and keep none (docs/explanation/speed.md).
    more = {"PULUMI_SKIP_CHECKPOINTS": "true"}
    try:
        done = subprocess.run(  # noqa: S603 - our own words and a stack's name
            command, stdout=subprocess.PIPE, text=True, check=False, env={**os.environ, **more}
        )
    except OSError:
        raise StackError("pulumi is not on PATH; install it, or give a preview's file") from None
    return done.stdout
