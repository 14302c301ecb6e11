"""The next start or stop of a schedule, as a point in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from catalog.schedule import Schedule

# A window of this week may have ended: the next one is in the week that follows.
_AHEAD = dt.timedelta(days=8)


@dataclass(frozen=True, slots=True)
class NextTransition:
    """A start or stop.

    Attributes:
        time: when it is due, in UTC.
        starts: whether the stream starts then; it stops otherwise.
    """

    time: dt.datetime
    starts: bool


def next_transition(schedule: Schedule, now: dt.datetime) -> NextTransition | None:
    """Return the first start or stop of *schedule* after *now*; None where all events are over."""
    due = (
        NextTransition(time, starts)
        for period in schedule.periods(now, now + _AHEAD)
        for time, starts in ((period.begin, True), (period.end, False))
    )
    later = (transition for transition in due if transition.time > now)
    return min(later, key=lambda transition: transition.time, default=None)
