"""CloudWatch: moto's, extended by the metrics of our channels and flows.

A caller's clock is the machine's, ours may run ahead. Metrics are shown in the caller's time: its
now is our now, so that "the last five minutes" are the last five minutes here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from moto.cloudwatch import urls
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, Statistics, cloudwatch_backends

from localaws.alarm_requests import AlarmRequests
from localaws.alarms import metric_math
from localaws.alarms.engine import Alarms
from localaws.alarms.statistics import (
    Identity,
    MetricStat,
    Sample,
    identity,
    is_statistic,
    statistic,
)
from localaws.clock import Clock
from localaws.measurements import Measurements
from localaws.medialive.service import ACCOUNT
from localaws.metrics import UNITS, Series

# MediaLive measures every 10 s; CloudWatch keeps what is finer than a minute for three hours.
# A start is rounded down by less than a minute.
_FINE_SECONDS, _COARSE_SECONDS, _FINE_WINDOW = 10, 60, 3 * 3600 + 60
# The seconds to a multiple of which a start is rounded down, by how long it may be ago.
_STARTS = ((dt.timedelta(days=15), 60), (dt.timedelta(days=63), 300))
_OLDEST_STARTS = 3600


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
        window = (self._rounded(start_time), end_time)
        parsed = _expressions(queries)
        metric_queries = [
            {**query, "ReturnData": True} for query in queries if query["Id"] not in parsed
        ]
        ours = [query for query in metric_queries if _namespace(query) in UNITS]
        rest = [query for query in metric_queries if _namespace(query) not in UNITS]
        results: list[dict[str, Any]] = super().get_metric_data(rest, *window, scan_by)
        results += [self._answer(query, *window, scan_by) for query in ours]
        results += _evaluated(queries, parsed, results, window, scan_by)
        order = [query["Id"] for query in queries if _returns(query)]
        results = [result for result in results if result["id"] in order]
        return sorted(results, key=lambda result: order.index(result["id"]))

    def _answer(
        self, query: Mapping[str, Any], start: dt.datetime, end: dt.datetime, scan_by: str
    ) -> dict[str, Any]:
        """Answer a *query* for one of our metrics; moto would go through all data for a period."""
        stat = MetricStat.of(query["MetricStat"])
        if not is_statistic(stat.name):
            raise ValidationError(f"The value {stat.name} for parameter Stat is not supported.")
        period = int(query["MetricStat"]["Period"])
        end = end.replace(microsecond=0)
        by_period: dict[int, list[Sample]] = {}
        for series in self._series(stat.metric):
            if stat.unit in {None, UNITS[series.namespace][series.name]}:
                begin = start.timestamp()
                for time, value in self._data(series, start, end):
                    number = int((time - begin) // period)
                    by_period.setdefault(number, []).append(Sample.of(value))
        points = [
            (start + dt.timedelta(seconds=number * period), statistic(stat.name, by_period[number]))
            for number in sorted(by_period, reverse=scan_by == "TimestampDescending")
        ]
        _, name, _ = stat.metric
        return {
            "id": query["Id"],
            "label": query.get("Label") or f"{name} {stat.name}",
            "values": [value for _, value in points],
            "timestamps": [time for time, _ in points],
            "status_code": "Complete",
        }

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
        start_time = self._rounded(start_time)
        metric = {"Namespace": namespace, "MetricName": metric_name, "Dimensions": dimensions}
        with self._measured(self._series(identity(metric)), start_time, end_time):
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

    def _rounded(self, start: dt.datetime) -> dt.datetime:
        """Return *start* as CloudWatch rounds it down (API reference, GetMetricData)."""
        now = type(self).clock.now() - type(self).measurements.ahead()
        age = dt.timedelta(seconds=now - start.timestamp())
        unit = next((unit for since, unit in _STARTS if age < since), _OLDEST_STARTS)
        return dt.datetime.fromtimestamp(start.timestamp() // unit * unit, start.tzinfo)

    def _series(self, metric: Identity) -> list[Series]:
        """Return our series of *metric*, at most a single one."""
        series = type(self).measurements.series(self.region_name).get(metric)
        return [] if series is None else [series]

    @contextlib.contextmanager
    def _measured(
        self, series: Sequence[Series], start: dt.datetime, end: dt.datetime
    ) -> Iterator[None]:
        """Show moto the data of *series*."""
        before = self.metric_data
        self.metric_data = before + [
            _datum(item, value, dt.datetime.fromtimestamp(time, start.tzinfo))
            for item in series
            for time, value in self._data(item, start, end)
        ]
        try:
            yield
        finally:
            self.metric_data = before

    def _data(
        self, series: Series, start: dt.datetime, end: dt.datetime
    ) -> Iterator[tuple[float, float]]:
        """Yield time, on the caller's clock, and measurement from *start* up to *end*."""
        now, ahead = type(self).clock.now(), type(self).measurements.ahead()
        step = _step(start, end)
        if not series.history:
            return
        # Nothing is measured before it is there.
        begin = max(start.timestamp() + ahead, series.history[0].time)
        first = math.ceil(begin / step) * step
        last = min(math.ceil(end.timestamp() + ahead), math.floor(now) + 1)
        for time, value in series.values(range(first, last, step), step):
            if value is not None:
                yield time - ahead, value


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
