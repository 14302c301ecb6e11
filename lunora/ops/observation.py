"""Observation of a stack: its channels, flows, metrics and alerts, read in parallel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from catalog.model import DestinationSpec
from catalog.suspension import Suspension
from lunora.ops.channel_metrics import ChannelMetrics, channel_metrics
from lunora.ops.channels import Alert, Channel, alerts, channels
from lunora.ops.cloudwatch import Series, of_channels, of_flow, of_outputs, with_earlier
from lunora.ops.flow_destination import FlowDestination, flow_destination
from lunora.ops.flows import Flow, FlowOutput, flow
from lunora.ops.key_age import key_times
from lunora.stack import Stack
from provider.aws import AwsClients

T = TypeVar("T")
D = TypeVar("D")

WINDOW = dt.timedelta(hours=1)
_WORKERS = 32


@dataclass(frozen=True, slots=True)
class StackObservation:
    """Resources of a stack in AWS, with their metrics.

    Attributes:
        project: the Pulumi project.
        stack: the stack.
        channels: of all regions.
        flows: those that the configuration names.
        direct: flow outputs that send a stream without a channel, but those that files declare.
        suspensions: of disabled outputs that files declare, by the output's name.
        sources: metrics of the source of each flow, by its key; without the flows that CloudWatch
            did not answer for.
        connections: metrics of outputs that connect, by ARN; also without those.
        channel_metrics: by channel id; without the channels that CloudWatch did not answer for.
        alerts: by channel id, of the channels that are on air.
        errors: parts of AWS that could not be read, one message each.
        key_times: when stream keys were set that expire, by destination.
    """

    project: str
    stack: str
    channels: tuple[Channel, ...]
    flows: tuple[Flow, ...]
    direct: tuple[FlowDestination, ...]
    suspensions: Mapping[str, Suspension]
    sources: Mapping[str, Series]
    connections: Mapping[str, Series]
    channel_metrics: Mapping[str, ChannelMetrics]
    alerts: Mapping[str, tuple[Alert, ...]]
    errors: tuple[str, ...]
    key_times: Mapping[str, dt.datetime] = field(default_factory=dict)


def collect(
    stack: Stack,
    now: dt.datetime,
    declared: Collection[str] = frozenset(),
    keyed: Collection[DestinationSpec] = (),
    measured: Collection[str] | None = None,
) -> StackObservation:
    """Read the resources of *stack*, then their metrics and alerts.

    Args:
        stack: the stack.
        now: the end of the time that CloudWatch is asked for.
        declared: names of flow outputs whose destination a file tells, so that no tag has to.
            Those that are disabled have a tag that tells who stopped them.
        keyed: destinations whose keys may expire, and whose age the caller may read.
        measured: destinations whose channels' metrics and alerts are read; None is all.

    Raises:
        ClientError, BotoCoreError: when AWS shows neither channels nor flows.
    """
    with ThreadPoolExecutor(_WORKERS) as pool:
        described = [
            pool.submit(flow, stack.aws(ref.region).mediaconnect, ref) for ref in stack.flows
        ]
        listings = {
            region: pool.submit(channels, stack.aws(region).medialive, stack.tags)
            for region in stack.regions
        }
        by_region = {region: listing.result() for region, listing in listings.items()}
        looked_at = {
            region: [
                channel for channel in listed if measured is None or channel.destination in measured
            ]
            for region, listed in by_region.items()
        }
        metrics = _read_channel_metrics(pool, stack, looked_at, now)
        alert_lists = _read_alerts(pool, stack, looked_at)
        flows = [future.result() for future in described]
        direct = _direct_outputs(stack, flows, by_region)
        keys = pool.submit(key_times, stack, keyed)
        sources = _read_sources(pool, stack, flows, now)
        connections = _read_connections(pool, stack, direct, now)
        tagged = [
            pool.submit(flow_destination, stack, described, output)
            for described, outputs in direct.items()
            for output in outputs
            if output.name not in declared or output.status == "DISABLED"
        ]
    errors: list[str] = []
    connected = [_result_or(future, {}, "CloudWatch", errors) for future in connections]
    series_by_id = [_result_or(future, {}, "CloudWatch", errors) for future in metrics]
    of_sources = {key: _result_or(future, None, "CloudWatch", errors) for key, future in sources}
    subject = "tags of a flow output"
    read = list(filter(None, (_result_or(future, None, subject, errors) for future in tagged)))
    return StackObservation(
        project=stack.project,
        stack=stack.name,
        channels=tuple(channel for listed in by_region.values() for channel in listed),
        flows=tuple(flows),
        direct=tuple(target for target in read if target.output.name not in declared),
        suspensions={target.output.name: target.suspension for target in read if target.suspension},
        sources={key: series for key, series in of_sources.items() if series is not None},
        connections={arn: series for by_arn in connected for arn, series in by_arn.items()},
        channel_metrics={
            channel_id: channel_metrics(series, now)
            for by_id in series_by_id
            for channel_id, series in by_id.items()
        },
        alerts={
            channel.id: _result_or(future, (), f"alerts of {channel.destination}", errors)
            for channel, future in alert_lists
        },
        key_times=_result_or(keys, {}, "the age of stream keys", errors),
        errors=tuple(errors),
    )


def _read_channel_metrics(
    pool: ThreadPoolExecutor,
    stack: Stack,
    by_region: Mapping[str, list[Channel]],
    now: dt.datetime,
) -> list[Future[dict[str, Series]]]:
    def read(region: str, listed: Sequence[Channel]) -> dict[str, Series]:
        cloudwatch = stack.aws(region).client("cloudwatch")
        return with_earlier(
            of_channels(cloudwatch, listed, now, WINDOW),
            lambda ids, window, period: of_channels(
                cloudwatch,
                [channel for channel in listed if channel.id in ids],
                now,
                window,
                period,
            ),
        )

    return [pool.submit(read, region, listed) for region, listed in by_region.items() if listed]


def _direct_outputs(
    stack: Stack, flows: Iterable[Flow], by_region: Mapping[str, list[Channel]]
) -> dict[Flow, list[FlowOutput]]:
    """Return the outputs that send the stack's streams without a channel, by their flow."""
    prefix = stack.physical_name("")
    of_channel = {
        name for listed in by_region.values() for channel in listed for name in channel.outputs
    }
    return {
        described: [
            output
            for output in described.outputs
            if output.name.startswith(prefix) and output.name not in of_channel
        ]
        for described in flows
        if described.arn
    }


