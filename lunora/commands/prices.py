"""The prices behind the figures: show them, read them anew, and what they say of a claim."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from catalog import claim
from catalog.prices import (
    FOLDER,
    PriceNotFoundError,
    Prices,
    caveats,
    file_of,
    prices,
    read,
    text_of,
)
from lunora.cost.price_list import ENDPOINT_REGION, PriceListError, refreshed
from lunora.stack import Stack
from lunora.terminal import EXIT_AWS_ERROR, EXIT_INVALID_INPUT, StackName, fail, stdout

Region = Annotated[
    str | None, typer.Option("--region", help="AWS region; the stack's own if not given.")
]
Into = Annotated[
    Path | None, typer.Option("--into", help="Folder to write to instead of catalog/prices.")
]

app = typer.Typer(help="The prices behind the figures.", invoke_without_command=True)


@app.callback()
def show(context: typer.Context, *, region: Region = None, stack: StackName = "prod") -> None:
    """Show the prices of a region, their age and where they are from."""
    if context.invoked_subcommand is not None:
        return
    priced = _known(region or Stack.read(Path(), stack).region)
    today = dt.datetime.now(dt.UTC).date()
    stdout().print(_table(priced, today))
    for sentence in caveats(priced, priced.figures, today):
        typer.echo(sentence, err=True)


@app.command()
def refresh(*, region: Region = None, stack: StackName = "prod", into: Into = None) -> None:
    """Read the prices of a region from the Price List API and write its file."""
    where = Stack.read(Path(), stack)
    if where.endpoint and into is None:
        fail(
            f"stack {stack} is on an embedded AWS, whose prices are made up; name another folder"
            " with --into",
            EXIT_INVALID_INPUT,
        )
    folder, wanted = into or FOLDER, region or where.region
    client = where.aws(ENDPOINT_REGION).client("pricing")
    try:
        found = refreshed(client, _before(wanted, folder), dt.datetime.now(dt.UTC).date())
    except PriceListError as unreadable:
        fail(str(unreadable), EXIT_AWS_ERROR)
    path = file_of(wanted, folder)
    try:
        path.write_text(text_of(found.prices), encoding="utf-8")
    except OSError:
        fail(f"{path} cannot be written; name a folder that exists", EXIT_INVALID_INPUT)
    kept = found.prices.figures.keys() - found.read
    typer.echo(f"{path}: {len(found.read)} figures read, {len(kept)} kept as they were")
    for key in sorted(found.contradicted):
        typer.echo(f"{key}: the API names different prices; it was left alone", err=True)


@app.command()
def example(
    document: Annotated[Path, typer.Argument(help="Document with the two comments.")] = Path(
        "docs/reference/cost.md"
    ),
    *,
    region: Region = None,
    stack: StackName = "prod",
) -> None:
    """Write the comparison of always on and on demand into a document."""
    priced = _known(region or Stack.read(Path(), stack).region)
    try:
        text = claim.placed(document.read_text(encoding="utf-8"), priced)
        document.write_text(text, encoding="utf-8")
    except ValueError as misplaced:
        fail(f"{document}: {misplaced}", EXIT_INVALID_INPUT)
    except OSError:
        fail(f"{document} cannot be read or written; name the document", EXIT_INVALID_INPUT)
    typer.echo(str(document))


def _known(region: str) -> Prices:
    try:
        return prices(region)
    except PriceNotFoundError as missing:
        fail(str(missing), EXIT_INVALID_INPUT)


def _before(region: str, folder: Path) -> Prices:
    if not file_of(region, folder).exists():
        return Prices(region=region, figures={})
    try:
        return read(region, folder)
    except PriceNotFoundError as broken:
        fail(str(broken), EXIT_INVALID_INPUT)


def _table(priced: Prices, today: dt.date) -> Table:
    table = Table(title=f"Prices of {priced.region}", title_justify="left")
    for heading in ("figure", "$", "for a", "origin", "days old", "source"):
        right = heading in {"$", "days old"}
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for key, one in sorted(priced.figures.items()):
        age = str((today - one.date).days)
        table.add_row(key, f"{one.usd:g}", one.unit, one.origin, age, one.source)
    return table
