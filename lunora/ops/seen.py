"""Everything AWS shows of a stack at one moment, asked side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from lunora.ops.channels import ON_AIR, Alert, Channel, alerts, channels
from lunora.ops.flows import Flow, flow
from lunora.ops.measurements import Series, of_channels, of_flow
from lunora.ops.vitals import Vitals, vitals
from lunora.stack import Stack

T = TypeVar("T")

WINDOW = dt.timedelta(hours=1)
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is of a stack, and how it does.

    Attributes:
        project: the Pulumi project.
        stack: the stack.
        channels: of all regions.
        flows: those that the configuration names.
        sources: what was measured on the source of each flow that sends streams by itself, by its
            key; empty where CloudWatch did not answer.
        vitals: by channel id; none of a channel that CloudWatch did not answer for.
        alerts: by channel id, of the channels that are on air.
        unseen: what could not be looked at, one sentence each.
    """

    project: str
    stack: str
    channels: tuple[Channel, ...]
    flows: tuple[Flow, ...]
    sources: Mapping[str, Series]
    vitals: Mapping[str, Vitals]
    alerts: Mapping[str, tuple[Alert, ...]]
    unseen: tuple[str, ...]


def look(stack: Stack, now: dt.datetime) -> Seen:
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
        feeding = _feeding(pool, stack, [answer.result() for answer in flows], now)
    unseen: list[str] = []
    sources = {
        key: _or_unseen(answer, Series(now), "CloudWatch", unseen) for key, answer in feeding
    }
    series = [_or_unseen(answer, {}, "CloudWatch", unseen) for answer in measuring]
    return Seen(
        project=stack.project,
        stack=stack.name,
        channels=tuple(channel for listed in found.values() for channel in listed),
        flows=tuple(answer.result() for answer in flows),
        sources=sources,
        vitals={name: vitals(one, now) for named in series for name, one in named.items()},
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


def _feeding(
    pool: ThreadPoolExecutor, stack: Stack, flows: Iterable[Flow], now: dt.datetime
) -> list[tuple[str, Future[Series]]]:
    return [
        (
            one.key,
            pool.submit(of_flow, stack.aws(one.region).client("cloudwatch"), one.arn, now, WINDOW),
        )
        for one in flows
        if one.arn and any(output.protocol == "rtmp-push" for output in one.outputs)
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
