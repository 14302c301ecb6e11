"""The channels of a stack, found by their tags, and their alerts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.names import output_names
from provider.channel_lifecycle import RUNNING
from provider.redaction import Mask

if TYPE_CHECKING:
    from mypy_boto3_medialive import MediaLiveClient


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that carries the stack's tags.

    Attributes:
        id: decimal id.
        arn: its ARN.
        region: where it is.
        name: its name in AWS.
        outputs: the names of its flow outputs, one a pipeline.
        destination: tag Destination.
        platform: tag Platform.
        state: MediaLive's word, for example RUNNING or IDLE.
        pipelines: how many run when it runs.
        pipelines_running: how many run now.
        input_ids: the inputs attached to it.
        role_arn: the role it runs under.
        mask: hides its stream keys, which MediaLive shows in clear.
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

    @property
    def is_on_air(self) -> bool:
        """Whether it streams, or will soon."""
        return self.state in RUNNING


@dataclass(frozen=True, slots=True)
class Alert:
    """Something MediaLive complains about now.

    Attributes:
        kind: MediaLive's words.
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
    found = []
    for page in medialive.get_paginator("list_channels").paginate():
        for listed in page["Channels"]:
            carried = listed.get("Tags", {})
            if tags.items() <= carried.items() and "Destination" in carried:
                found.append(_channel(listed, carried))
    return sorted(found, key=lambda channel: channel.destination)


def alerts(medialive: MediaLiveClient, channel: Channel) -> tuple[Alert, ...]:
    """Return the alerts that are set on *channel*, the oldest first.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    pages = medialive.get_paginator("list_alerts").paginate(ChannelId=channel.id, StateFilter="SET")
    found = [
        Alert(
            kind=listed.get("AlertType", "?"),
            pipeline=listed.get("PipelineId", "?"),
            since=listed.get("SetTimestamp"),
            message=channel.mask(listed.get("Message", "")),
        )
        for page in pages
        for listed in page["Alerts"]
    ]
    return tuple(sorted(found, key=lambda alert: str(alert.since)))


def _channel(listed: Mapping[str, Any], carried: Mapping[str, str]) -> Channel:
    settings = [
        one for target in listed.get("Destinations", []) for one in target.get("Settings", [])
    ]
    pipelines = 2 if listed.get("ChannelClass") == "STANDARD" else 1
    return Channel(
        id=listed["Id"],
        arn=listed["Arn"],
        region=listed["Arn"].split(":")[3],
        name=listed["Name"],
        outputs=output_names(listed["Name"], carried, pipelines),
        destination=carried["Destination"],
        platform=carried.get("Platform", "?"),
        state=listed["State"],
        pipelines=pipelines,
        pipelines_running=listed.get("PipelinesRunningCount", 0),
        input_ids=tuple(one["InputId"] for one in listed.get("InputAttachments", [])),
        role_arn=listed.get("RoleArn"),
        mask=Mask(one.get("StreamName", "") for one in settings),
    )
