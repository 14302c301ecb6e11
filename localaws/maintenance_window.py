"""Maintenance windows: two hours at one time of one day of the week, in UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# `%A` of the C locale, as both services name them; MediaLive in capitals.
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = dt.timedelta(days=7)

NOTICE = dt.timedelta(days=21)
"""From the notification to the deadline.

MediaLive user guide, setting-maintenance: "at least 21 calendar days before the deadline"; for
MediaConnect unverified.
"""


@dataclass(frozen=True, slots=True)
class Window:
    """A window of every week.

    Attributes:
        day: of the week, for example `Monday` or `MONDAY`.
        start: time of its start, for example `02:00`.
    """

    day: str
    start: str

    def last_before(self, deadline: dt.datetime) -> dt.datetime:
        """Return the start of the last window before *deadline*.

        MediaLive user guide, setting-maintenance: the window in the seven days up to the deadline.
        So in the examples of MediaConnect's, viewing-flows-maintenance.
        """
        begin = self.on(deadline.date())
        days = (deadline.weekday() - _DAYS.index(self.day.lower())) % len(_DAYS)
        begin -= dt.timedelta(days=days)
        return begin if begin < deadline else begin - _WEEK

    def on(self, date: dt.date) -> dt.datetime:
        """Return its start on a *date*, whatever day that is."""
        time = dt.time.fromisoformat(self.start)
        return dt.datetime.combine(date, time, dt.UTC)


def a_week_later(begin: dt.datetime) -> dt.datetime:
    """Return the start of the next window.

    User guides, setting-maintenance and how-maintenance-works: maintenance that cannot be
    performed is rescheduled to the following week's window.
    """
    return begin + _WEEK


def iso(time: dt.datetime) -> str:
    """Return *time* as both services show a deadline: `2021-01-30T08:30:00Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
