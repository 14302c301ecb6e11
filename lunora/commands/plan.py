"""`lunora plan`: describe a preview as Markdown for the pull request."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import ExitCode
from lunora import pulumi_cli
from lunora.commands.options import StackName
from lunora.file_errors import not_writable
from lunora.pictures import of_change
from lunora.plan.origin import Origin
from lunora.plan.preview import PreviewFormatError
from lunora.plan.review import Review
from lunora.plan.stack_review import stack_review
from lunora.render.plan import markdown
from lunora.stack import Stack

PreviewFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]",
        help="Document of `pulumi preview --json`, - for stdin; without it, a preview is made.",
    ),
]


Commit = Annotated[
    str, typer.Option("--commit", envvar="LUNORA_COMMIT", help="Commit that is previewed.")
]
Run = Annotated[
    str, typer.Option("--run", envvar="LUNORA_RUN", help="Address of the pipeline's run.")
]


PicturesFolder = Annotated[
    Path | None,
    typer.Option(
        "--pictures",
        metavar="FOLDER",
        help="Write pictures of what goes into the changed destinations to this folder.",
    ),
]


def plan(
    file: PreviewFile = None,
    *,
    stack: StackName,
    commit: Commit = "",
    run: Run = "",
    pictures: PicturesFolder = None,
) -> None:
    """Describe a preview as Markdown; exit code 3 when a guard refused, 1 on errors."""
    config = Stack.read(Path(), stack)
    result = stack_review(config, _text(file, stack), Origin(commit, run))
    if pictures is not None:
        result = dataclasses.replace(result, pictures=_written(config, result, pictures))
    typer.echo(markdown(result), nl=False)
    if result.failed:
        raise typer.Exit(ExitCode.GUARD_REFUSED if result.refused else ExitCode.AWS_ERROR)


def _written(config: Stack, result: Review, folder: Path) -> tuple[str, ...]:
    try:
        return of_change.write(config, result.changes, result.specs, folder)
    except OSError as error:
        raise not_writable(folder, error) from None


def _text(file: Path | None, stack: str) -> str:
    if file is None:
        return pulumi_cli.preview(stack)
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PreviewFormatError(f"cannot read {file} as text", remedy="name a text file") from None
