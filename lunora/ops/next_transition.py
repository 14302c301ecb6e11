"""The next start or stop of a schedule, as a point in time."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from catalog.schedule import DAYS, Schedule

# A week and a day, so that one that has just been missed this week is found in the next.
_DAYS_AHEAD = 9


@dataclass(frozen=True, slots=True)
class NextTransition:
    """A start or stop.

    Attributes:
        time: when it is due.
        starts: whether the stream starts then; it stops otherwise.
    """

    time: dt.datetime
    starts: bool


def next_transition(schedule: Schedule, now: dt.datetime) -> NextTransition | None:
    """Return the first start or stop of *schedule* after *now*; None where it has none."""
    zone = zoneinfo.ZoneInfo(schedule.timezone)
    today = now.astimezone(zone).date()
    due = (
        NextTransition(_at(today + dt.timedelta(days=ahead), each.time, zone), each.starts)
        for ahead in range(_DAYS_AHEAD)
        for each in schedule.transitions
        if DAYS[(today + dt.timedelta(days=ahead)).weekday()] == each.day
    )
    later = (transition for transition in due if transition.time > now)
    return min(later, key=lambda transition: transition.time, default=None)


def _at(day: dt.date, time: str, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    local = dt.datetime.combine(day, dt.time.fromisoformat(time), zone)
    return local.astimezone(dt.UTC)
