"""Maintenance windows of channels: two hours of every week, in UTC.

MediaLive stops a channel with one pipeline in its window and starts it again. It restarts two
pipelines one after the other (MediaLive user guide, maintenance-how).
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from typing import Final

from pydantic import Field

from catalog.schedule import DAYS, Day, Schedule, Span
from catalog.schedule_events import Event, Period
from catalog.strict_model import StrictModel

HOUR_PATTERN = r"^([01][0-9]|2[0-3]):00$"
"""MediaLive takes whole hours only: `[0-9]{2}:00` (botocore's model, MaintenanceStartTime)."""

DURATION: Final = dt.timedelta(hours=2)
"""Length of a window.

MediaLive user guide, maintenance: "a particular day of the week and a two-hour window".
MediaConnect user guide, maintenance: "The duration of the maintenance window is two hours."
"""

_DAY = 24 * 60
_WEEK = 7 * _DAY
_MEMBER_DAYS: Final = dict(
    zip(
        DAYS,
        ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"),
        strict=True,
    )
)


class MaintenanceWindow(StrictModel):
    """The weekly window in which AWS may stop the channel."""

    day: Day = Field(description="day of the week on which it starts")
    start: str = Field(
        pattern=HOUR_PATTERN, description="full hour in UTC at which it starts; it lasts two hours"
    )

    def __str__(self) -> str:
        return str(self._span(0)) + " UTC"

    @property
    def members(self) -> dict[str, str]:
        """The Maintenance of CreateChannel."""
        return {"MaintenanceDay": _MEMBER_DAYS[self.day], "MaintenanceStartTime": self.start}

    def conflict(self, schedule: Schedule, today: dt.date) -> Span | None:
        """Return hours of *schedule* that it overlaps at some time of the year; None without.

        A clock change moves the schedule against UTC, so each offset of the year counts.
        """
        for offset in _offsets(schedule.timezone, today):
            window = self._span(offset)
            for hours in schedule.spans:
                if any(
                    window.begin + week < hours.end and hours.begin < window.end + week
                    for week in (-_WEEK, 0, _WEEK)
                ):
                    return hours
        return None

    def conflict_with_event(self, schedule: Schedule, now: dt.datetime) -> Event | None:
        """Return the first pending event of *schedule* that it overlaps; None without one."""
        for event in schedule.pending_events(now):
            period = event.period(schedule.timezone)
            monday = dt.datetime.combine(
                period.begin.date() - dt.timedelta(days=period.begin.weekday() + 7),
                dt.time(),
                dt.UTC,
            )
            begin = monday + dt.timedelta(minutes=self._span(0).begin)
            while begin < period.end:
                if period.touches(Period(begin, begin + DURATION)):
                    return event
                begin += dt.timedelta(weeks=1)
        return None

    def _span(self, offset_minutes: int) -> Span:
        begin = DAYS.index(self.day) * _DAY + int(self.start[:2]) * 60
        begin = (begin + offset_minutes) % _WEEK
        return Span(begin, begin + int(DURATION.total_seconds()) // 60)


def _offsets(timezone: str, today: dt.date) -> Iterator[int]:
    """Yield the minutes by which clocks of *timezone* are ahead of UTC in the next year, once."""
    zone = zoneinfo.ZoneInfo(timezone)
    noon = dt.datetime.combine(today, dt.time(12), dt.UTC)
    moments = ((noon + dt.timedelta(days=day)).astimezone(zone) for day in range(366))
    offsets = (int((moment.utcoffset() or dt.timedelta()).total_seconds()) for moment in moments)
    yield from dict.fromkeys(seconds // 60 for seconds in offsets)
