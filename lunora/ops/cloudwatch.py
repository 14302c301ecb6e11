"""CloudWatch metrics of channels and flows, read in as few calls as possible."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from catalog.audio_settings import AUDIO
from catalog.recording import OUTPUT_GROUP as RECORDING
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
# An adopted channel may have audio of another name, of which nothing is read.
_OF_AUDIO = frozenset({"audio_dbfs"})
# Of the recording's output group, which the platform's figures leave out.
_OF_RECORDING = frozenset({"recording_outputs"})


@dataclass(frozen=True, slots=True)
class Series:
    """The measurements of one resource by metric, each the oldest first; none before *start*.

    Attributes:
        start: the begin of the time observed.
        points: by metric.
        period: the time between two points.
        earlier: coarser measurements of a longer time; None where nobody asked for them.
    """

    start: dt.datetime
    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    period: dt.timedelta = PERIOD
    earlier: Series | None = None

    def __getitem__(self, metric: str) -> tuple[Point, ...]:
        """Return the measurements of *metric*, none where there are none."""
        return self.points.get(metric, ())

    def run(self, metric: str, *, flowing: bool) -> dt.datetime | None:
        """Return the begin of the last run of points above 0, or not; None without any.

        A minute without a point is a late one; more of them are a time in which nothing ran.
        """
        began: dt.datetime | None = None
        for time, value in reversed(self[metric]):
            if (value > 0) != flowing or (began is not None and began - time > 2 * self.period):
                break
            began = time
        return began

    def reaches_back(self, metric: str) -> bool:
        """Return whether the last run of *metric* may have begun before the time observed.

        So may have a time in which nothing was measured at all.
        """
        points = self[metric]
        if not points:
            return not any(self[name] for name in _RUNS)
        began = self.run(metric, flowing=points[-1][1] > 0)
        return began is not None and began <= self.start + 2 * self.period

    @property
    def last_seen(self) -> dt.datetime | None:
        """The minute of the last point of those that are in all series; None without any."""
        ends = [self[name][-1][0] for name in _RUNS if self[name]]
        if ends:
            return max(ends) + self.period - PERIOD
        return self.earlier.last_seen if self.earlier else None

    def latest(self, metric: str, now: dt.datetime) -> float | None:
        """Return the last measurement, if it is of the last minutes."""
        points = self[metric]
        return points[-1][1] if points and points[-1][0] >= now - FRESH else None


# Longer times are asked for only where a run reaches back so far. CloudWatch keeps 5 minutes for 63
# days, and a request of 15 days has 4,320 datapoints a metric, of the 100,800 that an answer holds
# (API reference, GetMetricData): a longer period would hide what is shorter.
_EARLIER = (
    (dt.timedelta(days=1), dt.timedelta(minutes=5)),
    (dt.timedelta(days=15), dt.timedelta(minutes=5)),
)
_RUNS = (
    *("frames_in", "active_outputs", "primary_active"),
    *("bits_in", "loss_percent", "connected"),
)
"""The metrics whose runs have a begin; of earlier times no others are read."""


def with_earlier(
    series: Mapping[str, Series],
    read: Callable[[Collection[str], dt.timedelta, dt.timedelta], Mapping[str, Series]],
) -> dict[str, Series]:
    """Return *series* with earlier ones, as far as their last runs reach back.

    Args:
        series: by key.
        read: reads the series of some keys, given a window and its period.
    """
    chains = {key: [newest] for key, newest in series.items()}
    for window, period in _EARLIER:
        keys = [
            key
            for key, chain in chains.items()
            if any(chain[-1].reaches_back(metric) for metric in _RUNS)
        ]
        for key, earlier in (read(keys, window, period) if keys else {}).items():
            chains[key].append(earlier)
    return {key: _linked(chain) for key, chain in chains.items()}


def _linked(chain: Sequence[Series]) -> Series:
    newest, *rest = chain
    return dataclasses.replace(newest, earlier=_linked(rest)) if rest else newest


def metrics_of(channel: Channel) -> tuple[str, ...]:
    """Return the names of the metrics of *channel*."""
    absent = set[str]() if len(channel.input_ids) > 1 else {*_OF_TWO_INPUTS}
    if not channel.records:
        absent |= _OF_RECORDING
    return tuple(name for name in _METRICS[_CHANNEL] if name not in absent)


def of_channels(  # noqa: PLR0913 - which datapoints
    cloudwatch: CloudWatchClient,
    channels: Sequence[Channel],
    now: dt.datetime,
    window: dt.timedelta,
    period: dt.timedelta = PERIOD,
    *,
    metrics: Collection[str] | None = None,
) -> dict[str, Series]:
    """Return the metrics of *channels* in the *window* before *now*, by channel id.

    Args:
        cloudwatch: the client.
        channels: the channels.
        now: the end of the time.
        window: its length.
        period: the time that a point stands for.
        metrics: those to read, also of channels that have not run for days; None is all that are
            read with that period.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    groups = _output_groups(cloudwatch, channels, recent=metrics is None)
    requests = [
        (metric, {"ChannelId": channel.id, "Pipeline": str(pipeline), **group})
        for channel in channels
        for metric in _selected(metrics_of(channel), period, metrics)
        for pipeline in range(channel.pipelines)
        for group in _parts(metric, groups[channel.id])
    ]
    queries = [_query(_CHANNEL, metric, dimensions, period) for metric, dimensions in requests]
    answers = zip(requests, _read(cloudwatch, queries, now, window), strict=True)
    by_channel: dict[str, dict[str, list[Point]]] = {channel.id: {} for channel in channels}
    for (metric, dimensions), points in answers:
        by_channel[dimensions["ChannelId"]].setdefault(metric, []).extend(points)
    return {
        channel_id: Series(
            now - window,
            {name: _joined(name, points) for name, points in metrics.items()},
            period,
        )
        for channel_id, metrics in by_channel.items()
    }


