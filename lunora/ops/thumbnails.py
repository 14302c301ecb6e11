"""Pictures: thumbnails of running channels and of the sources of flows."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from lunora.aws_errors import aws_error
from lunora.ops.channels import Channel
from lunora.ops.status import DestinationStatus
from lunora.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_mediaconnect import MediaConnectClient
    from mypy_boto3_medialive import MediaLiveClient

_WORKERS = 16
_JPEG = b"\xff\xd8\xff"

_NO_FRAME = "MediaLive has no thumbnail; a channel without thumbnails gets them by `pulumi up`"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of what goes in, or the reason why there is none.

    Attributes:
        kind: whether it shows the input of a destination's channel, or the source of a flow.
        name: the destination, or the flow's key.
        pipeline: the channel's pipeline, `0` or `1`; empty for a flow.
        jpeg: the picture; empty without one.
        time: when AWS took it; None without one.
        reason: why there is none; empty with one.
        black: whether it is black, as far as it was judged.
        same_since: since when pictures of the subject have been the same; None where they change,
            and where nobody has compared them for long enough.
    """

    kind: Literal["destination", "flow"]
    name: str
    pipeline: str = ""
    jpeg: bytes = field(default=b"", repr=False)
    time: dt.datetime | None = None
    reason: str = ""
    black: bool = False
    same_since: dt.datetime | None = None

    @property
    def title(self) -> str:
        """The subject in words, for example `destination show, pipeline 1`."""
        pipeline = f", pipeline {self.pipeline}" if self.pipeline else ""
        return f"{self.kind} {self.name}{pipeline}"

    @property
    def file_name(self) -> str:
        """A file name that no other picture of the stack has."""
        return "-".join(filter(None, (self.kind, self.name, self.pipeline))) + ".jpg"


def flow_arns(statuses: Iterable[DestinationStatus]) -> dict[str, str]:
    """Return the ARNs of the flows that feed destinations, by their key."""
    observations = [status.observation for status in statuses]
    flows = [flow for each in observations for flow in (each.flow, each.backup) if flow]
    return {flow.key: flow.arn for flow in flows if flow.arn}


def of_statuses(
    stack: Stack, statuses: Iterable[DestinationStatus], flows: Mapping[str, str]
) -> tuple[Picture, ...]:
    """Return the pictures of the channels of *statuses*, and of flows; see `pictures`."""
    channels = [status.observation.channel for status in statuses]
    return pictures(stack, [channel for channel in channels if channel], flows)


def pictures(
    stack: Stack, channels: Iterable[Channel], flows: Mapping[str, str]
) -> tuple[Picture, ...]:
    """Return a picture of each flow, and of each pipeline of each running channel.

    A refusal of AWS is the reason of a picture, not an error: others may be there.

    Args:
        stack: the stack.
        channels: channels of destinations.
        flows: ARNs of the stack's flows, by their key.
    """
    running = [channel for channel in channels if channel.state == "RUNNING"]
    with ThreadPoolExecutor(_WORKERS) as pool:
        of_flows = [
            pool.submit(_of_flow, stack.aws(ref.region).mediaconnect, ref.key, flows[ref.key])
            for ref in stack.flows
            if ref.key in flows
        ]
        of_channels = [
            pool.submit(_of_channel, stack.aws(channel.region).medialive, channel, str(pipeline))
            for channel in running
            for pipeline in range(channel.pipelines)
        ]
    return tuple(future.result() for future in (*of_flows, *of_channels))


def _of_channel(medialive: MediaLiveClient, channel: Channel, pipeline: str) -> Picture:
    try:
        return channel_picture(medialive, channel, pipeline)
    except (ClientError, BotoCoreError) as error:
        reason = str(aws_error(error))
        return Picture("destination", channel.destination, pipeline, reason=reason)


def _of_flow(mediaconnect: MediaConnectClient, key: str, arn: str) -> Picture:
    try:
        return flow_picture(mediaconnect, key, arn)
    except (ClientError, BotoCoreError) as error:
        return Picture("flow", key, reason=str(aws_error(error)))


def channel_picture(medialive: MediaLiveClient, channel: Channel, pipeline: str) -> Picture:
    """Return the picture of what goes into one pipeline of a running channel.

    Raises:
        ClientError, BotoCoreError: when AWS refuses or does not answer.
    """
    name = channel.destination
    answer = medialive.describe_thumbnails(
        ChannelId=channel.id, PipelineId=pipeline, ThumbnailType="CURRENT_ACTIVE"
    )
    for detail in answer.get("ThumbnailDetails", []):
        for thumbnail in detail.get("Thumbnails", []):
            jpeg = _decoded(thumbnail.get("Body", ""))
            if jpeg:
                return Picture("destination", name, pipeline, jpeg, _utc(thumbnail))
    return Picture("destination", name, pipeline, reason=_NO_FRAME)


def flow_picture(mediaconnect: MediaConnectClient, key: str, arn: str) -> Picture:
    """Return the picture of the source of a flow.

    Raises:
        ClientError, BotoCoreError: when AWS refuses or does not answer.
    """
    answer = mediaconnect.describe_flow_source_thumbnail(FlowArn=arn)
    details = answer.get("ThumbnailDetails", {})
    jpeg = _decoded(details.get("Thumbnail", ""))
    if jpeg:
        return Picture("flow", key, jpeg=jpeg, time=details.get("Timestamp"))
    return Picture("flow", key, reason=_messages(details.get("ThumbnailMessages", [])))


def _utc(thumbnail: Mapping[str, Any]) -> dt.datetime | None:
    """Return the time of a thumbnail of MediaLive, whose guide shows it without a time zone."""
    time: dt.datetime | None = thumbnail.get("TimeStamp")
    return time.replace(tzinfo=dt.UTC) if time and time.tzinfo is None else time


def _messages(listed: Sequence[Mapping[str, Any]]) -> str:
    """Return MediaConnect's reasons, for example that the flow's owner has disabled thumbnails."""
    reasons = [f"{message.get('Code', '?')}: {message.get('Message', '')}" for message in listed]
    return "; ".join(reasons) or "MediaConnect shows no thumbnail and no reason"


def _decoded(body: str) -> bytes:
    """Return the JPEG in *body*; empty for anything else."""
    try:
        content = base64.b64decode(body, validate=True)
    except ValueError:
        return b""
    return content if content.startswith(_JPEG) else b""
