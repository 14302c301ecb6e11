"""One-off events of a schedule: hours of one date, beside the weekly windows."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from catalog.diagnostics import invalid_value
from catalog.strict_model import StrictModel

MOMENT_PATTERN = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$"
)

GAP: Final = dt.timedelta(minutes=5)
"""Least time between an event and the hours before and after it.

A channel stops and starts within it, and its flow outputs are switched a minute before and after.
The figure is ours.
"""

_EVENT = "LUN117"
_TOO_CLOSE = "overlaps, or is less than five minutes from,"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A continuous time on air, in UTC.

    Attributes:
        begin: its begin.
        end: its end.
    """

    begin: dt.datetime
    end: dt.datetime

    def touches(self, other: Period, gap: dt.timedelta = dt.timedelta()) -> bool:
        """Tell whether both overlap, or have less than *gap* between them."""
        return self.begin < other.end + gap and other.begin < self.end + gap

    @property
    def minutes(self) -> float:
        """Its length."""
        return (self.end - self.begin) / dt.timedelta(minutes=1)


class Event(StrictModel):
    """Hours of one date in the schedule's time zone."""

    start: str = Field(pattern=MOMENT_PATTERN, description="when it starts, YYYY-MM-DDTHH:MM")
    stop: str = Field(pattern=MOMENT_PATTERN, description="when it stops, YYYY-MM-DDTHH:MM")
    pre_roll_minutes: int = Field(
        0, ge=0, le=120, description="minutes before its start at which the stream starts"
    )

    def __str__(self) -> str:
        return f"{self.start} to {self.stop}"

    def period(self, timezone: str) -> Period:
        """Return its time on air, with the pre-roll."""
        begin = _utc(self.start, timezone) - dt.timedelta(minutes=self.pre_roll_minutes)
        return Period(begin, _utc(self.stop, timezone))


def check_events(events: Sequence[Event], timezone: str) -> None:
    """Refuse times that do not exist, and events that are empty or too close to each other.

    Raises:
        PydanticCustomError: for the first.
    """
    for event in events:
        for moment in (event.start, event.stop):
            if not _exists(moment, timezone):
                message = f"{moment} does not exist in {timezone}; choose another time"
                raise invalid_value(_EVENT, message)
        if event.start >= event.stop:
            raise invalid_value(_EVENT, f"{event} is empty; give a later stop")
    ordered = sorted(events, key=lambda event: event.period(timezone))
    for event, following in itertools.pairwise(ordered):
        if event.period(timezone).touches(following.period(timezone), GAP):
            raise invalid_value(_EVENT, f"{event} {_TOO_CLOSE} {following}; merge them")


def pending(events: Iterable[Event], timezone: str, now: dt.datetime) -> Iterator[Event]:
    """Yield the events that are not over at *now*."""
    yield from (event for event in events if event.period(timezone).end > now)


def busiest_month_minutes(events: Iterable[Event], timezone: str, now: dt.datetime) -> list[float]:
    """Return the minutes of each pending event of the month that has most of them."""
    months: dict[tuple[int, int], list[float]] = {}
    for event in pending(events, timezone, now):
        period = event.period(timezone)
        months.setdefault((period.begin.year, period.begin.month), []).append(period.minutes)
    return max(months.values(), key=sum, default=[])


def _utc(moment: str, timezone: str) -> dt.datetime:
    local = dt.datetime.fromisoformat(moment).replace(tzinfo=zoneinfo.ZoneInfo(timezone))
    return local.astimezone(dt.UTC)


def _exists(moment: str, timezone: str) -> bool:
    try:
        local = dt.datetime.fromisoformat(moment)
    except ValueError:
        return False
    return is_shown(local, zoneinfo.ZoneInfo(timezone))


def is_shown(local: dt.datetime, zone: zoneinfo.ZoneInfo) -> bool:
    """Tell whether clocks of *zone* show the time *local*, which a clock change may skip."""
    there_and_back = local.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone)
    return there_and_back.replace(tzinfo=None) == local
