"""Everything AWS shows of a stack at one moment, asked side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from catalog import names
from catalog.channel_states import ON_AIR
from lunora.ops.channel_metrics import ChannelMetrics, channel_metrics
from lunora.ops.channels import Alert, Channel, alerts, channels
from lunora.ops.cloudwatch import Series, of_channels, of_flow, of_outputs
from lunora.ops.flows import Flow, FlowOutput, flow
from lunora.stack import Stack

T = TypeVar("T")

WINDOW = dt.timedelta(hours=1)
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class StackObservation:
    """What there is of a stack, and how it does.

    Attributes:
        project: the Pulumi project.
        stack: the stack.
        channels: of all regions.
        flows: those that the configuration names.
        sources: what was measured on the source of each flow that sends streams by itself, by its
            key; empty where CloudWatch did not answer.
        connections: what was measured on outputs that connect, by ARN; likewise.
        vitals: by channel id; none of a channel that CloudWatch did not answer for.
        alerts: by channel id, of the channels that are on air.
        unseen: what could not be looked at, one sentence each.
    """

    project: str
    stack: str
    channels: tuple[Channel, ...]
    flows: tuple[Flow, ...]
    sources: Mapping[str, Series]
    connections: Mapping[str, Series]
    channel_metrics: Mapping[str, ChannelMetrics]
    alerts: Mapping[str, tuple[Alert, ...]]
    unseen: tuple[str, ...]


def collect(stack: Stack, now: dt.datetime) -> StackObservation:
    """Ask in two rounds: what there is, then how the channels do.

    Raises:
        ClientError, BotoCoreError: when AWS shows neither channels nor flows.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        flows = [pool.submit(flow, stack.aws(ref.region).mediaconnect, ref) for ref in stack.flows]
        listings = {
            region: pool.submit(channels, stack.aws(region).medialive, stack.tags)
            for region in stack.regions
        }
        found = {region: listing.result() for region, listing in listings.items()}
        measuring = _measuring(pool, stack, found, now)
        complaining = _complaining(pool, stack, found)
        there = [answer.result() for answer in flows]
        alone = _alone(stack, there, found)
        feeding = _feeding(pool, stack, alone, now)
        connecting = _connecting(pool, stack, alone, now)
    unseen: list[str] = []
    sources = {
        key: _or_unseen(answer, Series(now), "CloudWatch", unseen) for key, answer in feeding
    }
    connected = [_or_unseen(answer, {}, "CloudWatch", unseen) for answer in connecting]
    series = [_or_unseen(answer, {}, "CloudWatch", unseen) for answer in measuring]
    return StackObservation(
        project=stack.project,
        stack=stack.name,
        channels=tuple(channel for listed in found.values() for channel in listed),
        flows=tuple(there),
        sources=sources,
        connections={arn: one for named in connected for arn, one in named.items()},
        channel_metrics={
            name: channel_metrics(one, now) for named in series for name, one in named.items()
        },
        alerts={
            channel.id: _or_unseen(answer, (), f"alerts of {channel.destination}", unseen)
            for channel, answer in complaining
        },
        unseen=tuple(unseen),
    )


def _measuring(
    pool: ThreadPoolExecutor, stack: Stack, found: Mapping[str, list[Channel]], now: dt.datetime
) -> list[Future[dict[str, Series]]]:
    return [
        pool.submit(of_channels, stack.aws(region).client("cloudwatch"), listed, now, WINDOW)
        for region, listed in found.items()
        if listed
    ]


def _alone(
    stack: Stack, flows: Iterable[Flow], found: Mapping[str, list[Channel]]
) -> dict[Flow, list[FlowOutput]]:
    """Return the outputs that send the stack's streams by themselves, by their flow."""
    prefix = names.physical_name(stack.project, stack.name, "")
    fed = {name for listed in found.values() for channel in listed for name in channel.outputs}
    return {
        one: [out for out in one.outputs if out.name.startswith(prefix) and out.name not in fed]
        for one in flows
        if one.arn
    }


def _connecting(
    pool: ThreadPoolExecutor,
    stack: Stack,
    alone: Mapping[Flow, Sequence[FlowOutput]],
    now: dt.datetime,
) -> list[Future[dict[str, Series]]]:
    return [
        pool.submit(of_outputs, stack.aws(flow.region).client("cloudwatch"), arns, now, WINDOW)
        for flow, outputs in alone.items()
        if (arns := [one.arn for one in outputs if one.protocol == "srt-caller"])
    ]


def _feeding(
    pool: ThreadPoolExecutor,
    stack: Stack,
    alone: Mapping[Flow, Sequence[FlowOutput]],
    now: dt.datetime,
) -> list[tuple[str, Future[Series]]]:
    return [
        (
            one.key,
            pool.submit(of_flow, stack.aws(one.region).client("cloudwatch"), one.arn, now, WINDOW),
        )
        for one, outputs in alone.items()
        if one.arn and outputs
    ]


def _complaining(
    pool: ThreadPoolExecutor, stack: Stack, found: Mapping[str, list[Channel]]
) -> list[tuple[Channel, Future[tuple[Alert, ...]]]]:
    return [
        (channel, pool.submit(alerts, stack.aws(region).medialive, channel))
        for region, listed in found.items()
        for channel in listed
        if channel.state in ON_AIR
    ]


def _or_unseen(answer: Future[T], otherwise: T, what: str, unseen: list[str]) -> T:
    try:
        return answer.result()
    except (ClientError, BotoCoreError) as error:
        unseen.append(f"{what} could not be read: {error}")
        return otherwise
