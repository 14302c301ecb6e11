"""`lunora cost`: estimate the monthly cost of the destinations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog import import_manifest, stack_cost
from catalog.flow_source import FlowFacts
from catalog.forecast import Month, forecast
from catalog.loader import load
from catalog.pricing import Pricing
from catalog.savings import Suggestion
from lunora.commands.options import AsJson, FolderArgument, StackName
from lunora.cost.flows import flow_facts
from lunora.cost.git_base import destinations_at
from lunora.cost.suggest import suggested
from lunora.render import cost as render
from lunora.stack import Stack
from lunora.terminal import document, echo, now, stdout

if TYPE_CHECKING:
    from lunora.cost.measured import Readings

Against = Annotated[
    str | None,
    typer.Option("--against", metavar="REF", help="Compare with a git branch, tag or commit."),
]
Suggest = Annotated[
    bool, typer.Option("--suggest", help="Name cheaper ways, what each gives up, and its patch.")
]
Actual = Annotated[
    bool,
    typer.Option(
        "--actual",
        help="Also read AWS: this month's bill (Cost Explorer, $0.01 a request) and bitrates.",
    ),
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="A Markdown table on stdout.")]


def cost(  # noqa: PLR0913 - one option each
    folder: FolderArgument = None,
    *,
    stack: StackName,
    against: Against = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    suggest: Suggest = False,
    actual: Actual = False,
) -> None:
    """Estimate the monthly cost of the destinations, each and together."""
    config = Stack.read(Path(), stack)
    folder = folder or config.folder
    specs = load(folder, sources=config.sources).specs
    readings = _readings(config) if actual else None
    flows = _measured(flow_facts(config, specs), readings)
    adopted = import_manifest.load(import_manifest.path(Path(), config.name))
    total = stack_cost.estimate(specs, flows, adopted)
    before = None
    if against is not None:
        former = destinations_at(against, folder, config.sources)
        facts = {**_measured(flow_facts(config, former), readings), **flows}
        before = stack_cost.estimate(former, facts, adopted)
    month = Month.of(now())
    months = forecast(
        specs,
        Pricing(flows, total.priced, adopted),
        total,
        month,
        readings.billed if readings else None,
    )
    caveats = (*total.caveats(month.now.date()), *(readings.failures if readings else ()))
    cheaper: tuple[Suggestion, ...] = ()
    if suggest:
        highest = {key: rate.highest for key, rate in readings.bitrates.items()} if readings else {}
        cheaper = suggested(config, folder, specs, total, adopted=adopted, measured=highest)
    if as_json:
        content = render.document(total, before, caveats)
        content["month"] = render.month_document(months, month)
        content["sources"] = render.sources_document(flows)
        if suggest:
            content["suggestions"] = render.suggestions_document(cheaper)
        document(content)
    elif as_markdown:
        typer.echo(render.markdown(total, before, caveats), nl=False)
    else:
        stdout().print(render.table(total, before))
        stdout().print(render.month_table(total, months, month))
        for source in render.sources(flows):
            echo(source)
        for caveat in caveats:
            echo(caveat, err=True)
        for suggestion in cheaper:
            echo(render.suggestion(suggestion), nl=False)


def _readings(config: Stack) -> Readings:
    # Imported here: botocore takes longer to import than everything else takes to run.
    from lunora.cost import measured  # noqa: PLC0415

    return measured.read(config, now())


def _measured(flows: Mapping[str, FlowFacts], readings: Readings | None) -> Mapping[str, FlowFacts]:
    """Return the facts of *flows* with the bitrates that were measured."""
    bitrates = readings.bitrates if readings else {}
    return {
        key: replace(facts, measured_mbps=bitrates[key].average) if key in bitrates else facts
        for key, facts in flows.items()
    }
