"""CloudWatch: moto's, extended by the metrics of our channels and flows.

A caller's clock is the machine's, ours may run ahead. Metrics are shown in the caller's time: its
now is our now, so that "the last five minutes" are the last five minutes here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, Statistics, cloudwatch_backends

from localaws.clock import Clock
from localaws.metrics import UNITS, Series

# MediaLive measures every 10 s; CloudWatch keeps what is finer than a minute for three hours.
_FINE_SECONDS, _COARSE_SECONDS, _FINE_WINDOW = 10, 60, 3 * 3600

_SLICE_PERIODS = 60

SeriesOf = Callable[[str], Iterable[Series]]


class CloudWatch(CloudWatchBackend):
    """Puts the measurements that a query asks for where moto looks for them."""

    # moto finds a backend's addresses beside the module that its class names.
    __module__ = CloudWatchBackend.__module__
    SERVICE_NAMESPACE = CloudWatchBackend.SERVICE_NAMESPACE
    clock: ClassVar[Clock]
    series_of: ClassVar[SeriesOf]

    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: dt.datetime,
        end_time: dt.datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """Answer each query for our metrics on its own, and the others together."""
        window = (start_time, end_time)
        ours = [query for query in queries if _namespace(query) in UNITS]
        rest = [query for query in queries if _namespace(query) not in UNITS]
        results: list[dict[str, Any]] = super().get_metric_data(rest, *window, scan_by)
        for query in ours:
            metric = query["MetricStat"]["Metric"]
            identity = (metric["Namespace"], metric["MetricName"], metric.get("Dimensions", []))
            with self._measured(*identity, *window):
                results += self._in_slices(query, *window, scan_by)
        order = [query["Id"] for query in queries]
        return sorted(results, key=lambda result: order.index(result["id"]))

    def _in_slices(
        self, query: dict[str, Any], start: dt.datetime, end: dt.datetime, scan_by: str
    ) -> list[dict[str, Any]]:
        """Answer *query* slice by slice: moto goes through all data once for each period."""
        slice_ = dt.timedelta(seconds=int(query["MetricStat"]["Period"]) * _SLICE_PERIODS)
        start, end = start.replace(microsecond=0), end.replace(microsecond=0)
        # moto refuses a window without a length.
        count = max(1, -((start - end) // slice_))
        starts = [start + slice_ * number for number in range(count)]
        parts: list[list[dict[str, Any]]] = [
            super(CloudWatch, self).get_metric_data([query], first, min(first + slice_, end))
            for first in starts
        ]
        whole = parts[0]
        for result in whole:
            for (part,) in parts[1:]:
                result["values"] += part["values"]
                result["timestamps"] += part["timestamps"]
            if scan_by == "TimestampDescending":
                result["values"].reverse()
                result["timestamps"].reverse()
        return whole

    def get_metric_statistics(  # noqa: PLR0913, PLR0917 - moto's signature
        self,
        namespace: str,
        metric_name: str,
        start_time: dt.datetime,
        end_time: dt.datetime,
        period: int,
        stats: list[str],
        dimensions: list[dict[str, str]],
        unit: str | None = None,
    ) -> list[Statistics]:
        """Answer for one metric."""
        with self._measured(namespace, metric_name, dimensions, start_time, end_time):
            statistics: list[Statistics] = super().get_metric_statistics(
                namespace, metric_name, start_time, end_time, period, stats, dimensions, unit
            )
            return statistics

    def get_filtered_metrics(
        self, metric_name: str, namespace: str, dimensions: list[dict[str, str]]
    ) -> list[Any]:
        """List the metrics that were ever measured."""
        metrics: list[Any] = super().get_filtered_metrics(metric_name, namespace, dimensions)
        return metrics + [
            _datum(series, 0.0, None)
            for series in type(self).series_of(self.region_name)
            if namespace in (None, series.namespace)
            and metric_name in (None, series.name)
            and all(_is_of(series.dimensions, dimension) for dimension in dimensions)
            and any(series.value(moment.time, 1) is not None for moment in series.history)
        ]

    @contextlib.contextmanager
    def _measured(
        self,
        namespace: str,
        name: str,
        dimensions: Sequence[Mapping[str, str]],
        start: dt.datetime,
        end: dt.datetime,
    ) -> Iterator[None]:
        selected = {dimension["Name"]: dimension["Value"] for dimension in dimensions}
        before = self.metric_data
        self.metric_data = before + [
            datum
            for series in type(self).series_of(self.region_name)
            if (series.namespace, series.name, series.dimensions) == (namespace, name, selected)
            for datum in self._data(series, start, end)
        ]
        try:
            yield
        finally:
            self.metric_data = before

    def _data(self, series: Series, start: dt.datetime, end: dt.datetime) -> Iterator[MetricDatum]:
        now = type(self).clock.now()
        ahead = round(now - time.time())
        fine = (end - start).total_seconds() <= _FINE_WINDOW
        step = _FINE_SECONDS if fine else _COARSE_SECONDS
        first = int(start.timestamp() + ahead) // step * step
        for begin in range(first, int(min(end.timestamp() + ahead, now)) + 1, step):
            value = series.value(begin, step)
            if value is not None:
                yield _datum(series, value, dt.datetime.fromtimestamp(begin - ahead, start.tzinfo))


def install(clock: Clock, series_of: SeriesOf) -> None:
    """Let moto serve *series_of* a region, on *clock*, from its next reset on."""
    CloudWatch.clock, CloudWatch.series_of = clock, staticmethod(series_of)
    cloudwatch_backends.backend = CloudWatch


def _namespace(query: Mapping[str, Any]) -> str | None:
    metric = query.get("MetricStat", {}).get("Metric", {})
    return str(metric["Namespace"]) if "Namespace" in metric else None


def _is_of(dimensions: Mapping[str, str], selected: Mapping[str, str]) -> bool:
    value = dimensions.get(selected["Name"])
    return value is not None and selected.get("Value", value) == value


def _datum(series: Series, value: float, timestamp: dt.datetime | None) -> MetricDatum:
    dimensions = [{"Name": name, "Value": text} for name, text in series.dimensions.items()]
    unit = UNITS[series.namespace][series.name]
    return MetricDatum(series.namespace, series.name, value, dimensions, timestamp, unit)
