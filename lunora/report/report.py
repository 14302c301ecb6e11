"""The report of a stack: figures of each destination and of all, period by period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from catalog.forecast import usd_of_runs
from catalog.model import DestinationSpec
from catalog.pricing import Pricing
from lunora.report.figures import Figures, ReportCost, Total, figures, total
from lunora.report.intervals import Interval, months, whole
from lunora.report.record import DestinationRecord

By = Literal["month"]

Billed = Mapping[dt.date, Mapping[str, float]]
"""US dollars by the first billed day of a month, then by the tag Destination."""


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """Figures of one period.

    Attributes:
        period: the period.
        destinations: by name.
        total: of all together.
    """

    period: Interval
    destinations: Mapping[str, Figures]
    total: Total

    def document(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {
            "from": self.period.begin,
            "until": self.period.end,
            "destinations": [*self.destinations.values()],
            "total": self.total,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a stack.

    Attributes:
        project: the Pulumi project.
        stack: the stack.
        window: the time that it is about.
        by: the length of its periods; None is one period.
        periods: the oldest first.
        records: what the figures come from, by destination.
        notes: what could not be read and what was assumed, a sentence each.
    """

    project: str
    stack: str
    window: Interval
    by: By | None
    periods: tuple[PeriodFigures, ...]
    records: Mapping[str, DestinationRecord]
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {
            "project": self.project,
            "stack": self.stack,
            "from": self.window.begin,
            "until": self.window.end,
            "by": self.by,
            "periods": self.periods,
            "notes": self.notes,
        }


CostOf = Callable[[DestinationRecord, Interval], ReportCost]


def periods(
    records: Sequence[DestinationRecord], window: Interval, by: By | None, cost: CostOf
) -> tuple[PeriodFigures, ...]:
    """Return the figures of *records* in *window*, period by period.

    Args:
        records: the destinations.
        window: the time of the report.
        by: the length of a period; None is one.
        cost: returns the cost of a destination in a period.
    """
    return tuple(_periods(records, window, by, cost))


def _periods(
    records: Sequence[DestinationRecord], window: Interval, by: By | None, cost: CostOf
) -> Iterator[PeriodFigures]:
    for period in months(window.begin, window.end) if by else [window]:
        destinations = {
            record.name: figures(record, period, cost(record, period)) for record in records
        }
        yield PeriodFigures(period, destinations, total(destinations))


def cost_of(
    specs: Mapping[str, DestinationSpec], pricing: Pricing, billed: Billed | None
) -> CostOf:
    """Return the function that prices a destination in a period.

    Args:
        specs: the destinations with a price, by name, as their files are now.
        pricing: what prices them.
        billed: what AWS has billed; None where it does not tell.
    """

    def cost(record: DestinationRecord, period: Interval) -> ReportCost:
        time, spec = whole(period.begin, period.end), specs.get(record.name)
        actual = None
        if billed is not None:
            actual = sum(
                by_name.get(record.name, 0.0)
                for day, by_name in billed.items()
                if period.begin.date() <= day and _midnight(day) < period.end
            )
        if spec is None:
            return ReportCost(actual=actual)
        hours = (record.declared.exists & time).hours
        declared, ran = record.declared.runs & time, record.timeline.ran & time
        known = not declared or record.timeline.ran or record.timeline.off_air
        return ReportCost(
            declared=usd_of_runs(spec, pricing, hours, declared.minutes),
            used=usd_of_runs(spec, pricing, hours, ran.minutes) if known else None,
            actual=actual,
        )

    return cost


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def assumptions(records: Sequence[DestinationRecord], window: Interval) -> Iterator[str]:
    """Yield what the figures of *records* assume, a sentence each."""
    by_file = [
        record.name
        for record in records
        if record.declared.basis(window) in {"file", "history and file"}
    ]
    if by_file:
        yield (
            "the history does not tell the hours declared in the whole time; the rest is as the"
            f" files say now: {', '.join(by_file)}"
        )
    unknown = [record.name for record in records if record.gaps]
    if unknown:
        yield f"gaps, in which nothing tells whether it streamed: {', '.join(unknown)}"
