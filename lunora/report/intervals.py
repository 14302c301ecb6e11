"""Sets of points of time, as sorted intervals that do not touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A continuous time: its begin belongs to it, its end does not.

    Attributes:
        begin: its begin, in UTC.
        end: its end, in UTC.
    """

    begin: dt.datetime
    end: dt.datetime

    @property
    def length(self) -> dt.timedelta:
        """Its length."""
        return self.end - self.begin

    def overlaps(self, begin: dt.datetime, end: dt.datetime | None) -> bool:
        """Tell whether it has a time in common with *begin* to *end*; None is without an end."""
        return begin < self.end and (end is None or end > self.begin)


@dataclass(frozen=True, slots=True)
class Intervals:
    """A set of points of time.

    Attributes:
        parts: its intervals, sorted; no two of them overlap or touch.
    """

    parts: tuple[Interval, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[dt.datetime, dt.datetime]]) -> Intervals:
        """Return the union of *pairs* of begin and end, in any order; empty ones are left out."""
        merged: list[Interval] = []
        for begin, end in sorted(pair for pair in pairs if pair[0] < pair[1]):
            if merged and begin <= merged[-1].end:
                merged[-1] = Interval(merged[-1].begin, max(merged[-1].end, end))
            else:
                merged.append(Interval(begin, end))
        return cls(tuple(merged))

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __or__(self, other: Intervals) -> Intervals:
        """Return the times in either."""
        return Intervals.of((part.begin, part.end) for part in (*self.parts, *other.parts))

    def __and__(self, other: Intervals) -> Intervals:
        """Return the times in both."""
        return Intervals(tuple(self._common(other)))

    def __sub__(self, other: Intervals) -> Intervals:
        """Return the times in this one only."""
        if not self.parts:
            return self
        return self & other._outside(self.parts[0].begin, self.parts[-1].end)

    @property
    def hours(self) -> float:
        """The sum of their lengths, in hours."""
        return sum((part.length for part in self.parts), dt.timedelta()) / _HOUR

    @property
    def minutes(self) -> list[float]:
        """The length of each, in minutes."""
        return [part.length / dt.timedelta(minutes=1) for part in self.parts]

    def _common(self, other: Intervals) -> Iterator[Interval]:
        mine, others = list(reversed(self.parts)), list(reversed(other.parts))
        while mine and others:
            begin = max(mine[-1].begin, others[-1].begin)
            end = min(mine[-1].end, others[-1].end)
            if begin < end:
                yield Interval(begin, end)
            # The one that ends first meets nothing else of the other.
            (mine if mine[-1].end <= others[-1].end else others).pop()

    def _outside(self, begin: dt.datetime, end: dt.datetime) -> Intervals:
        """Return the times that are not in it, at least those from *begin* to *end*."""
        edges = [begin, *(edge for part in self.parts for edge in (part.begin, part.end)), end]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return Intervals(tuple(Interval(*pair) for pair in pairs if pair[0] < pair[1]))


def whole(begin: dt.datetime, end: dt.datetime) -> Intervals:
    """Return the time from *begin* to *end*."""
    return Intervals.of([(begin, end)])


def months(begin: dt.datetime, end: dt.datetime) -> Iterator[Interval]:
    """Yield the calendar months in UTC from *begin* to *end*, the first and last cut off there."""
    while begin < end:
        first = begin.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = (first + dt.timedelta(days=32)).replace(day=1)
        yield Interval(begin, min(following, end))
        begin = following
