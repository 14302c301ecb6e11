"""Evidence for reports, built by hand, in minutes after noon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from lunora.report.evidence import Call, Evidence, Sample, Samples
from lunora.report.history_lines import History, Records
from lunora.report.intervals import Interval, Intervals

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def after_noon(minutes: float) -> dt.datetime:
    return NOON + minutes * MINUTE


def window(end: float, begin: float = 0) -> Interval:
    return Interval(after_noon(begin), after_noon(end))


def points(
    *minutes: Iterable[int], period: int = 1, faults: dict[int, str] | None = None
) -> Samples:
    """Return datapoints of these minutes, on air but for *faults*."""
    listed = sorted(minute for part in minutes for minute in part)
    return Samples(
        period * MINUTE,
        tuple(Sample(after_noon(minute), (faults or {}).get(minute, "")) for minute in listed),
    )


def line(
    minutes: float, kind: str, subject: str = "destination show", **details: Any
) -> dict[str, Any]:
    return {"time": after_noon(minutes).isoformat(), "kind": kind, "subject": subject, **details}


def records(*lines: dict[str, Any]) -> Records:
    """Return what *lines* have about `show`."""
    return History.of(lines).destinations.get("show", Records())


def state(minutes: float, before: str, after: str, cause: str = "") -> dict[str, Any]:
    return line(minutes, "state", **{"from": before, "to": after, "cause": cause})


def evidence(
    *samples: Samples,
    lines: Iterable[dict[str, Any]] = (),
    calls: Iterable[tuple[float, str, str]] = (),
    now: str = "RUNNING",
    indirect: bool = False,
) -> Evidence:
    return Evidence(
        samples,
        records(*lines),
        tuple(Call(after_noon(minutes), operation, who) for minutes, operation, who in calls),
        now,
        indirect,
    )


def minutes(intervals: Intervals) -> list[tuple[float, float]]:
    """Return begin and end of each, in minutes after noon."""
    return [((part.begin - NOON) / MINUTE, (part.end - NOON) / MINUTE) for part in intervals]
