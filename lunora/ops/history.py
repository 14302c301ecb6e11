"""Metrics of one destination over the last hour, minute by minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lunora.ops.channels import Channel
from lunora.ops.cloudwatch import PERIOD, metrics_of, of_channels

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
class History:
    """The last hour of one destination.

    Attributes:
        name: the destination.
        channel_id: its channel.
        start: the begin of the hour.
        end: its end.
        period_seconds: the time between measurements.
        metrics: by name, the oldest first; a minute in which the channel did not run is left out.
    """

    name: str
    channel_id: str
    start: dt.datetime
    end: dt.datetime
    period_seconds: int
    metrics: dict[str, tuple[Measurement, ...]]


def history(cloudwatch: CloudWatchClient, channel: Channel, now: dt.datetime) -> History:
    """Return the hour before *now*.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    series = of_channels(cloudwatch, [channel], now, WINDOW)[channel.id]
    return History(
        name=channel.destination,
        channel_id=channel.id,
        start=now - WINDOW,
        end=now,
        period_seconds=int(PERIOD.total_seconds()),
        metrics={
            name: tuple(Measurement(time, value) for time, value in series[name])
            for name in metrics_of(channel)
        },
    )
