"""Metrics of one destination over the last hour, minute by minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lunora.ops.channels import Channel, stack_channels
from lunora.ops.cloudwatch import (
    OF_FLOW,
    PERIOD,
    Series,
    metrics_of,
    of_channels,
    of_flow,
    of_outputs,
)
from lunora.ops.errors import require_known
from lunora.ops.flow_destination import FlowDestination, flow_destinations
from lunora.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

WINDOW = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A figure of one minute.

    Attributes:
        at: the begin of the minute.
        value: in the unit of the metric's name.
    """

    at: dt.datetime
    value: float


@dataclass(frozen=True, slots=True)
class LastHour:
    """The last hour of one destination.

    Attributes:
        name: the destination.
        channel_id: its channel; None where the flow sends it directly.
        start: the begin of the hour.
        end: its end.
        period_seconds: the time between measurements.
        metrics: by name, the oldest first; a minute in which the channel did not run is left out.
    """

    name: str
    channel_id: str | None
    start: dt.datetime
    end: dt.datetime
    period_seconds: int
    metrics: dict[str, tuple[Measurement, ...]]


def last_hour(stack: Stack, name: str, now: dt.datetime) -> LastHour:
    """Return the hour before *now* of the destination *name*.

    Without a channel the figures are those of the flow's source, and with SRT whether the output
    is connected.

    Raises:
        UnknownDestinationError: when neither a channel nor a flow output has this name.
        ClientError, BotoCoreError: when AWS does not answer.
    """
    channels = {channel.destination: channel for channel in stack_channels(stack)}
    if name in channels:
        channel = channels[name]
        cloudwatch = stack.aws(channel.region).client("cloudwatch")
        return _of_channel(cloudwatch, channel, now)
    direct = {target.destination: target for target in flow_destinations(stack)}
    require_known(name, {**direct, **channels})
    target = direct[name]
    return _of_output(stack.aws(target.region).client("cloudwatch"), target, now)


def _of_channel(cloudwatch: CloudWatchClient, channel: Channel, now: dt.datetime) -> LastHour:
    series = of_channels(cloudwatch, [channel], now, WINDOW)[channel.id]
    return _last_hour(channel.destination, channel.id, series, metrics_of(channel), now)


def _of_output(cloudwatch: CloudWatchClient, target: FlowDestination, now: dt.datetime) -> LastHour:
    source = of_flow(cloudwatch, target.flow_arn, now, WINDOW)
    points, metrics = dict(source.points), OF_FLOW
    if target.output.connects:
        arn = target.output.arn
        points |= of_outputs(cloudwatch, [arn], now, WINDOW)[arn].points
        metrics = (*OF_FLOW, "connected")
    return _last_hour(target.destination, None, Series(source.start, points), metrics, now)


def _last_hour(
    name: str, channel_id: str | None, series: Series, metrics: tuple[str, ...], now: dt.datetime
) -> LastHour:
    return LastHour(
        name=name,
        channel_id=channel_id,
        start=now - WINDOW,
        end=now,
        period_seconds=int(PERIOD.total_seconds()),
        metrics={
            metric: tuple(Measurement(time, value) for time, value in series[metric])
            for metric in metrics
        },
    )
