"""CloudWatch: moto's, extended by the metrics of our channels and flows.

A caller's clock is the machine's, ours may run ahead. Metrics are shown in the caller's time: its
now is our now, so that "the last five minutes" are the last five minutes here.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from moto.cloudwatch import urls
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, Statistics, cloudwatch_backends

from localaws.alarm_requests import AlarmRequests
from localaws.alarms import metric_math
from localaws.alarms.engine import Alarms
from localaws.alarms.statistics import Sample, identity
from localaws.clock import Clock
from localaws.measurements import Measurements
from localaws.medialive.service import ACCOUNT
from localaws.metrics import UNITS, Series

# MediaLive measures every 10 s; CloudWatch keeps what is finer than a minute for three hours.
_FINE_SECONDS, _COARSE_SECONDS, _FINE_WINDOW = 10, 60, 3 * 3600

_SLICE_SECONDS = 1800


class CloudWatch(CloudWatchBackend):
    """Puts the measurements that a query asks for where moto looks for them, and has our alarms."""

    # moto finds a backend's addresses beside the module that its class names.
    __module__ = CloudWatchBackend.__module__
    SERVICE_NAMESPACE = CloudWatchBackend.SERVICE_NAMESPACE
    clock: ClassVar[Clock]
    measurements: ClassVar[Measurements]
    engine: ClassVar[Alarms]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        # What moto does with alarms, tags and searches by tags, it does with ours.
        self.alarms: dict[str, Any] = type(self).engine.regions.setdefault(region_name, {})

    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """Keep measurements of a caller, for queries and for alarms."""
        super().put_metric_data(namespace, metric_data)
        for datum in metric_data:
            timestamp = datum.get("Timestamp")
            type(self).measurements.put(
                self.region_name,
                identity({**datum, "Namespace": namespace}),
                _samples(datum),
                datum.get("Unit") or "None",
                None if timestamp is None else timestamp.timestamp(),
            )

    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: dt.datetime,
        end_time: dt.datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """Answer each query for our metrics on its own, the others together, then expressions."""
        window = (start_time, end_time)
        parsed = _expressions(queries)
        metric_queries = [
            {**query, "ReturnData": True} for query in queries if query["Id"] not in parsed
        ]
        ours = [query for query in metric_queries if _namespace(query) in UNITS]
        rest = [query for query in metric_queries if _namespace(query) not in UNITS]
        results: list[dict[str, Any]] = super().get_metric_data(rest, *window, scan_by)
        for query in ours:
            metric = query["MetricStat"]["Metric"]
            series = self._series(
                metric["Namespace"], metric["MetricName"], metric.get("Dimensions", [])
            )
            results += self._in_slices(query, series, *window, scan_by)
        results += _evaluated(queries, parsed, results, window, scan_by)
        order = [query["Id"] for query in queries if _returns(query)]
        results = [result for result in results if result["id"] in order]
        return sorted(results, key=lambda result: order.index(result["id"]))

    def _in_slices(
        self,
        query: dict[str, Any],
        series: Sequence[Series],
        start: dt.datetime,
        end: dt.datetime,
        scan_by: str,
    ) -> list[dict[str, Any]]:
        """Answer *query* slice by slice: moto goes through all data once for each period."""
        period = int(query["MetricStat"]["Period"])
        slice_ = dt.timedelta(seconds=period * max(1, _SLICE_SECONDS // period))
        step = _step(start, end)
        start, end = start.replace(microsecond=0), end.replace(microsecond=0)
        # moto refuses a window without a length.
        count = max(1, -((start - end) // slice_))
        # Before there was anything, nothing was measured.
        first = min((item.history[0].time for item in series if item.history), default=0.0)
        began = dt.datetime.fromtimestamp(first - self._ahead(), start.tzinfo)
        numbers = range(max(1, (began - start) // slice_), count)
        later = [start + slice_ * number for number in numbers]
        parts: list[list[dict[str, Any]]] = []
        for time in (start, *later):
            until = min(time + slice_, end)
            with self._measured(series, time, until, step):
                parts.append(super().get_metric_data([query], time, until))
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
        series, step = self._series(namespace, metric_name, dimensions), _step(start_time, end_time)
        with self._measured(series, start_time, end_time, step):
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
            for series in type(self).measurements.series(self.region_name).values()
            if namespace in (None, series.namespace)
            and metric_name in (None, series.name)
            and all(_is_of(series.dimensions, dimension) for dimension in dimensions)
            and any(series.value(moment.time, 1) is not None for moment in series.history)
        ]

    def _series(
        self, namespace: str, name: str, dimensions: Sequence[Mapping[str, str]]
    ) -> list[Series]:
        metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
        series = type(self).measurements.series(self.region_name).get(identity(metric))
        return [] if series is None else [series]

    @contextlib.contextmanager
    def _measured(
        self, series: Sequence[Series], start: dt.datetime, end: dt.datetime, step: int
    ) -> Iterator[None]:
        """Show moto the data of *series* every *step* seconds."""
        before = self.metric_data
        self.metric_data = before + [
            datum for item in series for datum in self._data(item, start, end, step)
        ]
        try:
            yield
        finally:
            self.metric_data = before

    def _ahead(self) -> int:
        """Return by how many seconds the clock is ahead of the callers'."""
        return round(type(self).clock.ahead_of_machine())

    def _data(
        self, series: Series, start: dt.datetime, end: dt.datetime, step: int
    ) -> Iterator[MetricDatum]:
        now, ahead = type(self).clock.now(), self._ahead()
        first = int(start.timestamp() + ahead) // step * step
        # Each has the same dimensions, which moto's class would make anew.
        template = _datum(series, 0.0, None)
        for begin in range(first, int(min(end.timestamp() + ahead, now)) + 1, step):
            value = series.value(begin, step)
            if value is not None:
                datum = copy.copy(template)
                datum.value = value
                datum.timestamp = dt.datetime.fromtimestamp(begin - ahead, start.tzinfo)
                yield datum


