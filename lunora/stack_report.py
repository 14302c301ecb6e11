"""The report of a stack: read from AWS, priced, and put together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from catalog import import_manifest, stack_cost
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.pricing import Pricing
from lunora.cost.flows import flow_facts
from lunora.cost.measured import billed_by_month
from lunora.ops import duration, report_readings
from lunora.ops.report_readings import KEPT, Readings
from lunora.ops.selection import Selection, tags_of
from lunora.report import assembly
from lunora.report.intervals import Interval
from lunora.report.record import DestinationRecord
from lunora.report.report import Billed, By, Report, assumptions, cost_of, periods
from lunora.stack import Stack

SINCE = "30d"
"""Begin of a report for which none is given."""

_DAY = dt.timedelta(days=1)
_LATE = dt.timedelta(minutes=3)
"""Delay with which CloudWatch shows a minute: the report ends before it."""

_NO_TAG = (
    "the bill has no tag Destination: activate Project, Stack and Destination as cost allocation"
    " tags"
)


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A request for a report.

    Attributes:
        selection: the destinations.
        since: the begin: a duration such as `30d`, or a day such as `2026-12-01`.
        by: the length of its periods; None is one period.
        reads_bill: whether to read the bill, which costs a request of Cost Explorer.
    """

    selection: Selection
    since: str = SINCE
    by: By | None = None
    reads_bill: bool = True


def stack_report(
    stack: Stack,
    specs: Sequence[DestinationSpec],
    request: ReportRequest,
    own_clock: dt.datetime,
    folder: Path,
) -> Report:
    """Return the report of *stack*.

    Args:
        stack: the stack.
        specs: the declared destinations.
        request: the request.
        own_clock: the present time of the caller.
        folder: of the project's files.

    Raises:
        LunoraError: when the begin is malformed, or the selection is about nothing.
        ClientError, BotoCoreError: when AWS shows neither channels nor flow outputs.
    """
    ahead = report_readings.clock_ahead(stack, own_clock)
    present = own_clock + ahead
    window = _window(request.since, present)
    # While one waits for AWS the others work.
    with ThreadPoolExecutor() as pool:
        billing = pool.submit(_billed, stack, window) if request.reads_bill else None
        pricing = pool.submit(_priced, stack, specs, folder, own_clock.date())
        readings = report_readings.read(stack, window.begin, window.end, present, ahead)
    selected = _selected(stack, specs, request.selection, readings)
    by_name = {spec.name: spec for spec in specs}

    def records(calls: assembly.Calls) -> list[DestinationRecord]:
        assembled = assembly.records(selected, by_name, readings, window, calls)
        return [each for each in assembled if each.declared.exists or each.timeline.on_air]

    assembled, notes = records({}), [*readings.notes]
    if any(each.gaps for each in assembled):
        calls, failures = report_readings.read_calls(stack, window.begin, window.end, present)
        assembled, notes = records(calls), [*notes, *failures]
    billed, failures = billing.result() if billing else (None, ())
    priced, prices, caveats = pricing.result()
    cost = cost_of(priced, prices, billed)
    return Report(
        project=stack.project,
        stack=stack.name,
        window=window,
        by=request.by,
        periods=periods(assembled, window, request.by, cost),
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

    def refusal(cause: str) -> LunoraError:
        remedy = "give a duration such as 30d, or a day such as 2026-12-01"
        return LunoraError("LUN428", f"the begin of the report {cause}", remedy=remedy)

    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", since):
        try:
            begin = dt.datetime.fromisoformat(since).replace(tzinfo=dt.UTC)
        except ValueError as error:
            raise refusal(f"is no day: {error}") from None
        if begin < midnight - KEPT:
            raise refusal("is too long ago")
    else:
        length = duration.parse(since)
        if length is None:
            raise refusal("is neither a duration nor a day")
        if length > KEPT:
            raise refusal("is too long ago")
        # Whole days, as AWS bills them.
        begin = midnight - length if length % _DAY == dt.timedelta() else end - length
    if begin >= end:
        raise refusal("is not in the past")
    return Interval(begin, end)


def _selected(
    stack: Stack,
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
    return selection.of({**others, **tags_of(stack, specs, carried)})


def _billed(stack: Stack, window: Interval) -> tuple[Billed | None, tuple[str, ...]]:
    """Return what AWS has billed; None, with the reason, where it does not tell by tag."""
    if window.length < _DAY:
        return None, ("the bill has days, which is longer than the time of the report",)
    try:
        billed = billed_by_month(stack, window.begin.date(), window.end.date())
    except (ClientError, BotoCoreError) as error:
        return None, (f"the bill was not read: {error}",)
    if not any(name for by_name in billed.values() for name in by_name):
        return None, (_NO_TAG,)
    return billed, ()


def _priced(
    stack: Stack, specs: Sequence[DestinationSpec], folder: Path, today: dt.date
) -> tuple[Mapping[str, DestinationSpec], Pricing, tuple[str, ...]]:
    """Return the destinations that have a price, their prices, and what to know of these."""
    try:
        flows = flow_facts(stack, specs)
    except LunoraError as error:
        return {}, Pricing({}, {}), (f"no costs: {error.message}",)
    adopted = import_manifest.load(import_manifest.path(folder, stack.name))
    total = stack_cost.estimate(specs, flows, adopted)
    priced = {spec.name: spec for spec in specs if spec.name in total.destinations}
    return priced, Pricing(flows, total.priced, adopted), total.caveats(today)
