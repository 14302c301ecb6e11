"""All metrics on the emulator's clock: those of channels and flows, and those that callers put.

A caller's clock is the machine's, ours may run ahead or behind. What a caller measures happens at
the same moment here.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from localaws.alarms.statistics import Identity, MetricStat, Sample
from localaws.clock import Clock
from localaws.history import Movement
from localaws.metrics import UNITS, Series

# MediaLive measures every 10 s.
STEP_SECONDS = 10

SeriesOf = Callable[[str], Iterable[Series]]


class Measurements:
    """The metrics of all regions.

    Args:
        clock: the emulator's.
        series_of: the series of channels and flows of a region.
        version: differs after any change; all but its last part only after one that the histories
            of channels and flows do not show.

    Attributes:
        own: what was put, by region and identity, as sorted (time, unit, sample).
    """

    def __init__(
        self, clock: Clock, series_of: SeriesOf, version: Callable[[], tuple[int, ...]]
    ) -> None:
        self._clock, self._series_of, self._version = clock, series_of, version
        self.own: dict[tuple[str, Identity], list[tuple[float, str, Sample]]] = {}
        self._puts = 0
        self._series: dict[str, tuple[object, dict[Identity, Series]]] = {}
        self._values: dict[str, dict[Identity, float | None]] = {}
        # When a series began to be measured otherwise: after an update, or as of a new output.
        self._shifts: dict[tuple[str, Identity], float] = {}

    def series(self, region: str) -> Mapping[Identity, Series]:
        """Return the series of channels and flows of a region."""
        version = self._version()[:-1]
        known = self._series.get(region)
        if known is not None and known[0] == version:
            return known[1]
        series = {_identity_of(item): item for item in self._series_of(region)}
        self._note_shifts(region, series)
        self._series[region] = version, series
        return series

    def _note_shifts(self, region: str, series: Mapping[Identity, Series]) -> None:
        """Note which metrics have another value than when the series were listed before."""
        now = self._clock.now()
        values = {key: item.value(now, STEP_SECONDS) for key, item in series.items()}
        before = self._values.get(region, {})
        for key in values.keys() | before.keys():
            if values.get(key) != before.get(key):
                self._shifts[region, key] = now
        self._values[region] = values

    def ahead(self) -> int:
        """Return by how many seconds the emulator's clock runs ahead of the machine's."""
        return round(self._clock.ahead_of_machine())

    def put(
        self,
        region: str,
        metric: Identity,
        samples: Iterable[Sample],
        unit: str = "None",
        at_machine_time: float | None = None,
    ) -> None:
        """Take *samples* as measured now, or at a time of the machine's clock."""
        moment = self._clock.now()
        if at_machine_time is not None:
            moment = at_machine_time + self.ahead()
        self._puts += 1
        held = self.own.setdefault((region, metric), [])
        for sample in samples:
            bisect.insort(held, (moment, unit, sample), key=_moment)

    def news(self) -> object:
        """Return what differs after any change of any metric."""
        return self._puts, self._version()

    def is_settled(self, key: Identity) -> bool:
        """Tell whether nothing of a metric comes late, as what callers put may."""
        return key[0] in UNITS and not any(metric == key for _, metric in self.own)

    def samples(self, region: str, stat: MetricStat, start: float, end: float) -> Sequence[Sample]:
        """Return the samples of *stat* from *start* up to, but not at, *end*."""
        key, unit = stat.metric, stat.unit
        samples = [
            sample
            for _, measured_in, sample in self._own(region, key, start, end)
            if unit in {None, measured_in}
        ]
        series = self.series(region).get(key) if key[0] in UNITS else None
        if series is not None and unit in {None, UNITS[series.namespace][series.name]}:
            first = math.ceil(start / STEP_SECONDS) * STEP_SECONDS
            times = range(first, math.ceil(end), STEP_SECONDS)
            values = (value for _, value in series.values(times, STEP_SECONDS))
            samples += [Sample.of(value) for value in values if value is not None]
        return samples

    def movement(self, region: str, key: Identity, time: float) -> Movement:
        """Return when a metric changes around *time*."""
        held = self.own.get((region, key), [])
        index = bisect.bisect_right(held, time, key=_moment)
        before = held[index - 1][0] if index else -math.inf
        after = held[index][0] if index < len(held) else math.inf
        series = self.series(region).get(key) if key[0] in UNITS else None
        shift = self._shifts.get((region, key), -math.inf)
        before, after = (
            (max(before, shift), after) if shift <= time else (before, min(after, shift))
        )
        if series is None:
            return Movement(before, after)
        moved = series.movement(time)
        return Movement(max(before, moved.before), min(after, moved.after), moved.settles)

    def _own(
        self, region: str, key: Identity, start: float, end: float
    ) -> Sequence[tuple[float, str, Sample]]:
        held = self.own.get((region, key), [])
        first, last = (bisect.bisect_left(held, bound, key=_moment) for bound in (start, end))
        return held[first:last]


def _identity_of(series: Series) -> Identity:
    return series.namespace, series.name, frozenset(series.dimensions.items())


def _moment(measured: tuple[float, str, Sample]) -> float:
    return measured[0]