def _step(start: dt.datetime, end: dt.datetime) -> int:
    """Return the seconds between two measurements in a window."""
    fine = (end - start).total_seconds() <= _FINE_WINDOW
    return _FINE_SECONDS if fine else _COARSE_SECONDS


def install(clock: Clock, measurements: Measurements, engine: Alarms) -> None:
    """Let moto serve *measurements* and alarms, on *clock*, from its next reset on."""
    CloudWatch.clock, CloudWatch.measurements = clock, measurements
    CloudWatch.engine = engine
    cloudwatch_backends.backend = CloudWatch
    urls.url_paths["{0}/$"] = AlarmRequests.dispatch


def count_attempt(region: str, group: str, name: str) -> None:
    """Add one to a metric of EventBridge Scheduler."""
    dimensions = [{"Name": "ScheduleGroup", "Value": group}]
    datum = {"MetricName": name, "Value": 1.0, "Unit": "Count", "Dimensions": dimensions}
    cloudwatch_backends[ACCOUNT][region].put_metric_data("AWS/Scheduler", [datum])


def _samples(datum: Mapping[str, Any]) -> Iterator[Sample]:
    """Yield the samples of a MetricDatum."""
    if datum.get("Values"):
        values = datum["Values"]
        counts = datum.get("Counts") or [1] * len(values)
        for value, count in zip(map(float, values), map(float, counts), strict=True):
            yield Sample(value, value, value * count, count)
    elif datum.get("StatisticValues"):
        members = ("Minimum", "Maximum", "Sum", "SampleCount")
        yield Sample(*(float(datum["StatisticValues"][member]) for member in members))
    else:
        yield Sample.of(float(datum.get("Value", 0)))


def _returns(query: Mapping[str, Any]) -> bool:
    returned = query.get("ReturnData")
    return True if returned is None else bool(returned)


def _expressions(queries: Iterable[Mapping[str, Any]]) -> dict[str, metric_math.Expression]:
    """Return the expressions of *queries*, by id; those of Metrics Insights are moto's."""
    try:
        return {
            query["Id"]: metric_math.parse(query["Expression"])
            for query in queries
            if query.get("Expression") and not query["Expression"].startswith("SELECT")
        }
    except metric_math.MetricMathError as error:
        raise ValidationError(f"Error in expression: {error}") from None


def _evaluated(
    queries: Sequence[Mapping[str, Any]],
    parsed: Mapping[str, metric_math.Expression],
    results: Sequence[Mapping[str, Any]],
    window: tuple[dt.datetime, dt.datetime],
    scan_by: str,
) -> Iterator[dict[str, Any]]:
    """Yield the results of expressions on the *results* of metrics."""
    if not parsed:
        return
    stats = [query["MetricStat"] for query in queries if "MetricStat" in query]
    period = max((int(stat["Period"]) for stat in stats), default=60)
    begin, end = (moment.replace(microsecond=0) for moment in window)
    count = int((end - begin).total_seconds() // period) + 1
    times = [begin + dt.timedelta(seconds=index * period) for index in range(count)]
    metrics = {
        result["id"]: tuple(
            dict(zip(result["timestamps"], result["values"], strict=True)).get(moment)
            for moment in times
        )
        for result in results
    }
    stamps = [moment.timestamp() for moment in times]
    try:
        values = metric_math.evaluate(parsed, metrics, stamps, period)
    except metric_math.MetricMathError as error:
        raise ValidationError(f"Error in expression: {error}") from None
    for query in queries:
        value = values.get(query["Id"]) if query["Id"] in parsed else None
        for series in value if isinstance(value, list) else [value]:
            if not isinstance(series, tuple):
                continue
            pairs = [pair for pair in zip(times, series, strict=True) if pair[1] is not None]
            if scan_by == "TimestampDescending":
                pairs.reverse()
            yield {
                "id": query["Id"],
                "label": query.get("Label") or query["Id"],
                "values": [point for _, point in pairs],
                "timestamps": [moment for moment, _ in pairs],
                "status_code": "Complete",
            }


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
