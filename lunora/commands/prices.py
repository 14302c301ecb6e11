"""`lunora prices`: show the prices behind the estimates, and read them again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from catalog.prices import FOLDER, Prices, caveats, file_of, prices, read, text_of
from lunora.commands.options import StackName
from lunora.cost import comparison
from lunora.cost.price_list import ENDPOINT_REGION, refreshed
from lunora.render import cost as render
from lunora.stack import Stack
from lunora.terminal import echo, invalid_option, not_writable, stdout

Region = Annotated[
    str | None, typer.Option("--region", help="AWS region; the stack's own if not given.")
]
Into = Annotated[
    Path | None, typer.Option("--into", help="Folder to write to instead of catalog/prices.")
]
Document = Annotated[Path, typer.Argument(help="Document with the two comments.")]

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
    """Read the prices of a region from the Price List API and write its file."""
    config = Stack.read(Path(), stack)
    if config.endpoint and into is None:
        raise invalid_option(
            f"cannot refresh the prices: the prices of the local stack {stack} are fictitious",
            "name another folder with --into",
        )
    folder, name = into or FOLDER, region or config.region
    client = config.aws(ENDPOINT_REGION).client("pricing")
    result = refreshed(client, _present(name, folder), dt.datetime.now(dt.UTC).date())
    path = file_of(name, folder)
    try:
        path.write_text(text_of(result.prices), encoding="utf-8")
    except OSError as error:
        raise not_writable(path, error, "name a folder that exists") from None
    kept = result.prices.figures.keys() - result.read
    echo(f"{path}: {len(result.read)} figures read, {len(kept)} kept as they were")
    for key in sorted(result.contradicted):
        echo(f"{key}: the API names different prices; it was left alone", err=True)


@app.command()
def example(
    document: Document = Path("docs/reference/cost.md"),
    *,
    region: Region = None,
    stack: StackName,
) -> None:
    """Write the comparison of always on and on demand into a document."""
    region_prices = prices(region or Stack.read(Path(), stack).region)
    try:
        document.write_text(comparison.with_example(document, region_prices), encoding="utf-8")
    except OSError as error:
        raise not_writable(document, error, "name the document") from None
    echo(str(document))


def _present(region: str, folder: Path) -> Prices:
    if not file_of(region, folder).exists():
        return Prices(region=region, figures={})
    return read(region, folder)