def _read_connections(
    pool: ThreadPoolExecutor,
    stack: Stack,
    direct: Mapping[Flow, Sequence[FlowOutput]],
    now: dt.datetime,
) -> list[Future[dict[str, Series]]]:
    def read(region: str, arns: Sequence[str]) -> dict[str, Series]:
        cloudwatch = stack.aws(region).client("cloudwatch")
        return with_earlier(
            of_outputs(cloudwatch, arns, now, WINDOW),
            lambda some, window, period: of_outputs(cloudwatch, [*some], now, window, period),
        )

    return [
        pool.submit(read, flow.region, arns)
        for flow, outputs in direct.items()
        if (arns := [output.arn for output in outputs if output.connects])
    ]


def _read_sources(
    pool: ThreadPoolExecutor, stack: Stack, flows: Iterable[Flow], now: dt.datetime
) -> list[tuple[str, Future[Series]]]:
    return [
        (flow.key, pool.submit(source_series, stack.aws(flow.region), flow.arn, now))
        for flow in flows
        if flow.arn
    ]


def source_series(aws: AwsClients, flow_arn: str, now: dt.datetime) -> Series:
    """Return the metrics of a flow's source, as far back as its last run reaches.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    cloudwatch = aws.client("cloudwatch")
    read = with_earlier(
        {flow_arn: of_flow(cloudwatch, flow_arn, now, WINDOW)},
        lambda arns, window, period: {
            arn: of_flow(cloudwatch, arn, now, window, period) for arn in arns
        },
    )
    return read[flow_arn]


def _read_alerts(
    pool: ThreadPoolExecutor, stack: Stack, by_region: Mapping[str, list[Channel]]
) -> list[tuple[Channel, Future[tuple[Alert, ...]]]]:
    return [
        (channel, pool.submit(alerts, stack.aws(region).medialive, channel))
        for region, listed in by_region.items()
        for channel in listed
        if channel.is_on_air
    ]


def _result_or(future: Future[T], default: D, subject: str, errors: list[str]) -> T | D:
    """Return the result of *future*; *default*, with a message in *errors*, where AWS refused."""
    try:
        return future.result()
    except (ClientError, BotoCoreError) as error:
        errors.append(f"{subject} could not be read: {error}")
        return default
