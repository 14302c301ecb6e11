"""CloudWatch metrics of channels and flows, read in as few calls as possible."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from catalog.encoder import OUTPUT_GROUP
from lunora.ops.channels import Channel

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

Point = tuple[dt.datetime, float]

PERIOD = dt.timedelta(minutes=1)
# CloudWatch shows a minute's data up to two minutes later; what is older is no longer now.
FRESH = dt.timedelta(minutes=4)
_QUERIES_A_CALL = 500  # GetMetricData's limit (CloudWatch API reference)

_METRICS: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.safe_load(
    Path(__file__).with_name("metrics.yaml").read_text(encoding="utf-8")
)
_CHANNEL, _FLOW, _OUTPUT = "AWS/MediaLive", "AWS/MediaConnect", "output"
OF_FLOW = tuple(_METRICS[_FLOW])
_OVER_PIPELINES: Mapping[str, Callable[[Iterable[float]], float]] = {
    "max": max,
    "min": min,
    "sum": sum,
}
# Measured only where one input can take over from another.
_OF_TWO_INPUTS = frozenset({"primary_active"})
_OF_OUTPUT_GROUPS = frozenset({"active_outputs"})


@dataclass(frozen=True, slots=True)
class Series:
    """The measurements of one thing by metric, each the oldest first; none before *start*."""

    start: dt.datetime
    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)

    def __getitem__(self, metric: str) -> tuple[Point, ...]:
        """Return the measurements of *metric*, none where there are none."""
        return self.points.get(metric, ())

    def latest(self, metric: str, now: dt.datetime) -> float | None:
        """Return the last measurement, if it is of the last minutes."""
        points = self[metric]
        return points[-1][1] if points and points[-1][0] >= now - FRESH else None


def metrics_of(channel: Channel) -> tuple[str, ...]:
    """Return the names of the metrics of *channel*."""
    two = len(channel.input_ids) > 1
    return tuple(name for name in _METRICS[_CHANNEL] if two or name not in _OF_TWO_INPUTS)


def of_channels(
    cloudwatch: CloudWatchClient,
    channels: Sequence[Channel],
    now: dt.datetime,
    window: dt.timedelta,
) -> dict[str, Series]:
    """Return the metrics of *channels* in the *window* before *now*, by channel id.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    groups = _output_groups(cloudwatch, {channel.id for channel in channels})
    requests = [
        (metric, {"ChannelId": channel.id, "Pipeline": str(pipeline), **group})
        for channel in channels
        for metric in metrics_of(channel)
        for pipeline in range(channel.pipelines)
        for group in (groups[channel.id] if metric in _OF_OUTPUT_GROUPS else [{}])
    ]
    queries = [_query(_CHANNEL, metric, dimensions) for metric, dimensions in requests]
    answers = zip(requests, _read(cloudwatch, queries, now, window), strict=True)
    by_channel: dict[str, dict[str, list[Point]]] = {channel.id: {} for channel in channels}
    for (metric, dimensions), points in answers:
        by_channel[dimensions["ChannelId"]].setdefault(metric, []).extend(points)
    return {
        channel_id: Series(
            now - window, {name: _joined(name, points) for name, points in metrics.items()}
        )
        for channel_id, metrics in by_channel.items()
    }


def of_flow(
    cloudwatch: CloudWatchClient, flow_arn: str, now: dt.datetime, window: dt.timedelta
) -> Series:
    """Return the metrics of a flow's source in the *window* before *now*.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    queries = [_query(_FLOW, metric, {"FlowARN": flow_arn}) for metric in OF_FLOW]
    answers = _read(cloudwatch, queries, now, window)
    points = {name: tuple(series) for name, series in zip(OF_FLOW, answers, strict=True)}
    return Series(now - window, points)


def of_outputs(
    cloudwatch: CloudWatchClient, arns: Sequence[str], now: dt.datetime, window: dt.timedelta
) -> dict[str, Series]:
    """Return the metrics of outputs that connect, in the *window* before *now*, by ARN.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    queries = [_query(_OUTPUT, "connected", {"OutputARN": arn}) for arn in arns]
    answers = zip(arns, _read(cloudwatch, queries, now, window), strict=True)
    return {arn: Series(now - window, {"connected": tuple(points)}) for arn, points in answers}


def _output_groups(
    cloudwatch: CloudWatchClient, channel_ids: Collection[str]
) -> dict[str, list[dict[str, str]]]:
    """Return the dimensions of the output groups of each channel, by channel id.

    An adopted channel has a group of another name, which ListChannels does not show. CloudWatch
    lists a metric up to 15 minutes after its first datapoint (API reference, ListMetrics), so the
    name of our own group is always among them.
    """
    names = {channel_id: {OUTPUT_GROUP} for channel_id in channel_ids}
    pages = cloudwatch.get_paginator("list_metrics").paginate(
        Namespace=_CHANNEL,
        MetricName=_METRICS[_CHANNEL]["active_outputs"]["metric"],
        RecentlyActive="PT3H",
    )
    for metric in (listed for page in pages for listed in page["Metrics"]):
        dimensions = {entry["Name"]: entry["Value"] for entry in metric["Dimensions"]}
        if (channel_id := dimensions.get("ChannelId", "")) in names:
            names[channel_id].add(dimensions["OutputGroupName"])
    return {
        channel_id: [{"OutputGroupName": name} for name in sorted(listed)]
        for channel_id, listed in names.items()
    }


def _query(kind: str, metric: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    namespace = _FLOW if kind == _OUTPUT else kind
    definition = _METRICS[kind][metric]
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    measured = {"Namespace": namespace, "MetricName": definition["metric"], "Dimensions": named}
    period = int(PERIOD.total_seconds())
    return {"MetricStat": {"Metric": measured, "Period": period, "Stat": definition["statistic"]}}


def _read(
    cloudwatch: CloudWatchClient,
    queries: Sequence[dict[str, Any]],
    now: dt.datetime,
    window: dt.timedelta,
) -> Iterator[list[Point]]:
    """Yield the datapoints of each of *queries*, in their order."""
    by_query: dict[str, list[Point]] = {}
    named = [{"Id": f"q{number}", **query} for number, query in enumerate(queries)]
    for start in range(0, len(named), _QUERIES_A_CALL):
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=named[start : start + _QUERIES_A_CALL],  # type: ignore[arg-type]
            StartTime=now - window,
            EndTime=now,
            ScanBy="TimestampAscending",
        )
        for result in (result for page in pages for result in page["MetricDataResults"]):
            points = zip(result["Timestamps"], result["Values"], strict=True)
            by_query.setdefault(result["Id"], []).extend(points)
    for query in named:
        yield by_query.get(query["Id"], [])


def _joined(metric: str, points: Iterable[Point]) -> tuple[Point, ...]:
    """Return one series, joined from those of all pipelines."""
    joined = _OVER_PIPELINES[_METRICS[_CHANNEL][metric]["pipelines"]]
    by_time = itertools.groupby(sorted(points), key=lambda point: point[0])
    return tuple((time, joined([value for _, value in group])) for time, group in by_time)
