"""Inputs of a channel resource, and a look at the channel that AWS then holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.channel_resource import Channel
from provider.resource import CreateResult
from tests.support.medialive import channel_request, push_input, settle

TAGS = {"ManagedBy": "lunora", "Project": "p", "Stack": "s", "Destination": "one"}
FOREIGN = {**TAGS, "Destination": "another"}

URN = "urn:pulumi:s::p::livestream:index:Channel::one-channel"

H264 = "encoderSettings.VideoDescriptions[0].CodecSettings.H264Settings"
READS = ("Describe", "List")

HOURS = {
    "timezone": "America/Los_Angeles",
    "windows": [{"days": ["mon"], "start": "09:00", "stop": "17:00"}],
}
# A Monday, 12:00 and 20:00 in Los Angeles.
OPEN = dt.datetime(2026, 6, 15, 19, tzinfo=dt.UTC)
CLOSED = dt.datetime(2026, 6, 16, 3, tzinfo=dt.UTC)

Inputs = dict[str, Any]


def inputs_of(medialive: Any, name: str = "one", **more: Any) -> Inputs:
    """Make an input and return the inputs of a stopped channel on it."""
    return as_properties(channel_request(push_input(medialive, name), name), **more)


def as_properties(request: dict[str, Any], **more: Any) -> Inputs:
    """Return the members of a CreateChannel as inputs of a stopped channel."""
    properties = {name[0].lower() + name[1:]: value for name, value in request.items()}
    return {**properties, "state": "stopped", "tags": TAGS, **more}


def edited(inputs: Inputs, **h264: Any) -> Inputs:
    """Return a copy of *inputs* with other members of its H.264 settings."""
    settings = inputs["encoderSettings"]
    (video,) = settings["VideoDescriptions"]
    codec = {**video["CodecSettings"]["H264Settings"], **h264}
    descriptions = [{**video, "CodecSettings": {"H264Settings": codec}}]
    return {**inputs, "encoderSettings": {**settings, "VideoDescriptions": descriptions}}


def sends_to(inputs: Inputs, *stream_names: str) -> Inputs:
    """Return a copy of *inputs* with an ingest for each of *stream_names*."""
    settings = [
        {"Url": f"rtmp://ingest-{number}.example.org/app", "StreamName": name}
        for number, name in enumerate(stream_names)
    ]
    return {**inputs, "destinations": [{"Id": "rtmp", "Settings": settings}]}


def two_pipelines(inputs: Inputs) -> Inputs:
    """Return a copy of *inputs* for two pipelines."""
    return {**sends_to(inputs, "made-up", "made-up"), "channelClass": "STANDARD"}


def created(aws: AwsClients, inputs: Inputs) -> CreateResult:
    """Create a channel with *inputs*."""
    return Channel(aws).create(URN, inputs)


def refuse(aws: AwsClients, operation: str, status: int, text: str) -> None:
    """Let MediaLive answer each *operation* with an error of this *status* and *text*."""

    def answer(**_: Any) -> Any:
        error = {"Code": "RefusedException", "Message": text}
        parsed = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}
        return SimpleNamespace(status_code=status), parsed

    aws.medialive.meta.events.register(f"before-call.medialive.{operation}", answer)


def describe(medialive: Any, channel_id: str) -> Any:
    """Return the channel as AWS shows it."""
    return medialive.describe_channel(ChannelId=channel_id)


def ends_of(destinations: Any) -> list[tuple[str, Any]]:
    """Return id and settings of each destination; answers have further members, empty."""
    return [(destination["Id"], destination["Settings"]) for destination in destinations]


def state_of(medialive: Any, channel_id: str) -> str:
    """Return the state of the channel."""
    return str(describe(medialive, channel_id)["State"])


def start(medialive: Any, channel_id: str) -> None:
    """Start the channel behind the resource's back."""
    medialive.start_channel(ChannelId=channel_id)
    settle(lambda: state_of(medialive, channel_id), "RUNNING")


def stop(medialive: Any, channel_id: str) -> None:
    """Stop the channel behind the resource's back."""
    medialive.stop_channel(ChannelId=channel_id)
    settle(lambda: state_of(medialive, channel_id), "IDLE")


def change(medialive: Any, channel_id: str, **members: Any) -> None:
    """Change settings behind the resource's back, as an operator would: stop, update, start."""
    runs = state_of(medialive, channel_id) == "RUNNING"
    if runs:
        stop(medialive, channel_id)
    medialive.update_channel(ChannelId=channel_id, **members)
    settle(lambda: state_of(medialive, channel_id), "IDLE")
    if runs:
        start(medialive, channel_id)


def members_of(embedded: EmbeddedAws, channel_id: str) -> dict[str, Any]:
    """Return what the emulator holds of the channel, to break it."""
    members: dict[str, Any] = embedded.medialive().region.channels[channel_id].members
    return members


def writes(embedded: EmbeddedAws) -> list[str]:
    """Return the operations so far that change something, in order."""
    return [call.operation for call in embedded.calls if not call.operation.startswith(READS)]


def interrupted(*operations: str) -> list[str]:
    """Return the writes around *operations* that stop a channel on air and start it again.

    The tag tells the watchdog meanwhile that a deployment has stopped it.
    """
    return ["CreateTags", "StopChannel", *operations, "StartChannel", "DeleteTags"]


def writes_during(embedded: EmbeddedAws, action: Callable[[], object]) -> list[str]:
    """Return the operations of *action* that change something, in order."""
    embedded.calls.clear()
    action()
    return writes(embedded)