def _parts(metric: str, groups: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the dimensions of a channel's parts that have *metric* each."""
    if metric in _OF_OUTPUT_GROUPS:
        return groups
    if metric in _OF_RECORDING:
        return [{"OutputGroupName": RECORDING}]
    return [{"AudioDescriptionName": AUDIO}] if metric in _OF_AUDIO else [{}]


def of_flow(  # noqa: PLR0913 - which datapoints
    cloudwatch: CloudWatchClient,
    flow_arn: str,
    now: dt.datetime,
    window: dt.timedelta,
    period: dt.timedelta = PERIOD,
    *,
    metrics: Collection[str] | None = None,
) -> Series:
    """Return the metrics of a flow's source in the *window* before *now*; see `of_channels`.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    names = _selected(OF_FLOW, period, metrics)
    queries = [_query(_FLOW, metric, {"FlowARN": flow_arn}, period) for metric in names]
    answers = _read(cloudwatch, queries, now, window)
    points = {name: tuple(series) for name, series in zip(names, answers, strict=True)}
    return Series(now - window, points, period)


def of_outputs(
    cloudwatch: CloudWatchClient,
    arns: Sequence[str],
    now: dt.datetime,
    window: dt.timedelta,
    period: dt.timedelta = PERIOD,
) -> dict[str, Series]:
    """Return the metrics of outputs that connect, in the *window* before *now*, by ARN.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    queries = [_query(_OUTPUT, "connected", {"OutputARN": arn}, period) for arn in arns]
    answers = zip(arns, _read(cloudwatch, queries, now, window), strict=True)
    return {
        arn: Series(now - window, {"connected": tuple(points)}, period) for arn, points in answers
    }


def _output_groups(
    cloudwatch: CloudWatchClient, channels: Collection[Channel], *, recent: bool
) -> dict[str, list[dict[str, str]]]:
    """Return the dimensions of the platforms' output groups, by channel id.

    An adopted channel has a group of another name, which ListChannels does not show. CloudWatch
    lists a metric up to 15 minutes after its first datapoint (API reference, ListMetrics), so the
    name of our own group is always among them. With *recent*, only metrics of the last three hours
    are listed, else those of two weeks.
    """
    names = {channel.id: {channel.output_group} for channel in channels}
    activity: dict[str, Any] = {"RecentlyActive": "PT3H"} if recent else {}
    pages = cloudwatch.get_paginator("list_metrics").paginate(
        Namespace=_CHANNEL,
        MetricName=_METRICS[_CHANNEL]["active_outputs"]["metric"],
        **activity,
    )
    for metric in (listed for page in pages for listed in page["Metrics"]):
        dimensions = {entry["Name"]: entry["Value"] for entry in metric["Dimensions"]}
        if (channel_id := dimensions.get("ChannelId", "")) in names:
            names[channel_id].add(dimensions["OutputGroupName"])
    return {
        channel_id: [{"OutputGroupName": name} for name in sorted(listed - {RECORDING})]
        for channel_id, listed in names.items()
    }


def _selected(
    names: Iterable[str], period: dt.timedelta, metrics: Collection[str] | None
) -> list[str]:
    """Return those of *names* that are in *metrics*, or by default read with *period*."""
    if metrics is not None:
        return [name for name in names if name in metrics]
    return [name for name in names if period == PERIOD or name in _RUNS]


def _query(
    kind: str, metric: str, dimensions: Mapping[str, str], period: dt.timedelta
) -> dict[str, Any]:
    namespace = _FLOW if kind == _OUTPUT else kind
    definition = _METRICS[kind][metric]
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    measured = {"Namespace": namespace, "MetricName": definition["metric"], "Dimensions": named}
    return {
        "MetricStat": {
            "Metric": measured,
            "Period": int(period.total_seconds()),
            "Stat": definition["statistic"],
        }
    }


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
