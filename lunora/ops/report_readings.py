"""Read the past of a stack from AWS: datapoints, the history, and calls of AWS.

CloudWatch keeps a minute for 15 days, five minutes for 63 days and an hour for 455 days (its user
guide, "metrics retention"). Older times are read in the finest that there is.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from catalog import names
from lunora.ops import history_log
from lunora.ops.audit import Change, calls_of_channels
from lunora.ops.channels import Channel, stack_channels
from lunora.ops.cloudwatch import PERIOD, Series, of_channels, of_flow, of_outputs
from lunora.ops.flow_destination import FlowDestination, flow_destinations
from lunora.stack import Stack
from provider.aws_errors import error_code

T = TypeVar("T")

KEPT = dt.timedelta(days=455)
"""Retention of CloudWatch's metrics."""

_CALLS_KEPT = dt.timedelta(days=90)
"""Retention of CloudTrail's event history (its user guide)."""

_RESOLUTIONS = (
    (PERIOD, dt.timedelta(days=15)),
    (dt.timedelta(minutes=5), dt.timedelta(days=63)),
    (dt.timedelta(hours=1), KEPT),
)
_OF_CHANNEL = ("frames_in", "active_outputs")
_OF_FLOW = ("bits_in",)
_WORKERS = 16

Tier = tuple[dt.datetime, dt.datetime, dt.timedelta]
"""Begin, end and period of datapoints."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings.

    Attributes:
        channels: by destination.
        direct: flow outputs that send without a channel, by destination.
        series: datapoints by destination, one series for each resolution.
        lines: the lines of the history.
        notes: what could not be read, a sentence each.
    """

    channels: Mapping[str, Channel]
    direct: Mapping[str, FlowDestination]
    series: Mapping[str, tuple[Series, ...]]
    lines: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


def clock_ahead(stack: Stack, now: dt.datetime) -> dt.timedelta:
    """Return by how much an emulator's clock is ahead of *now*; nothing for AWS.

    The clock of an emulator can be advanced. It tells it with each answer.
    """
    if stack.endpoint is None:
        return dt.timedelta()
    answer: Any = stack.aws().client("sts").get_caller_identity()
    date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    return dt.timedelta(seconds=max(0, round((date - now).total_seconds())))


def tiers(begin: dt.datetime, end: dt.datetime, now: dt.datetime) -> Iterator[Tier]:
    """Yield the time from *begin* to *end* by the finest period that CloudWatch has, oldest last.

    The bounds are whole hours, so that no datapoint is of two tiers.
    """
    for period, kept in _RESOLUTIONS:
        oldest = _next_hour(now - kept)
        if begin < end and oldest < end:
            yield max(begin, oldest), end, period
            end = oldest


def read(
    stack: Stack, begin: dt.datetime, end: dt.datetime, now: dt.datetime, ahead: dt.timedelta
) -> Readings:
    """Read what AWS has from *begin* to *end*; a refusal does not lose the rest.

    Args:
        stack: the stack.
        begin: the begin of the time, on AWS's clock.
        end: its end.
        now: the present time on AWS's clock.
        ahead: by how much that is ahead of the caller's, in which CloudWatch answers.

    Raises:
        ClientError, BotoCoreError: when AWS shows neither channels nor flow outputs.
    """
    channels = list(stack_channels(stack))
    by_name = {channel.destination: channel for channel in channels}
    direct = {
        target.destination: target
        for target in flow_destinations(stack)
        if target.destination not in by_name
    }
    parts = list(tiers(begin - ahead, end - ahead, now - ahead))
    notes: list[str] = []
    with ThreadPoolExecutor(_WORKERS) as pool:
        measured = _read_series(pool, stack, channels, [*direct.values()], parts)
        histories = [
            pool.submit(_read_history, stack, region, now - KEPT) for region in stack.regions
        ]
        series: dict[str, list[Series]] = {}
        for future in measured:
            for name, part in _or(future, {}, "metrics in CloudWatch", notes).items():
                series.setdefault(name, []).append(_shifted(part, ahead))
        lines = [line for future in histories for line in _or(future, [], "the history", notes)]
    return Readings(
        by_name,
        direct,
        {name: tuple(listed) for name, listed in series.items()},
        tuple(lines),
        tuple(dict.fromkeys(notes)),
    )


