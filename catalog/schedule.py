"""Schedules of destinations: weekly windows and one-off events in one time zone.

All times are wall-clock times of that zone. Where its clock changes, a window that holds the
change is an hour shorter or longer than it is written.
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.config import JsonDict

from catalog.diagnostics import invalid_value, nearest
from catalog.schedule_events import Event, Period, check_events, pending
from catalog.strict_model import StrictModel

T = TypeVar("T")

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)

START_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
STOP_PATTERN = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"

_AT_LEAST_ONE: Final[JsonDict] = {"minItems": 1}

_WINDOW = "LUN117"
_DAY = 24 * 60
_WEEK = 7 * _DAY
_MINUTE = dt.timedelta(minutes=1)


@functools.cache
def timezones() -> frozenset[str]:
    """Return the IANA time zones that name a place, and UTC.

    Left out are `EST` and its like, which know no summer time, and `Etc/GMT+8`, whose sign is
    the reverse of what it seems.
    """
    zones = zoneinfo.available_timezones()
    return frozenset(z for z in zones if "/" in z and not z.startswith("Etc/")) | {"UTC"}


def _known_timezone(value: str) -> str:
    if value not in timezones():
        near = nearest(value, timezones())
        hint = f'did you mean "{near}"?' if near else "give an IANA name, as in America/New_York"
        raise invalid_value("LUN116", f"unknown time zone; {hint}")
    return value


def _not_empty(value: tuple[T, ...]) -> tuple[T, ...]:
    # pydantic's own min_length also speaks up where an item is wrong.
    if not value:
        raise invalid_value(_WINDOW, "must not be empty")
    return value


class Window(StrictModel):
    """Hours of some days of the week; one that stops before it starts ends the next day."""

    days: Annotated[tuple[Day, ...], AfterValidator(_not_empty)] = Field(
        strict=False, description="the days on which it starts", json_schema_extra=_AT_LEAST_ONE
    )
    start: str = Field(pattern=START_PATTERN, description="when it starts, HH:MM")
    stop: str = Field(
        pattern=STOP_PATTERN,
        description="when it stops, HH:MM or 24:00; the next day if before start",
    )

    def spans(self) -> Iterator[Span]:
        """Yield its spans, one per day."""
        start, stop = _minutes(self.start), _minutes(self.stop)
        length = stop - start if stop > start else stop - start + _DAY
        for day in self.days:
            begin = DAYS.index(day) * _DAY + start
            yield Span(begin, begin + length)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A continuous span of the week.

    Attributes:
        begin: minutes since Monday 00:00; within the week.
        end: minutes since Monday 00:00; beyond the week where the span continues in the next.
    """

    begin: int
    end: int

    def __str__(self) -> str:
        return f"{_moment(self.begin)} to {_moment(self.end)}"


@dataclass(frozen=True, slots=True)
class Transition:
    """A weekly start or stop of a destination.

    Attributes:
        day: the day of the week.
        time: HH:MM, from 00:00 to 23:59.
        starts: whether it starts then; it stops otherwise.
    """

    day: Day
    time: str
    starts: bool


