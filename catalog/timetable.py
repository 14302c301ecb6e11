"""A destination's schedule in the words of EventBridge Scheduler."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.schedule import DAYS, Day, Schedule, Transition

_WEEK_SECONDS = 7 * 24 * 3600
# Scheduler's own bounds of MaximumEventAgeInSeconds (its API reference, RetryPolicy).
_LATEST, _SOONEST = 24 * 3600, 60


@dataclass(frozen=True, slots=True)
class Firing:
    """One recurring start or stop.

    Attributes:
        name: unique within the destination, for example `start-0900`.
        expression: a cron expression in the time zone of the schedule.
        starts: whether it starts the channel; it stops it otherwise.
        late_seconds: how late it may still be carried out: until the next firing undoes it.
    """

    name: str
    expression: str
    starts: bool
    late_seconds: int


def firings(schedule: Schedule) -> tuple[Firing, ...]:
    """Return what starts and stops a channel; days of the same time share one firing."""
    by_time: dict[tuple[bool, str], list[Transition]] = {}
    for transition in schedule.transitions:
        by_time.setdefault((transition.starts, transition.time), []).append(transition)
    waits = _waits(schedule.transitions)
    return tuple(
        Firing(
            name=f"{'start' if starts else 'stop'}-{time.replace(':', '')}",
            expression=_cron(time, [transition.day for transition in same]),
            starts=starts,
            late_seconds=max(_SOONEST, min(_LATEST, *(waits[one] for one in same))),
        )
        for (starts, time), same in sorted(by_time.items(), reverse=True)
    )


def skipped(schedule: Schedule, first: dt.date, days: int) -> Iterator[tuple[Transition, dt.date]]:
    """Yield what does not happen in the *days* from *first* on, as clocks jump over its time.

    Scheduler leaves such an invocation out (its user guide, schedule types).
    """
    zone = zoneinfo.ZoneInfo(schedule.timezone)
    for date in (first + dt.timedelta(days=number) for number in range(days)):
        for transition in schedule.transitions:
            local = dt.datetime.combine(date, dt.time.fromisoformat(transition.time), zone)
            there_and_back = local.astimezone(dt.UTC).astimezone(zone)
            jumped = there_and_back.replace(tzinfo=None) != local.replace(tzinfo=None)
            if DAYS[date.weekday()] == transition.day and jumped:
                yield transition, date


def _cron(time: str, days: list[Day]) -> str:
    hours, _, minutes = time.partition(":")
    named = ",".join(day.upper() for day in DAYS if day in days)
    return f"cron({int(minutes)} {int(hours)} ? * {named} *)"


def _waits(transitions: tuple[Transition, ...]) -> dict[Transition, int]:
    moments = [_second(transition) for transition in transitions]
    following = [*moments[1:], moments[0]]
    waits = (
        (after - now) % _WEEK_SECONDS or _WEEK_SECONDS
        for now, after in itertools.zip_longest(moments, following)
    )
    return dict(zip(transitions, waits, strict=True))


def _second(transition: Transition) -> int:
    time = dt.time.fromisoformat(transition.time)
    return DAYS.index(transition.day) * 24 * 3600 + time.hour * 3600 + time.minute * 60
