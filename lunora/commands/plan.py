"""`lunora plan`: describe a preview as Markdown for the pull request."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog import import_manifest
from catalog.diagnostics import DestinationValidationError
from catalog.errors import ExitCode
from catalog.loader import load
from catalog.model import DestinationSpec
from lunora import pulumi_cli
from lunora.commands.options import StackName
from lunora.cost.flows import flow_facts
from lunora.plan import missing
from lunora.plan.origin import Origin
from lunora.plan.preview import PreviewFormatError
from lunora.plan.review import review
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
    config, origin = Stack.read(Path(), stack), Origin(commit, run)
    specs = _valid_specs(config)
    result = review(
        _text(file, stack),
        stack=f"{config.project} {config.name}",
        specs=specs,
        flows=flow_facts(config, specs),
        region=config.region,
        adopted=import_manifest.load(import_manifest.path(Path(), config.name)),
        budget_usd=config.monthly_budget_usd,
        today=dt.datetime.now(dt.UTC).date(),
        origin=origin,
        missing=lambda preview: missing.warnings(preview, config),
    )
    typer.echo(markdown(result), nl=False)
    if result.failed:
        raise typer.Exit(ExitCode.GUARD_REFUSED if result.refused else ExitCode.AWS_ERROR)


def _valid_specs(config: Stack) -> tuple[DestinationSpec, ...]:
    # The program reads the same files: their errors are in the preview.
    try:
        return load(config.folder, sources=config.sources).specs
    except DestinationValidationError:
        return ()


def _text(file: Path | None, stack: str) -> str:
    if file is None:
        return pulumi_cli.preview(stack)
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PreviewFormatError(f"cannot read {file} as text", remedy="name a text file") from None
