"""Judge from evidence when a stream was on air.

CloudWatch's datapoints come first: a stream is on air while video goes in and comes out. A channel
that does not run has no datapoints, so a hole between two of them is a time off air. Before the
first and after the last datapoint, the states in the history decide, then the calls in CloudTrail.
What none of them tells is a gap.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from catalog.channel_states import ON_AIR
from lunora.report.history_lines import Records, StateChange
from lunora.report.intervals import Interval, Intervals, whole

NOT_RUNNING = "its channel did not run"
_STREAMING = frozenset({"RUNNING", "RECOVERING", "ENABLED"})
"""States of a channel, and of a flow output that sends without one."""

_STARTED = ON_AIR | _STREAMING

_MINUTE = dt.timedelta(minutes=1)
READING = dt.timedelta(minutes=6)
"""Delay with which the watchdog may read a change: events can get lost, and it runs every 5 min."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Datapoints of one time.

    Attributes:
        time: the begin of their period.
        fault: why it is not on air; empty while it is.
    """

    time: dt.datetime
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Samples:
    """Datapoints of one resolution.

    Attributes:
        period: the time that each stands for.
        points: the datapoints, the oldest first.
    """

    period: dt.timedelta
    points: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of AWS in CloudTrail.

    Attributes:
        time: its time.
        operation: CreateChannel, StartChannel or StopChannel.
        who: its caller.
    """

    time: dt.datetime
    operation: str
    who: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about one destination.

    Attributes:
        samples: by resolution; they do not overlap.
        records: from the history.
        calls: from CloudTrail, the oldest first.
        state: of its channel or its flow output now; empty without both.
        is_indirect: whether the datapoints are of its source, also while nothing is sent.
    """

    samples: tuple[Samples, ...] = ()
    records: Records = field(default_factory=Records)
    calls: tuple[Call, ...] = ()
    state: str = ""
    is_indirect: bool = False

    @property
    def created(self) -> dt.datetime | None:
        """Time of its channel's creation; None where CloudTrail does not tell."""
        times = (call.time for call in self.calls if call.operation == "CreateChannel")
        return min(times, default=None)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Knowledge about a window; the rest of it is a gap.

    Attributes:
        on_air: when it was on air.
        off_air: when it was not.
        ran: when its channel ran, on air or not.
        faults: what datapoints show of the times off air.
    """

    on_air: Intervals
    off_air: Intervals
    ran: Intervals
    faults: tuple[tuple[Interval, str], ...] = ()


def timeline(evidence: Evidence, window: Interval) -> Timeline:
    """Return what *evidence* tells about *window*."""
    time = whole(window.begin, window.end)
    measured = [*_measured(evidence.samples)]
    on_air = Intervals.of((part.begin, part.end) for part, fault in measured if not fault) & time
    off_air = Intervals.of((part.begin, part.end) for part, fault in measured if fault) & time
    covered = on_air | off_air
    states = [*_states(evidence, window.end)]
    streaming = _in_states(states, streaming=True) & time
    resting = _in_states(states, streaming=False) & time
    # A coarse datapoint hides a stop that is shorter than its period; the history does not.
    hidden = on_air & resting & (time if evidence.is_indirect else _coarse(evidence.samples))
    on_air, off_air = on_air - hidden, off_air | hidden

    between = (_span(covered) & time) - covered
    # Only a channel that ran on long after is one whose datapoints are lost.
    lost = Intervals.of(
        (part.begin, part.end)
        for part in between
        if not (whole(part.begin, part.end + READING) & time) - streaming
    )
    off_air |= between - lost
    ran = covered - hidden | lost

    outside = time - _span(covered)
    incidents = Intervals.of(
        (record.opened, record.closed or window.end) for record in evidence.records.incidents
    )
    off_air |= outside & resting
    on_air |= (outside & streaming) - incidents
    ran |= outside & streaming
    if covered and evidence.state not in _STARTED:
        off_air |= outside & whole(covered.parts[-1].end, window.end)

    unknown = time - on_air - off_air - lost
    started, stopped = _called(evidence, window.end)
    on_air |= unknown & started - incidents
    off_air |= unknown & stopped
    ran |= unknown & started
    faults = tuple((part, fault) for part, fault in measured if fault)
    return Timeline(on_air, off_air, ran, faults)


def _measured(samples: Iterable[Samples]) -> Iterator[tuple[Interval, str]]:
    """Yield the time that each datapoint stands for, and its fault."""
    for tier in samples:
        for point, later in itertools.zip_longest(tier.points, tier.points[1:]):
            end = point.time + tier.period
            if later is not None and later.time <= end + tier.period:
                # One that is missing between two comes late; more of them are a stop.
                end = later.time
            yield Interval(point.time, end), point.fault


def _coarse(samples: Iterable[Samples]) -> Intervals:
    """Return the times whose datapoints stand for more than a minute."""
    return Intervals.of(
        (tier.points[0].time, tier.points[-1].time + tier.period)
        for tier in samples
        if tier.period > _MINUTE and tier.points
    )


def _span(covered: Intervals) -> Intervals:
    return whole(covered.parts[0].begin, covered.parts[-1].end) if covered else covered


def _states(evidence: Evidence, end: dt.datetime) -> Iterator[tuple[Interval, str]]:
    """Yield how long the channel was in which state, as far as the history tells.

    A state lasts until the next change only if that begins with it: lines may be missing. The last
    one lasts until now only if the channel is still in it.
    """
    changes: Sequence[StateChange] = evidence.records.states
    for change, later in itertools.pairwise(changes):
        if later.before == change.after:
            yield Interval(change.time, later.time), change.after
    if changes and changes[-1].after == evidence.state:
        yield Interval(changes[-1].time, end), changes[-1].after


def _in_states(states: Iterable[tuple[Interval, str]], *, streaming: bool) -> Intervals:
    return Intervals.of(
        (part.begin, part.end) for part, state in states if (state in _STREAMING) == streaming
    )


def _called(evidence: Evidence, end: dt.datetime) -> tuple[Intervals, Intervals]:
    """Return when the channel was started, and when stopped, by the calls in CloudTrail."""
    started, stopped = (
        list[tuple[dt.datetime, dt.datetime]](),
        list[tuple[dt.datetime, dt.datetime]](),
    )
    for call, later in itertools.zip_longest(evidence.calls, evidence.calls[1:]):
        runs = call.operation == "StartChannel"
        agrees = runs == (evidence.state in ON_AIR)
        until = later.time if later else end if agrees else call.time
        (started if runs else stopped).append((call.time, until))
    return Intervals.of(started), Intervals.of(stopped)
