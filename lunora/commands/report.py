"""`lunora report`: hours, availability, interruptions, incidents and cost of past days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from botocore.exceptions import BotoCoreError, ClientError

from catalog import import_manifest, stack_cost
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.pricing import Pricing
from lunora.commands.options import (
    AsJson,
    Everything,
    SomeNames,
    StackName,
    Tagged,
    parse_duration,
    selection_of,
)
from lunora.cost.flows import flow_facts
from lunora.cost.measured import billed_by_month
from lunora.ops import report_readings
from lunora.ops.desired_state import declared_if_valid
from lunora.ops.report_readings import KEPT, Readings
from lunora.ops.selection import Selection, tags_of
from lunora.render import report as render
from lunora.report import assembly
from lunora.report.intervals import Interval
from lunora.report.record import DestinationRecord
from lunora.report.report import Billed, By, CostOf, Report, assumptions, cost_of, periods
from lunora.stack import Stack
from lunora.terminal import echo, invalid_option, now, show

_DAY = dt.timedelta(days=1)
_LATE = dt.timedelta(minutes=3)
"""Delay with which CloudWatch shows a minute: the report ends before it."""

_NO_TAG = (
    "the bill has no tag Destination: activate Project, Stack and Destination as cost allocation"
    " tags"
)

Since = Annotated[
    str,
    typer.Option(help="Begin: a duration such as 30d or 12h, or a day such as 2026-12-01."),
]
Every = Annotated[
    Literal["month"] | None, typer.Option("--by", help="Figures of each month, not of all time.")
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Markdown tables on stdout.")]
AsHtml = Annotated[bool, typer.Option("--html", help="One file of HTML on stdout.")]
Actual = Annotated[
    bool, typer.Option(help="Read the bill: Cost Explorer takes $0.01 for a request.")
]


def report(  # noqa: PLR0913 - one option each
    names: SomeNames = None,
    *,
    stack: StackName,
    tags: Tagged = None,
    everything: Everything = False,
    since: Since = "30d",
    by: Every = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    as_html: AsHtml = False,
    actual: Actual = True,
) -> None:
    """Report hours declared and on air, interruptions with cause, incidents, restarts and cost."""
    if as_json + as_markdown + as_html > 1:
        raise invalid_option("--json, --markdown and --html exclude each other", "give one of them")
    selection = selection_of(names, tags, everything=everything)
    config = Stack.read(Path(), stack)
    specs, wrong = declared_if_valid(config.folder, config.sources)
    content = _report(config, specs or (), selection, since, by, actual=actual)
    if as_markdown:
        typer.echo(render.markdown(content), nl=False)
    elif as_html:
        typer.echo(render.html(content))
    else:
        show(content, render.table(content), content.notes, as_json=as_json)
    if wrong is not None:
        echo("the hours and costs of the files are missing, because one is wrong", err=True)
        raise wrong


def _report(  # noqa: PLR0913 - one option each
    config: Stack,
    specs: Sequence[DestinationSpec],
    selection: Selection,
    since: str,
    by: By | None,
    *,
    actual: bool,
) -> Report:
    own_clock = now()
    ahead = report_readings.clock_ahead(config, own_clock)
    present = own_clock + ahead
    window = _window(since, present)
    readings = report_readings.read(config, window.begin, window.end, present, ahead)
    selected = _selected(config, specs, selection, readings)
    by_name = {spec.name: spec for spec in specs}

    def records(calls: assembly.Calls) -> list[DestinationRecord]:
        assembled = assembly.records(selected, by_name, readings, window, calls)
        return [each for each in assembled if each.declared.exists or each.timeline.on_air]

    assembled, notes = records({}), [*readings.notes]
    if any(each.gaps for each in assembled):
        calls, failures = report_readings.read_calls(config, window.begin, window.end, present)
        assembled, notes = records(calls), [*notes, *failures]
    billed, failures = _billed(config, window) if actual else (None, ())
    cost, caveats = _cost(config, specs, billed)
    return Report(
        project=config.project,
        stack=config.name,
        window=window,
        by=by,
        periods=periods(assembled, window, by, cost),
        records={each.name: each for each in assembled},
        notes=(*notes, *failures, *caveats, *assumptions(assembled, window)),
    )


def _window(since: str, present: dt.datetime) -> Interval:
    """Return the time from *since* until the last minute that CloudWatch shows.

    Raises:
        LunoraError: LUN428, when *since* is malformed, in the future or too long ago.
    """
    end = present.replace(second=0, microsecond=0) - _LATE
    midnight = present.replace(hour=0, minute=0, second=0, microsecond=0)
    remedy = "give a duration such as 30d, or a day such as 2026-12-01"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", since):
        try:
            begin = dt.datetime.fromisoformat(since).replace(tzinfo=dt.UTC)
        except ValueError as error:
            raise LunoraError("LUN428", f"--since {since}: {error}", remedy=remedy) from None
        if begin < midnight - KEPT:
            raise LunoraError("LUN428", f"--since {since} is too long ago", remedy=remedy)
    else:
        try:
            length = parse_duration(since)
        except typer.BadParameter as error:
            raise LunoraError("LUN428", f"--since {since}: {error}", remedy=remedy) from None
        if length > KEPT:
            raise LunoraError("LUN428", f"--since {since} is too long ago", remedy=remedy)
        # Whole days, as AWS bills them.
        begin = midnight - length if length % _DAY == dt.timedelta() else end - length
    if begin >= end:
        raise LunoraError("LUN428", f"--since {since} is not in the past", remedy=remedy)
    return Interval(begin, end)


def _selected(
    config: Stack,
    specs: Sequence[DestinationSpec],
    selection: Selection,
    readings: Readings,
) -> tuple[str, ...]:
    """Return the names of the destinations that *selection* is about.

    Raises:
        LunoraError: when it is about none.
    """
    carried = {name: target.tags for name, target in readings.direct.items()}
    carried |= {name: channel.tags for name, channel in readings.channels.items()}
    others = {name: {"Destination": name} for name in assembly.names(readings, specs)}
    return selection.of({**others, **tags_of(config, specs, carried)})


def _billed(config: Stack, window: Interval) -> tuple[Billed | None, tuple[str, ...]]:
    """Return what AWS has billed; None, with the reason, where it does not tell by tag."""
    if window.length < _DAY:
        return None, ("the bill has days, which is longer than the time of the report",)
    try:
        billed = billed_by_month(config, window.begin.date(), window.end.date())
    except (ClientError, BotoCoreError) as error:
        return None, (f"the bill was not read: {error}",)
    if not any(name for by_name in billed.values() for name in by_name):
        return None, (_NO_TAG,)
    return billed, ()


def _cost(
    config: Stack, specs: Sequence[DestinationSpec], billed: Billed | None
) -> tuple[CostOf, tuple[str, ...]]:
    """Return the function that prices a destination, and what to know of the prices."""
    try:
        flows = flow_facts(config, specs)
    except LunoraError as error:
        return cost_of({}, Pricing({}, {}), billed), (f"no costs: {error.message}",)
    adopted = import_manifest.load(import_manifest.path(Path(), config.name))
    total = stack_cost.estimate(specs, flows, adopted)
    priced = {spec.name: spec for spec in specs if spec.name in total.destinations}
    pricing = Pricing(flows, total.priced, adopted)
    return cost_of(priced, pricing, billed), total.caveats(now().date())
