"""Figures of one destination in one period: hours, availability, interruptions, incidents, cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lunora.report.causes import cause
from lunora.report.declared_hours import Basis
from lunora.report.history_lines import IncidentRecord
from lunora.report.intervals import Interval, Intervals, whole
from lunora.report.record import DestinationRecord


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time in which it was to stream and did not.

    Attributes:
        begin: its begin.
        end: its end; None while it lasts.
        seconds: its length so far.
        cause: why.
    """

    begin: dt.datetime
    end: dt.datetime | None
    seconds: int
    cause: str


@dataclass(frozen=True, slots=True)
class ReportCost:
    """Cost in US dollars; None is not known.

    Attributes:
        declared: of the declared hours.
        used: of the hours in which it ran, as far as they are known.
        actual: as billed, by the tag Destination.
    """

    declared: float | None = None
    used: float | None = None
    actual: float | None = None

    def document(self) -> dict[str, float | None]:
        """Return it as `--json` shows it."""
        return {
            "declared_usd": _cents(self.declared),
            "used_usd": _cents(self.used),
            "actual_usd": _cents(self.actual),
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """One destination in one period.

    Attributes:
        name: the destination.
        declared_hours: hours in which it was to stream.
        declared_by: what tells them; None where it did not exist.
        on_air_hours: hours on air, also outside of those.
        running_hours: hours in which its channel ran.
        gaps: parts of the declared hours that nothing tells about.
        interruptions: the oldest first.
        restarts: starts by the watchdog; None without a history.
        incidents: its own, and those of flows that it suffered from; None without a history.
        streamed_hours: declared hours in which it was on air.
        cost: its cost.
    """

    name: str
    declared_hours: float
    declared_by: Basis | None
    on_air_hours: float
    running_hours: float
    gaps: Intervals
    interruptions: tuple[Interruption, ...]
    restarts: int | None
    incidents: tuple[IncidentRecord, ...] | None
    streamed_hours: float
    cost: ReportCost

    @property
    def availability(self) -> float | None:
        """Share of the declared hours on air, without gaps; None where nothing is known."""
        return availability(self.streamed_hours, self.declared_hours - self.gaps.hours)

    def document(self) -> dict[str, Any]:
        """Return the figures as `--json` shows them."""
        return {
            "name": self.name,
            "declared_hours": round(self.declared_hours, 2),
            "declared_by": self.declared_by,
            "on_air_hours": round(self.on_air_hours, 2),
            "running_hours": round(self.running_hours, 2),
            "gap_hours": round(self.gaps.hours, 2),
            "gaps": [{"from": gap.begin, "until": gap.end} for gap in self.gaps],
            "availability_percent": percent(self.availability),
            "interruptions": [
                {
                    "from": each.begin,
                    "until": each.end,
                    "seconds": each.seconds,
                    "cause": each.cause,
                }
                for each in self.interruptions
            ],
            "restarts": self.restarts,
            "incidents": self.incidents,
            "cost": self.cost.document(),
        }


def figures(record: DestinationRecord, period: Interval, cost: ReportCost) -> Figures:
    """Return the figures of a destination in *period*, which costs *cost*."""
    time, timeline = whole(period.begin, period.end), record.timeline
    declared, records = record.declared.runs & time, record.evidence.records
    has_history = records.first is not None
    return Figures(
        name=record.name,
        declared_hours=declared.hours,
        declared_by=record.declared.basis(period),
        on_air_hours=(timeline.on_air & time).hours,
        running_hours=(timeline.ran & time).hours,
        gaps=record.gaps & time,
        interruptions=tuple(_interruptions(record, declared, period)),
        restarts=sum(period.begin <= start < period.end for start in records.starts)
        if has_history
        else None,
        incidents=tuple(
            each for each in records.incidents if period.overlaps(each.opened, each.closed)
        )
        if has_history
        else None,
        streamed_hours=(declared & timeline.on_air).hours,
        cost=cost,
    )


def _interruptions(
    record: DestinationRecord, declared: Intervals, period: Interval
) -> Iterator[Interruption]:
    for part in declared & record.timeline.off_air:
        lasts = part.end == period.end and not (record.timeline.on_air & _after(part))
        yield Interruption(
            begin=part.begin,
            end=None if lasts else part.end,
            seconds=int(part.length.total_seconds()),
            cause=cause(record, part),
        )


def _after(part: Interval) -> Intervals:
    """Return the time after *part*, as far as a report may reach."""
    return whole(part.end, dt.datetime.max.replace(tzinfo=dt.UTC))


def availability(streamed_hours: float, known_hours: float) -> float | None:
    """Return the share of *known_hours* that it streamed; None where nothing is known."""
    return min(1.0, streamed_hours / known_hours) if known_hours > 0 else None


def percent(share: float | None) -> float | None:
    """Return *share* in percent, rounded down, so that 100 is only what had no interruption."""
    return None if share is None else int(share * 100_000) / 1000


@dataclass(frozen=True, slots=True)
class Total:
    """All selected destinations in one period.

    Attributes:
        declared_hours: the sum.
        on_air_hours: the sum.
        gap_hours: the sum.
        availability: of all declared hours together, without gaps.
        interruptions: their number.
        restarts: their number; None where no destination has a history.
        incidents: their number, each once; None likewise.
        cost: the sums of what is known.
    """

    declared_hours: float
    on_air_hours: float
    gap_hours: float
    availability: float | None
    interruptions: int
    restarts: int | None
    incidents: int | None
    cost: ReportCost

    def document(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {
            "declared_hours": round(self.declared_hours, 2),
            "on_air_hours": round(self.on_air_hours, 2),
            "gap_hours": round(self.gap_hours, 2),
            "availability_percent": percent(self.availability),
            "interruptions": self.interruptions,
            "restarts": self.restarts,
            "incidents": self.incidents,
            "cost": self.cost.document(),
        }


def total(destinations: Mapping[str, Figures]) -> Total:
    """Return the sum of *destinations*."""
    each = destinations.values()
    declared, gaps = sum(f.declared_hours for f in each), sum(f.gaps.hours for f in each)
    restarts = [f.restarts for f in each if f.restarts is not None]
    incidents = [f.incidents for f in each if f.incidents is not None]
    return Total(
        declared_hours=declared,
        on_air_hours=sum(f.on_air_hours for f in each),
        gap_hours=gaps,
        availability=availability(sum(f.streamed_hours for f in each), declared - gaps),
        interruptions=sum(len(f.interruptions) for f in each),
        restarts=sum(restarts) if restarts else None,
        incidents=len({(i.subject, i.opened) for listed in incidents for i in listed})
        if incidents
        else None,
        cost=ReportCost(
            _sum(f.cost.declared for f in each),
            _sum(f.cost.used for f in each),
            _sum(f.cost.actual for f in each),
        ),
    )


def _sum(amounts: Iterator[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _cents(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 2)
