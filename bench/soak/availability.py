"""Availability of each stream: the time it was due, the time it was on, and the reasons of gaps.

A stream is due while the files declare it running: from the beginning of the `up` that brings
such a file, within the hours of its schedule, until the beginning of the `up` that takes it away.
It is on while what the platform gets is whole: its channel is RUNNING and sends, a flow output
that is enabled leads to an endpoint of the channel's input, and the flow it is on is ACTIVE and
has its source; with `route: flow` the output and the flow alone. Of two pipelines or two flows
one is enough; the seconds of a switch to the other are not counted as a gap.

All is counted in virtual seconds, and nothing is sampled: what the emulator remembers is laid
over what was declared, and each part of a gap has exactly one reason, the first that applies of
`REASONS`. What has none of them is ours, whoever did it: that, and only that, is what availability
leaves. The restart of a stream by an edit of its own file is not in it, but stands beside it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.model import DestinationSpec

BROKEN = "AWS was told to break it"
HAND = "somebody changed it by hand in AWS"
OPERATOR = "an operator stopped it"
EDIT = "an edit of its own file was brought up"
WINDOW = "its hours begin, and MediaLive takes its time to start it"
REFUSED = "Scheduler was refused, and tries again"
OURS = "none of these: ours"
REASONS = (BROKEN, HAND, OPERATOR, EDIT, WINDOW, REFUSED, OURS)

START_SECONDS = 60 + 75
"""A schedule is carried out within its minute (EventBridge Scheduler user guide, precision); then
its channel starts.
"""

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Declaration:
    """From here on the file said so; None where there is no file."""

    time: float
    spec: DestinationSpec | None


@dataclass(slots=True)
class Excuse:
    """Why a stream may be off for a time; of all streams where *origin* is None.

    Attributes:
        cure: what ends it: `up`, or `refresh`, which is an `up` that reads AWS first.
    """

    origin: str | None
    reason: str
    begin: float
    end: float = float("inf")
    cure: str = ""


@dataclass(slots=True)
class Account:
    """All streams together.

    Attributes:
        due: seconds in which a stream was due.
        seconds: of these, by reason, those in which it was not on.
        ours: the gaps without another reason, in words.
    """

    due: float = 0.0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    ours: list[str] = field(default_factory=list)

    @property
    def availability(self) -> float:
        """The share of the time that was due, without what has a reason, in which it was on."""
        ours = self.seconds.get(OURS, 0.0)
        left = self.due - sum(self.seconds.values()) + ours
        return 1 - ours / left if left else 1.0

    @property
    def on(self) -> float:
        """The share of all the time that was due in which it was on, whatever the reason."""
        return 1 - sum(self.seconds.values()) / self.due if self.due else 1.0


def account(
    declared: Mapping[str, Sequence[Declaration]],
    is_on: Callable[[str, DestinationSpec, float], bool],
    changes: Callable[[str], Iterable[float]],
    excuses: Sequence[Excuse],
    end: float,
) -> Account:
    """Lay what was on over what was due.

    Args:
        declared: by origin, in order.
        is_on: returns whether a stream was on at a time.
        changes: the times at which that may have become otherwise, by origin.
        excuses: the reasons, but for `WINDOW` and `OURS`.
        end: of the month.
    """
    kept = Account()
    for origin, declarations in declared.items():
        changed = set(changes(origin))
        until = [*(declaration.time for declaration in declarations[1:]), end]
        for declaration, stop in zip(declarations, until, strict=True):
            spec, begin = declaration.spec, declaration.time
            if spec is None or spec.state != "running":
                continue
            hours = [*_hours(spec, begin, stop)]
            mine = [excuse for excuse in excuses if excuse.origin in (origin, None)]
            mine += [
                Excuse(origin, WINDOW, hour, hour + START_SECONDS)
                for hour in hours
                if is_due(spec, hour)
            ]
            ends = {time for excuse in mine for time in (excuse.begin, excuse.end)}
            cuts = {time for time in changed | ends | {*hours} if begin < time < stop}
            for first, second in itertools.pairwise(sorted({begin, stop} | cuts)):
                middle = (first + second) / 2
                if not is_due(spec, middle):
                    continue
                kept.due += second - first
                if not is_on(origin, spec, middle):
                    reason = _reason(mine, middle)
                    kept.seconds[reason] += second - first
                    if reason == OURS:
                        kept.ours.append(f"{origin} was off for {second - first:.0f} s at {first}")
    return kept


def is_due(spec: DestinationSpec, time: float) -> bool:
    """Return whether a file declares its stream running at a *time*."""
    if spec.state != "running" or spec.schedule is None:
        return spec.state == "running"
    return spec.schedule.is_open(dt.datetime.fromtimestamp(time, dt.UTC))


def _hours(spec: DestinationSpec, begin: float, end: float) -> Iterator[float]:
    """Yield when hours of a schedule begin or end; they do at full minutes."""
    if spec.schedule is None:
        return
    minutes = range(int(begin // _MINUTE) * _MINUTE, int(end) + 1, _MINUTE)
    for before, minute in itertools.pairwise(minutes):
        if is_due(spec, before) != is_due(spec, minute):
            yield float(minute)


def _reason(excuses: Sequence[Excuse], time: float) -> str:
    reasons = {excuse.reason for excuse in excuses if excuse.begin <= time < excuse.end}
    return next((reason for reason in REASONS if reason in reasons), OURS)
