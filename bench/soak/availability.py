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
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.model import DestinationSpec

BROKEN = "AWS was told to break it"
HAND = "somebody changed it by hand in AWS"
OPERATOR = "an operator stopped it"
EDIT = "an edit of its own file was brought up"
WINDOW = "its hours begin, and MediaLive takes its time to start it"
REFUSED = "Scheduler was refused, and tries again"
OURS = "none of these: ours"
REASONS = (BROKEN, HAND, OPERATOR, EDIT, WINDOW, REFUSED, OURS)

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Declaration:
    """From here on the file said so; None where there is no file."""

    time: float
    spec: DestinationSpec | None


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a stream may be off for a time; of all streams where *origin* is None."""

    origin: str | None
    begin: float
    end: float
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a stream was due and not on."""

    origin: str
    begin: float
    end: float
    reason: str

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Account:
    """All streams together.

    Attributes:
        due: seconds in which a stream was due.
        gaps: times in which it was due and not on, one for each reason in a row.
    """

    due: float
    gaps: tuple[Gap, ...]

    @property
    def seconds(self) -> Mapping[str, float]:
        """The time that streams were off, by reason."""
        seconds: dict[str, float] = defaultdict(float)
        for gap in self.gaps:
            seconds[gap.reason] += gap.seconds
        return seconds

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


IsOn = Callable[[str, DestinationSpec, float], bool]


def account(
    declared: Mapping[str, Sequence[Declaration]],
    is_on: IsOn,
    changes: Callable[[str], Iterable[float]],
    excuses: Sequence[Excuse],
    end: float,
) -> Account:
    """Lay what was on over what was due.

    Args:
        declared: by origin, in order.
        is_on: tells whether a stream was on at a time.
        changes: the times at which that may have become otherwise, by origin.
        excuses: the reasons, but for `OURS`.
        end: of the month.
    """
    total, gaps = 0.0, list[Gap]()
    for origin, declarations in declared.items():
        mine = [excuse for excuse in excuses if excuse.origin in (origin, None)]
        cuts = sorted(
            {*changes(origin), *(time for excuse in mine for time in (excuse.begin, excuse.end))}
        )
        for begin, until, spec in due(declarations, end):
            total += until - begin
            for start, stop in _parts(begin, until, cuts):
                middle = (start + stop) / 2
                if not is_on(origin, spec, middle):
                    gaps.append(Gap(origin, start, stop, _reason(mine, middle)))
    return Account(total, tuple(_joined(gaps)))


def due(
    declarations: Sequence[Declaration], end: float
) -> Iterator[tuple[float, float, DestinationSpec]]:
    """Yield the times in which a stream is due, with what its file said."""
    ends = [*(declaration.time for declaration in declarations[1:]), end]
    for declaration, until in zip(declarations, ends, strict=True):
        if declaration.spec is not None and declaration.spec.state == "running":
            for begin, stop in _open(declaration.spec, declaration.time, until):
                yield begin, stop, declaration.spec


def beginnings(declarations: Sequence[Declaration], end: float) -> Iterator[float]:
    """Yield when hours of a schedule begin."""
    for begin, _, spec in due(declarations, end):
        if spec.schedule is not None and not spec.schedule.is_open(_date(begin - 1)):
            yield begin


def _open(spec: DestinationSpec, begin: float, end: float) -> Iterator[tuple[float, float]]:
    if spec.schedule is None:
        yield begin, end
        return
    # Hours begin and end at full minutes.
    first = begin // _MINUTE * _MINUTE
    minutes = (first + _MINUTE * number for number in range(int((end - first) // _MINUTE) + 1))
    is_open = spec.schedule.is_open
    for opened, same in itertools.groupby(minutes, key=lambda minute: is_open(_date(minute))):
        of_it = list(same)
        if opened:
            yield max(of_it[0], begin), min(of_it[-1] + _MINUTE, end)


def _date(time: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(time, dt.UTC)


def _parts(begin: float, end: float, cuts: Sequence[float]) -> Iterator[tuple[float, float]]:
    inner = cuts[bisect_right(cuts, begin) :]
    points = [begin, *itertools.takewhile(lambda cut: cut < end, inner), end]
    yield from itertools.pairwise(points)


def _reason(excuses: Sequence[Excuse], time: float) -> str:
    reasons = {excuse.reason for excuse in excuses if excuse.begin <= time < excuse.end}
    return next((reason for reason in REASONS if reason in reasons), OURS)


def _joined(gaps: Iterable[Gap]) -> Iterator[Gap]:
    last: Gap | None = None
    for gap in gaps:
        if last is not None and (last.origin, last.end, last.reason) == (
            gap.origin,
            gap.begin,
            gap.reason,
        ):
            last = Gap(gap.origin, last.begin, gap.end, gap.reason)
            continue
        if last is not None:
            yield last
        last = gap
    if last is not None:
        yield last
