"""`lunora plan`: describe a preview as Markdown for the pull request."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import ExitCode
from lunora import pulumi_cli
from lunora.commands.options import StackName
from lunora.plan.origin import Origin
from lunora.plan.preview import PreviewFormatError
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


def plan(file: PreviewFile = None, *, stack: StackName, commit: Commit = "", run: Run = "") -> None:
    """Describe a preview as Markdown; exit code 3 when a guard refused, 1 on errors."""
    config = Stack.read(Path(), stack)
    result = stack_review(config, _text(file, stack), Origin(commit, run))
    typer.echo(markdown(result), nl=False)
    if result.failed:
        raise typer.Exit(ExitCode.GUARD_REFUSED if result.refused else ExitCode.AWS_ERROR)


def _text(file: Path | None, stack: str) -> str:
    if file is None:
        return pulumi_cli.preview(stack)
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PreviewFormatError(f"cannot read {file} as text", remedy="name a text file") from None