def _apart(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    for window in windows:
        if window.start == window.stop:
            message = f"{window.start} to {window.stop} is empty; give a later stop"
            raise invalid_value(_WINDOW, message)
    spans = sorted(span for window in windows for span in window.spans())
    for span, following in zip(spans, [*spans[1:], _a_week_later(spans[0])], strict=True):
        if span.end > following.begin:
            message = f"{span} overlaps {following}; merge the windows or give an earlier stop"
            raise invalid_value(_WINDOW, message)
    (first, *more) = _joined(spans)
    if not more and first.end - first.begin == _WEEK:
        raise invalid_value(_WINDOW, "covers the whole week; remove schedule")
    return windows


class Schedule(StrictModel):
    """The hours in which a destination streams; outside of them, it is stopped."""

    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(
        description="IANA time zone of all its times, as in America/Los_Angeles"
    )
    windows: Annotated[tuple[Window, ...], AfterValidator(_not_empty), AfterValidator(_apart)] = (
        Field((), strict=False, description="weekly hours", json_schema_extra=_AT_LEAST_ONE)
    )
    events: Annotated[tuple[Event, ...], AfterValidator(_not_empty)] = Field(
        (), strict=False, description="hours of one date", json_schema_extra=_AT_LEAST_ONE
    )

    @field_validator("events")
    @classmethod
    def _apart_from_each_other(
        cls, value: tuple[Event, ...], info: ValidationInfo
    ) -> tuple[Event, ...]:
        if "timezone" in info.data:
            check_events(value, info.data["timezone"])
        return value

    @model_validator(mode="after")
    def _has_hours(self) -> Schedule:
        if not self.windows and not self.events:
            raise invalid_value(_WINDOW, "has no hours; give windows or events")
        return self

    @model_serializer(mode="wrap")
    def _without_empty_lists(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What a stack holds of a schedule without events stays as it was.
        return {key: value for key, value in handler(self).items() if value not in ((), [])}

    @property
    def spans(self) -> tuple[Span, ...]:
        """Its sorted spans, adjacent ones merged; only the last may go beyond the week."""
        return _joined(sorted(span for window in self.windows for span in window.spans()))

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Its starts and stops, in the order of the spans; none between adjacent windows."""
        return _transitions(self.spans)

    def transitions_around(self, margin_minutes: int) -> tuple[Transition, ...]:
        """Return the starts and stops of the windows with a margin before and after.

        Adjacent or overlapping spans have no stop between them. Spans that fill the week have
        neither starts nor stops.
        """
        spans = _joined(
            sorted(
                _lasting(
                    (span.begin - margin_minutes) % _WEEK,
                    span.end - span.begin + 2 * margin_minutes,
                )
                for span in self.spans
            )
        )
        always = len(spans) == 1 and spans[0].end - spans[0].begin >= _WEEK
        return () if always else _transitions(spans)

    def is_open(self, time: dt.datetime, *, margin_minutes: int = 0) -> bool:
        """Return whether *time*, with a time zone, is in a window or event or within its margin.

        Where clocks go back, Scheduler starts and stops in the first of the two equal hours only
        (its user guide, schedule types), so the second one is as the first one ended.
        """
        margin = dt.timedelta(minutes=margin_minutes)
        periods = (event.period(self.timezone) for event in self.events)
        if any(period.begin - margin <= time < period.end + margin for period in periods):
            return True
        local = time.astimezone(zoneinfo.ZoneInfo(self.timezone))
        if local.fold:
            local = _last_of_repeated(local)
        minute = local.weekday() * _DAY + local.hour * 60 + local.minute
        return any(
            span.begin - margin_minutes <= now < span.end + margin_minutes
            for span in self.spans
            for now in (minute - _WEEK, minute, minute + _WEEK)
        )

    def pending_events(self, now: dt.datetime) -> tuple[Event, ...]:
        """Return the events that are not over at *now*."""
        return tuple(pending(self.events, self.timezone, now))

    def window_periods(self, begin: dt.datetime, end: dt.datetime) -> Iterator[Period]:
        """Yield the windows that may touch the time from *begin* to *end*, in order."""
        zone = zoneinfo.ZoneInfo(self.timezone)
        local = begin.astimezone(zone)
        monday = dt.datetime.combine(local.date() - dt.timedelta(days=local.weekday()), dt.time())
        week = monday - dt.timedelta(weeks=1)
        while week.replace(tzinfo=zone) < end:
            for span in self.spans:
                times = (week + dt.timedelta(minutes=minute) for minute in (span.begin, span.end))
                # Wall-clock times: in UTC, a window across a clock change is longer or shorter.
                yield Period(*(time.replace(tzinfo=zone).astimezone(dt.UTC) for time in times))
            week += dt.timedelta(weeks=1)

    def periods(self, begin: dt.datetime, end: dt.datetime) -> Iterator[Period]:
        """Yield the windows and events that may touch the time from *begin* to *end*."""
        yield from self.window_periods(begin, end)
        yield from (event.period(self.timezone) for event in self.events)


def _last_of_repeated(local: dt.datetime) -> dt.datetime:
    """Return the last minute of the repeated time that *local* is in."""
    time = local.astimezone(dt.UTC)
    while (later := (time + _MINUTE).astimezone(local.tzinfo)).fold:
        time += _MINUTE
    return later - _MINUTE


def _transitions(spans: tuple[Span, ...]) -> tuple[Transition, ...]:
    return tuple(
        Transition(DAYS[minute // _DAY % 7], _clock(minute % _DAY), starts)
        for span in spans
        for minute, starts in ((span.begin, True), (span.end, False))
    )


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Return the sorted *spans*, with adjacent and overlapping ones merged."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end >= span.begin:
            joined[-1] = Span(joined[-1].begin, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    # The week is a circle: what ends with Sunday may go on with Monday.
    while len(joined) > 1 and joined[-1].end >= joined[0].begin + _WEEK:
        last, first = joined.pop(), joined.pop(0)
        joined.append(Span(last.begin, max(last.end, first.end + _WEEK)))
    return tuple(joined)


def _lasting(begin: int, minutes: int) -> Span:
    return Span(begin, begin + minutes)


def _a_week_later(span: Span) -> Span:
    return Span(span.begin + _WEEK, span.end + _WEEK)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _moment(minute: int) -> str:
    return f"{DAYS[minute // _DAY % 7]} {_clock(minute % _DAY)}"
