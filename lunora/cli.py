"""The verbs of `lunora`.

Exit codes: 0 fine, 1 AWS or the stack says no, 2 the input is wrong, 3 a guard refused.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from catalog.loader import load
from catalog.problems import InvalidDestinations
from catalog.schema import generated
from lunora.ops.status import DestinationStatus, statuses
from lunora.stack import Stack, StackError

AWS_SAYS_NO = 1
INPUT_IS_WRONG = 2

app = typer.Typer(
    name="lunora",
    help="Streaming destinations: validate the files, see what runs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

StackName = Annotated[str, typer.Option("--stack", envvar="LUNORA_STACK", help="Pulumi stack.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@app.callback()
def _verbs() -> None:
    """Keep every verb a subcommand."""


@app.command()
def validate(
    folder: Annotated[Path, typer.Argument(help="Folder of destination files.")] = Path(
        "destinations"
    ),
) -> None:
    """Check all destination files; exit code 2 when one is wrong."""
    try:
        loaded = load(folder)
    except InvalidDestinations as invalid:
        _fail(str(invalid), INPUT_IS_WRONG)
    for warning in loaded.warnings:
        typer.echo(str(warning), err=True)
    typer.echo(f"{len(loaded.specs)} destinations are valid")


@app.command()
def schema(
    folder: Annotated[Path, typer.Argument(help="Folder of destination files.")] = Path(
        "destinations"
    ),
) -> None:
    """Write the folder's schema.json and the table of keys in its README.md."""
    try:
        for path, text in generated(folder).items():
            path.write_text(text, encoding="utf-8")
            typer.echo(str(path))
    except ValueError as unwritable:
        _fail(str(unwritable), INPUT_IS_WRONG)
    except OSError:
        _fail(f"{folder} cannot be written; check its permissions", INPUT_IS_WRONG)


@app.command()
def status(*, stack: StackName = "prod", as_json: AsJson = False) -> None:
    """Show what every destination of a stack is doing."""
    try:
        where = Stack.read(Path(), stack)
        found = statuses(where.client("medialive"), where.client("mediaconnect"), where.tags)
    except StackError as error:
        _fail(str(error), INPUT_IS_WRONG)
    except (ClientError, BotoCoreError) as error:
        _fail(f"AWS does not answer for stack {stack}: {error}", AWS_SAYS_NO)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(one) for one in found], indent=2))
    else:
        Console().print(_table(found, where))


def _table(found: list[DestinationStatus], where: Stack) -> Table:
    running = sum(one.channel_state == "RUNNING" for one in found)
    table = Table(
        title=f"{where.project} {where.name}: {running} of {len(found)} channels running",
        title_justify="left",
    )
    for heading in ("destination", "platform", "channel", "state", "flow output", "flow"):
        table.add_column(heading, no_wrap=True)
    for one in found:
        colour = "green" if one.channel_state == "RUNNING" else "yellow"
        table.add_row(
            one.name,
            one.platform,
            one.channel_id,
            f"[{colour}]{one.channel_state}[/]",
            one.flow_output or "[red]missing[/]",
            one.flow_state or "[red]missing[/]",
        )
    return table


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def main() -> None:
    """Run the command."""
    sys.exit(app())
