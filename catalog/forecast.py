"""The cost of the current month: so far by the files or by the bill, and until its end.

A month of `lunora cost` has 730 hours. This one has its own days, windows and last days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalog import cost
from catalog.declaration import Declaration
from catalog.model import DestinationSpec
from catalog.pricing import Pricing
from catalog.schedule_events import Period
from catalog.stack_cost import StackCost

_HOUR = dt.timedelta(hours=1)
SHARED = ""
"""The name of what no destination has alone."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC, as AWS bills it.

    Attributes:
        start: its beginning.
        now: the present time within it.
        end: the beginning of the next.
    """

    start: dt.datetime
    now: dt.datetime
    end: dt.datetime

    @classmethod
    def of(cls, now: dt.datetime) -> Month:
        """Return the month of *now*, which is in UTC."""
        start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return cls(start, now, (start + dt.timedelta(days=32)).replace(day=1))

    @property
    def days(self) -> int:
        """The number of its days."""
        return (self.end - self.start).days

    @property
    def hours_so_far(self) -> float:
        """Hours from its beginning until now."""
        return (self.now - self.start) / _HOUR

    @property
    def hours_left(self) -> float:
        """Hours from now until its end."""
        return (self.end - self.now) / _HOUR


@dataclass(frozen=True, slots=True)
class MonthCost:
    """The cost of a destination in this month, in US dollars.

    Attributes:
        declared: what its file makes of the month so far.
        actual: what AWS has billed so far; None where it was not asked.
        left: what its file makes of the rest.
    """

    declared: float
    actual: float | None
    left: float

    @property
    def forecast(self) -> float:
        """The whole month: the bill so far, or else the file, and the rest."""
        return self.left + (self.declared if self.actual is None else self.actual)


def forecast(
    specs: Iterable[DestinationSpec],
    pricing: Pricing,
    total: StackCost,
    month: Month,
    actual: Mapping[str, float] | None = None,
) -> Mapping[str, MonthCost]:
    """Return the cost of *month* by destination; `SHARED` has the rest of the stack.

    Args:
        specs: the destinations; those without a price are left out.
        pricing: what prices them.
        total: their cost in a month of 730 hours.
        month: the month.
        actual: what AWS has billed so far, by the tag Destination; None where it was not asked.
    """
    costs = {
        spec.name: MonthCost(
            _usd(spec, pricing, month.start, month.now),
            None if actual is None else actual.get(spec.name, 0.0),
            _usd(spec, pricing, month.now, month.end),
        )
        for spec in specs
        if spec.name in total.destinations
    }
    hourly = total.shared_usd / cost.HOURS_PER_MONTH
    others = None
    if actual is not None:
        others = sum(usd for name, usd in actual.items() if name not in costs)
    costs[SHARED] = MonthCost(hourly * month.hours_so_far, others, hourly * month.hours_left)
    return costs


def _usd(spec: DestinationSpec, pricing: Pricing, begin: dt.datetime, end: dt.datetime) -> float:
    """Return what *spec* costs from *begin* to *end*."""
    return usd_of_runs(spec, pricing, (end - begin) / _HOUR, minutes_on_air(spec, begin, end))


def usd_of_runs(
    spec: DestinationSpec, pricing: Pricing, hours: float, minutes: Iterable[float]
) -> float:
    """Return the cost of *spec* for a time in which it ran.

    Args:
        spec: the destination.
        pricing: what prices it.
        hours: the time for which it existed.
        minutes: those of each run.
    """
    if hours <= 0:
        return 0.0
    running = min(hours, cost.billed_hours(minutes))
    share = hours / cost.HOURS_PER_MONTH
    return share * pricing.monthly_usd(spec, running / share)


def minutes_on_air(
    spec: DestinationSpec | Declaration, begin: dt.datetime, end: dt.datetime
) -> list[float]:
    """Return the minutes of every run of *spec* from *begin* to *end*."""
    runs = runs_on_air(spec, begin, end)
    return [(stop - start) / dt.timedelta(minutes=1) for start, stop in runs]


def runs_on_air(
    spec: DestinationSpec | Declaration, begin: dt.datetime, end: dt.datetime
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return begin and end of every run of *spec* from *begin* to *end*."""
    if spec.state == "stopped":
        return []
    if spec.expires is not None:
        last = dt.datetime.combine(spec.expires, dt.time(), dt.UTC) + dt.timedelta(days=1)
        end = min(end, last)
    whole = [Period(begin, end)]
    runs = whole if spec.schedule is None else spec.schedule.periods(begin, end)
    clipped = ((max(run.begin, begin), min(run.end, end)) for run in runs)
    return [(start, stop) for start, stop in clipped if stop > start]
