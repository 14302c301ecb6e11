"""Channels of a stack, selected by their tags, and their alerts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog import suspension
from catalog.channel_states import ON_AIR
from catalog.names import output_names
from catalog.output_groups import RTMP
from catalog.recording import OUTPUT_GROUP as RECORDING
from catalog.suspension import Suspension
from lunora.ops import maintenance
from lunora.ops.maintenance import Maintenance
from lunora.stack import Stack
from provider.channel_listing import list_channels
from provider.ownership import in_same_stack
from provider.redaction import Mask, secrets_in

if TYPE_CHECKING:
    from mypy_boto3_medialive import MediaLiveClient


_RESTARTING = frozenset({"STOPPING", "IDLE", "STARTING"})
"""States that a channel has one after the other when it is restarted."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that carries the stack's tags.

    Attributes:
        id: decimal id.
        arn: its ARN.
        region: its region.
        name: its name in AWS.
        outputs: the names of its flow outputs, one a pipeline.
        destination: tag Destination.
        platform: tag Platform.
        state: its state in MediaLive, for example RUNNING or IDLE.
        pipelines: the number of its pipelines.
        pipelines_running: the number of those that run now.
        input_ids: the inputs attached to it.
        role_arn: its role.
        output_group: name of the platform's output group, unless it was adopted with another.
        listeners: addresses at which it waits for callers of SRT.
        records: whether it records what it sends.
        mask: masks its stream keys, which MediaLive returns in clear.
        suspension: what keeps it from being started again; None without one.
        maintenance: the next one; None while it needs none.
        tags: all that it carries.
    """

    id: str
    arn: str
    region: str
    name: str
    outputs: tuple[str, ...]
    destination: str
    platform: str
    state: str
    pipelines: int
    pipelines_running: int
    input_ids: tuple[str, ...]
    role_arn: str | None
    mask: Mask = field(repr=False, compare=False)
    suspension: Suspension | None = None
    maintenance: Maintenance | None = None
    output_group: str = RTMP
    listeners: tuple[str, ...] = ()
    records: bool = False
    tags: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_on_air(self) -> bool:
        """True while the channel streams or starts."""
        return self.state in ON_AIR

    def is_under_maintenance(self, now: dt.datetime) -> bool:
        """Tell whether AWS has probably stopped it, or one of its pipelines, for maintenance."""
        due = self.maintenance is not None and self.maintenance.is_under_way(now)
        return due and (self.state in _RESTARTING or self.pipelines_running < self.pipelines)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert of MediaLive that is set.

    Attributes:
        kind: its type in MediaLive's words.
        pipeline: `0` or `1`.
        since: when it was set.
        message: MediaLive's explanation, without URLs' paths and without keys.
    """

    kind: str
    pipeline: str
    since: dt.datetime | None
    message: str


def channels(medialive: MediaLiveClient, tags: Mapping[str, str]) -> list[Channel]:
    """Return the destinations' channels that carry *tags*, by destination.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    selected = [
        _channel(summary, actual)
        for summary in list_channels(medialive)
        if in_same_stack(actual := summary.get("Tags", {}), tags) and "Destination" in actual
    ]
    return sorted(selected, key=lambda channel: channel.destination)


def stack_channels(stack: Stack) -> Iterator[Channel]:
    """Yield the destinations' channels of *stack*, region by region, by destination.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    for region in stack.regions:
        yield from channels(stack.aws(region).medialive, stack.tags)


def alerts(medialive: MediaLiveClient, channel: Channel) -> tuple[Alert, ...]:
    """Return the alerts that are set on *channel*, the oldest first.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    pages = medialive.get_paginator("list_alerts").paginate(ChannelId=channel.id, StateFilter="SET")
    alerts_set = [
        Alert(
            kind=listed.get("AlertType", "?"),
            pipeline=listed.get("PipelineId", "?"),
            since=listed.get("SetTimestamp"),
            message=channel.mask(listed.get("Message", "")),
        )
        for page in pages
        for listed in page["Alerts"]
    ]
    return tuple(sorted(alerts_set, key=lambda alert: str(alert.since)))


def _channel(summary: Mapping[str, Any], tags: Mapping[str, str]) -> Channel:
    targets = {target.get("Id", ""): target for target in summary.get("Destinations", [])}
    pipelines = 2 if summary.get("ChannelClass") == "STANDARD" else 1
    # Anybody may tag a channel, and CreateChannel takes one without a name.
    name = summary.get("Name", "")
    return Channel(
        id=summary["Id"],
        arn=summary["Arn"],
        region=summary["Arn"].split(":")[3],
        name=name,
        outputs=output_names(name, tags, pipelines),
        destination=tags["Destination"],
        platform=tags.get("Platform", "?"),
        state=summary["State"],
        pipelines=pipelines,
        pipelines_running=summary.get("PipelinesRunningCount", 0),
        input_ids=tuple(
            attachment["InputId"] for attachment in summary.get("InputAttachments", [])
        ),
        role_arn=summary.get("RoleArn"),
        mask=Mask(secrets_in(list(targets.values()))),
        suspension=suspension.read(tags),
        maintenance=maintenance.of_channel(summary.get("Maintenance", {})),
        output_group=next((name for name in targets if name != RECORDING), RTMP),
        listeners=tuple(_listeners(summary, targets)),
        records=RECORDING in targets,
        tags=tags,
    )


def _listeners(summary: Mapping[str, Any], targets: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses at which each pipeline waits for callers.

    That they are those its outputs come from is unverified: the user guide says that MediaLive
    allocates them, and DescribeChannel shows no others.
    """
    addresses = [endpoint.get("SourceIp", "") for endpoint in summary.get("EgressEndpoints", [])]
    for target in targets.values():
        for setting, address in zip(target.get("SrtSettings", []), addresses, strict=False):
            if port := setting.get("ListenerPort"):
                yield f"srt://{address}:{port}"