def read_calls(
    stack: Stack, begin: dt.datetime, end: dt.datetime, now: dt.datetime
) -> tuple[dict[str, tuple[Change, ...]], tuple[str, ...]]:
    """Return CloudTrail's calls by channel id, and what could not be read, a sentence each."""
    calls: dict[str, tuple[Change, ...]] = {}
    notes: list[str] = []
    for region in stack.regions:
        try:
            cloudtrail = stack.aws(region).client("cloudtrail")
            calls |= calls_of_channels(cloudtrail, max(begin, now - _CALLS_KEPT), end)
        except (ClientError, BotoCoreError) as error:
            notes.append(f"CloudTrail was not read: {_reason(error)}")
    return calls, tuple(notes)


def _read_series(
    pool: ThreadPoolExecutor,
    stack: Stack,
    channels: Sequence[Channel],
    direct: Sequence[FlowDestination],
    parts: Sequence[Tier],
) -> list[Future[dict[str, Series]]]:
    """Submit the reading of each region, flow and tier; each returns series by destination."""

    def of_region(region: str, tier: Tier) -> dict[str, Series]:
        begin, end, period = tier
        listed = [channel for channel in channels if channel.region == region]
        cloudwatch = stack.aws(region).client("cloudwatch")
        by_id = of_channels(cloudwatch, listed, end, end - begin, period, metrics=_OF_CHANNEL)
        return {channel.destination: by_id[channel.id] for channel in listed}

    def of_outputs_of(flow_arn: str, tier: Tier) -> dict[str, Series]:
        begin, end, period = tier
        targets = [target for target in direct if target.flow_arn == flow_arn]
        cloudwatch = stack.aws(targets[0].region).client("cloudwatch")
        source = of_flow(cloudwatch, flow_arn, end, end - begin, period, metrics=_OF_FLOW)
        arns = [target.output.arn for target in targets if target.output.connects]
        connected = of_outputs(cloudwatch, arns, end, end - begin, period) if arns else {}
        return {
            target.destination: _with_connection(source, connected.get(target.output.arn))
            for target in targets
        }

    regions = dict.fromkeys(channel.region for channel in channels)
    flows = dict.fromkeys(target.flow_arn for target in direct)
    # The oldest first, so that the series of a destination are in their order.
    return [
        *(pool.submit(of_region, region, tier) for region in regions for tier in parts[::-1]),
        *(pool.submit(of_outputs_of, flow_arn, tier) for flow_arn in flows for tier in parts[::-1]),
    ]


def _with_connection(source: Series, connection: Series | None) -> Series:
    points = {**source.points, **(connection.points if connection else {})}
    return dataclasses.replace(source, points=points)


def _read_history(stack: Stack, region: str, begin: dt.datetime) -> list[dict[str, Any]]:
    group = names.history_log_group(stack.project, stack.name)
    return history_log.read(stack.aws(region).client("logs"), group, None, begin)


def _shifted(series: Series, ahead: dt.timedelta) -> Series:
    """Return *series*, whose times CloudWatch gave on the caller's clock, on AWS's clock."""
    points = {
        metric: tuple((time + ahead, value) for time, value in listed)
        for metric, listed in series.points.items()
    }
    return dataclasses.replace(series, start=series.start + ahead, points=points)


def _or(future: Future[T], default: T, subject: str, notes: list[str]) -> T:
    try:
        return future.result()
    except (ClientError, BotoCoreError) as error:
        notes.append(f"{subject} could not be read: {_reason(error)}")
        return default


def _reason(error: Exception) -> str:
    if isinstance(error, ClientError):
        return error_code(error)
    return type(error).__name__


def _next_hour(time: dt.datetime) -> dt.datetime:
    """Return the first whole hour after *time*."""
    return time.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
