"""Schedules of destinations as expressions of EventBridge Scheduler."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalog.model import DestinationSpec
from catalog.schedule import DAYS, Day, Schedule, Transition
from catalog.schedule_events import is_shown

_WEEK_SECONDS = 7 * 24 * 3600
# Scheduler's own bounds of MaximumEventAgeInSeconds (its API reference, RetryPolicy).
_LATEST, _SOONEST = 24 * 3600, 60


MARGIN_MINUTES = 1
"""For how long a channel's flow outputs send before it starts and after it stops.

Scheduler invokes its targets within the minute, in no order (its user guide, "precision"), so what
has to be first is a minute earlier.
"""

# Years whose clock changes are evaluated: fixed, so that a file has the same result on every day.
# A few years cover all days and times that the current rule of a zone skips.
_YEARS = range(2024, 2032)

_STARTS, _ENABLES = ("start", "stop"), ("enable", "disable")
# Shorter, since the names of schedules have at most 64 characters and dates are long.
_EVENT_STARTS, _EVENT_ENABLES = ("start", "stop"), ("on", "off")
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """A recurring start or stop, or one of an event.

    Attributes:
        name: unique within the destination and what it starts, for example `start-0900`.
        expression: a cron or at expression in the time zone of the schedule.
        starts: whether it starts the channel, or enables the flow output; it stops it otherwise.
        late_seconds: its maximum event age: until the next entry reverses it.
    """

    name: str
    expression: str
    starts: bool
    late_seconds: int


def schedule_entries(
    schedule: Schedule, now: dt.datetime | None = None
) -> tuple[ScheduleEntry, ...]:
    """Return the starts and stops of a stream: one per time of day, and two per event.

    Args:
        schedule: the hours.
        now: the time after which starts and stops of events count; by default the present.
            Scheduler keeps a schedule that was carried out (ActionAfterCompletion NONE), so that
            AWS holds what the stack declared until a deployment removes it.
    """
    weekly = _entries(schedule.transitions, _STARTS)
    return (*_before_events(schedule, weekly, now), *_event_entries(schedule, _EVENT_STARTS, now))


def output_schedule_entries(
    schedule: Schedule, now: dt.datetime | None = None
) -> tuple[ScheduleEntry, ...]:
    """Return the entries that enable and disable the flow outputs around a channel's hours.

    Where a clock change may skip the minute before a start, the start enables them again.

    Args:
        schedule: the hours.
        now: as for `schedule_entries`.
    """
    transitions = schedule.transitions_around(MARGIN_MINUTES)
    starts = [start for start in schedule.transitions if start.starts]
    skippable = _skippable(schedule, (*transitions, *starts))
    again = [
        start
        for start in starts
        if _minute_before(start) in skippable and (start.day, start.time) not in skippable
    ]
    weekly = _entries((*transitions, *again), _ENABLES)
    events = _event_entries(schedule, _EVENT_ENABLES, now, margin=MARGIN_MINUTES * _MINUTE)
    return (*_before_events(schedule, weekly, now), *events)


def _event_entries(
    schedule: Schedule,
    words: tuple[str, str],
    now: dt.datetime | None,
    margin: dt.timedelta = dt.timedelta(),
) -> Iterator[ScheduleEntry]:
    """Yield start and stop of each event, as far as they are yet to come.

    An event that has begun is started by the deployment that declares it.
    """
    zone, present = zoneinfo.ZoneInfo(schedule.timezone), now or dt.datetime.now(dt.UTC)
    for event in schedule.pending_events(present - margin):
        period = event.period(schedule.timezone)
        end = period.end + margin
        next_begin = _next_begin(schedule, period.end) - margin
        for time, starts, reversal in (
            (period.begin - margin, True, end),
            (end, False, next_begin),
        ):
            local = time.astimezone(zone)
            late = int((reversal - time) / dt.timedelta(seconds=1))
            if time > present:
                yield ScheduleEntry(
                    name=f"{words[not starts]}-{local:%y%m%d%H%M}",
                    expression=f"at({local:%Y-%m-%dT%H:%M:%S})",
                    starts=starts,
                    late_seconds=max(_SOONEST, min(_LATEST, late)),
                )


def _next_begin(schedule: Schedule, after: dt.datetime) -> dt.datetime:
    """Return the begin of the next hours *after* a time; some time later where there are none."""
    horizon = after + dt.timedelta(seconds=2 * _LATEST)
    begins = (period.begin for period in schedule.periods(after, horizon))
    return min((begin for begin in begins if begin >= after), default=horizon)


def _before_events(
    schedule: Schedule, weekly: Iterable[ScheduleEntry], now: dt.datetime | None
) -> Iterator[ScheduleEntry]:
    """Yield the *weekly* entries; none of their stops is so late that it ends an event."""
    pauses = [_LATEST]
    for event in schedule.pending_events(now or dt.datetime.now(dt.UTC)):
        begin = event.period(schedule.timezone).begin
        day = dt.timedelta(seconds=_LATEST)
        ends = [period.end for period in schedule.window_periods(begin - day, begin)]
        # Outputs are switched a minute after the stop and a minute before the start.
        pauses += [
            int((begin - end - 2 * MARGIN_MINUTES * _MINUTE) / dt.timedelta(seconds=1))
            for end in ends
            if end <= begin
        ]
    latest = max(_SOONEST, min(pauses))
    for entry in weekly:
        late = entry.late_seconds if entry.starts else min(entry.late_seconds, latest)
        yield dataclasses.replace(entry, late_seconds=late)


def output_suffix(flow: int, pipeline: int) -> str:
    """Return the suffix that distinguishes the schedules of a flow output.

    Args:
        flow: 0 for the flow that feeds the channel, 1 for its backup.
        pipeline: 0 or 1.
    """
    return ("-backup" if flow else "") + (f"-{pipeline}" if pipeline else "")


def schedule_names(spec: DestinationSpec) -> frozenset[str]:
    """Return the names of all schedules of *spec*: at most the 64 characters there may be."""
    if spec.schedule is None:
        return frozenset()
    named = [entry.name for entry in schedule_entries(spec.schedule)]
    if spec.route == "channel" and spec.input_type == "push":
        named += [
            f"{entry.name}{output_suffix(flow, pipeline)}"
            for entry in output_schedule_entries(spec.schedule)
            for flow in range(len(spec.flows))
            for pipeline in range(len(spec.ingests))
        ]
    return frozenset(f"{spec.original_name}-{name}" for name in named)


def _entries(
    transitions: Sequence[Transition], words: tuple[str, str]
) -> tuple[ScheduleEntry, ...]:
    by_time: dict[tuple[bool, str], list[Transition]] = {}
    for transition in transitions:
        by_time.setdefault((transition.starts, transition.time), []).append(transition)
    return tuple(
        ScheduleEntry(
            name=f"{words[not starts]}-{time.replace(':', '')}",
            expression=_cron(time, [transition.day for transition in same]),
            starts=starts,
            late_seconds=max(_SOONEST, min(_LATEST, *(_wait(each, transitions) for each in same))),
        )
        for (starts, time), same in sorted(by_time.items(), reverse=True)
    )


def skipped(schedule: Schedule, first: dt.date, days: int) -> Iterator[tuple[Transition, dt.date]]:
    """Yield the transitions that a clock change skips in the *days* from *first* on.

    Scheduler leaves such an invocation out (its user guide, schedule types).
    """
    zone = zoneinfo.ZoneInfo(schedule.timezone)
    for date in (first + dt.timedelta(days=number) for number in range(days)):
        for transition in schedule.transitions:
            if DAYS[date.weekday()] == transition.day and _jumps(zone, date, transition.time):
                yield transition, date


def _jumps(zone: zoneinfo.ZoneInfo, date: dt.date, time: str) -> bool:
    """Return whether a clock change of *zone* skips this *time* of the day."""
    return not is_shown(dt.datetime.combine(date, dt.time.fromisoformat(time)), zone)


def _skippable(schedule: Schedule, transitions: Iterable[Transition]) -> frozenset[tuple[Day, str]]:
    """Return those of the *transitions* that a clock change skips in some year."""
    zone = zoneinfo.ZoneInfo(schedule.timezone)
    return frozenset(
        (transition.day, transition.time)
        for date in _jump_dates(schedule.timezone)
        for transition in transitions
        if DAYS[date.weekday()] == transition.day and _jumps(zone, date, transition.time)
    )


@functools.cache
def _jump_dates(timezone: str) -> tuple[dt.date, ...]:
    """Return the days on which clocks go forward."""
    zone = zoneinfo.ZoneInfo(timezone)
    first, last = (dt.date(year, 1, 1).toordinal() for year in (_YEARS.start, _YEARS.stop))
    dates = [dt.date.fromordinal(number) for number in range(first, last)]
    offsets = [zone.utcoffset(dt.datetime.combine(date, dt.time())) for date in dates]
    return tuple(
        date
        for date, before, after in zip(dates, offsets, offsets[1:], strict=False)
        if before is not None and after is not None and after > before
    )


def _minute_before(transition: Transition) -> tuple[Day, str]:
    moment = dt.datetime.combine(dt.date.min, dt.time.fromisoformat(transition.time))
    moment += dt.timedelta(days=1) - dt.timedelta(minutes=MARGIN_MINUTES)
    day = DAYS[DAYS.index(transition.day) - (moment.date() == dt.date.min)]
    return day, f"{moment:%H:%M}"


def _cron(time: str, days: list[Day]) -> str:
    hours, _, minutes = time.partition(":")
    named = ",".join(day.upper() for day in DAYS if day in days)
    return f"cron({int(minutes)} {int(hours)} ? * {named} *)"


def _wait(transition: Transition, transitions: Iterable[Transition]) -> int:
    """Return the seconds until the next of the *transitions* that reverses this one."""
    return min(
        (_second(other) - _second(transition)) % _WEEK_SECONDS or _WEEK_SECONDS
        for other in transitions
        if other.starts != transition.starts
    )


def _second(transition: Transition) -> int:
    time = dt.time.fromisoformat(transition.time)
    return DAYS.index(transition.day) * 24 * 3600 + time.hour * 3600 + time.minute * 60
