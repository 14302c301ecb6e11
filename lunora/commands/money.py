"""What it costs: destinations, and the prices behind the figures."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from catalog import stack_cost
from catalog.loader import load
from catalog.model import DestinationSpec
from catalog.prices import PriceNotFoundError
from catalog.savings import suggestions
from catalog.stack_cost import StackCost
from lunora.commands.destinations import DEFAULT_FOLDER, Folder
from lunora.cost import report
from lunora.cost.flows import flow_facts
from lunora.cost.git_base import destinations_at
from lunora.stack import Stack
from lunora.terminal import EXIT_INVALID_INPUT, AsJson, StackName, document, fail, stdout

Against = Annotated[
    str | None,
    typer.Option("--against", metavar="REF", help="Compare with a git branch, tag or commit."),
]
Suggest = Annotated[
    bool, typer.Option("--suggest", help="Name destinations that could do without a channel.")
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="A Markdown table on stdout.")]


def cost(  # noqa: PLR0913 - one option each
    folder: Folder = DEFAULT_FOLDER,
    *,
    stack: StackName = "prod",
    against: Against = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    suggest: Suggest = False,
) -> None:
    """Show what the destinations of the files cost a month, each and together."""
    where = Stack.read(Path(), stack)
    specs = load(folder).specs
    now = _priced(where, specs)
    before = None if against is None else _priced(where, destinations_at(against, folder))
    notes = now.caveats(dt.datetime.now(dt.UTC).date())
    if as_json:
        document(report.document(now, before, notes))
    elif as_markdown:
        typer.echo(report.markdown(now, before, notes), nl=False)
    else:
        stdout().print(_table(now, before))
        for note in notes:
            typer.echo(note, err=True)
        for one in suggestions(specs, flow_facts(where, specs), now.priced) if suggest else ():
            typer.echo(str(one))


def _priced(where: Stack, specs: tuple[DestinationSpec, ...]) -> StackCost:
    try:
        return stack_cost.estimate(specs, flow_facts(where, specs))
    except PriceNotFoundError as missing:
        fail(str(missing), EXIT_INVALID_INPUT)


def _table(now: StackCost, before: StackCost | None) -> Table:
    estimate = ", an estimate" if now.estimate else ""
    table = Table(
        title=f"{report.usd(now.monthly_usd)} a month, as of {now.priced_as_of}{estimate}",
        title_justify="left",
        show_footer=True,
    )
    headings = report.HEADINGS_AGAINST if before else report.HEADINGS
    for heading, footer in zip(headings, report.total_row(now, before), strict=True):
        left = heading == report.HEADINGS[0]
        table.add_column(heading, footer, justify="left" if left else "right", no_wrap=True)
    for row in report.rows(now, before):
        table.add_row(*row)
    return table
