"""`lunora prices`: show the prices behind the estimates, and read them again."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from catalog.prices import FOLDER, Prices, caveats, file_of, prices, read, text_of
from lunora.commands.options import StackName
from lunora.cost import comparison, price_table
from lunora.cost.price_list import (
    ENDPOINT_REGION,
    PriceListError,
    ReadRows,
    Refreshed,
    refreshed,
)
from lunora.cost.price_rows import open_public, signed_or_bulk
from lunora.file_errors import not_writable
from lunora.render import cost as render
from lunora.stack import Stack
from lunora.terminal import echo, invalid_option, stdout

Region = Annotated[
    str | None, typer.Option("--region", help="AWS region; the stack's own if not given.")
]
Into = Annotated[
    Path | None, typer.Option("--into", help="Folder to write to instead of catalog/prices.")
]
Document = Annotated[Path, typer.Argument(help="Document with the two comments.")]

# Rows that no rule takes, printed at most.
_MOST_ROWS = 20

app = typer.Typer(help="The prices behind the estimates.", invoke_without_command=True)


@app.callback()
def show(context: typer.Context, *, region: Region = None, stack: StackName) -> None:
    """Show the prices of a region, their age and their sources."""
    if context.invoked_subcommand is not None:
        return
    region_prices = prices(region or Stack.read(Path(), stack).region)
    today = dt.datetime.now(dt.UTC).date()
    stdout().print(render.prices(region_prices, today))
    for caveat in caveats(region_prices, region_prices.figures, today):
        echo(caveat, err=True)


@app.command()
def refresh(*, region: Region = None, stack: StackName, into: Into = None) -> None:
    """Read the prices of the stack's regions, or of one, from the Price List into their files."""
    config = Stack.read(Path(), stack)
    if config.endpoint and into is None:
        raise invalid_option(
            f"cannot refresh the prices: the prices of the local stack {stack} are fictitious",
            "name another folder with --into",
        )
    read_rows = functools.partial(
        signed_or_bulk, config.aws(ENDPOINT_REGION).client("pricing"), open_public
    )
    errors = []
    regions = (region,) if region else config.regions
    for name in regions:
        try:
            _refresh(read_rows, name, into or FOLDER)
        except PriceListError as error:
            errors.append(error)
            if len(errors) == len(regions):
                raise
            echo(str(error), err=True)


def _refresh(read_rows: ReadRows, region: str, folder: Path) -> None:
    present = _present(region, folder)
    result = refreshed(read_rows, present, dt.datetime.now(dt.UTC).date())
    path = file_of(region, folder)
    try:
        path.write_text(text_of(result.prices), encoding="utf-8")
    except OSError as error:
        raise not_writable(path, error, "name a folder that exists") from None
    kept = result.prices.figures.keys() - result.read
    echo(f"{path}: {len(result.read)} figures read, {len(kept)} kept as they were")
    for message in _remarks(result):
        echo(message, err=True)


def _remarks(result: Refreshed) -> Iterator[str]:
    for service, reason in result.failures.items():
        yield f"{service}: could not be read, its prices stay as they were: {reason}"
    for key in sorted(result.contradicted):
        yield f"{key}: the list names different prices; it was left alone"
    for key in sorted(result.missing - result.contradicted):
        yield f"{key}: the list has no row of it; it stays as it was"
    yield from (f"not matched: {row}" for row in result.unmatched[:_MOST_ROWS])
    if len(result.unmatched) > _MOST_ROWS:
        yield f"not matched: {len(result.unmatched) - _MOST_ROWS} more"


@app.command()
def example(
    document: Document = Path("docs/reference/cost.md"),
    *,
    region: Region = None,
    stack: StackName,
) -> None:
    """Write the table of prices, and always on beside on demand, into a document."""
    region_prices = prices(region or Stack.read(Path(), stack).region)
    text = price_table.PRICES.inserted(
        comparison.with_example(document, region_prices), document, price_table.table()
    )
    try:
        document.write_text(text, encoding="utf-8")
    except OSError as error:
        raise not_writable(document, error, "name the document") from None
    echo(str(document))


def _present(region: str, folder: Path) -> Prices:
    if not file_of(region, folder).exists():
        return Prices(region=region, figures={})
    return read(region, folder)
