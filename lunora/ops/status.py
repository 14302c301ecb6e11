"""What the channels and flow outputs of a stack are doing now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_mediaconnect import MediaConnectClient
    from mypy_boto3_medialive import MediaLiveClient


@dataclass(frozen=True, slots=True)
class DestinationStatus:
    """One destination as AWS shows it.

    Attributes:
        name: the destination's name (tag Destination).
        platform: its platform (tag Platform).
        channel_state: MediaLive's word, for example RUNNING or IDLE.
        pipelines_running: how many of its channel's pipelines run.
        channel_id: decimal id.
        flow_output: ENABLED or DISABLED, or None where the flow has no output of its name.
        flow_state: MediaConnect's word for the flow of that output, or None.
    """

    name: str
    platform: str
    channel_state: str
    pipelines_running: int
    channel_id: str
    flow_output: str | None
    flow_state: str | None


def statuses(
    medialive: MediaLiveClient, mediaconnect: MediaConnectClient, tags: Mapping[str, str]
) -> list[DestinationStatus]:
    """Return the status of every destination's channel that carries *tags*, by name.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    outputs = _flow_outputs(mediaconnect)
    found = []
    for page in medialive.get_paginator("list_channels").paginate():
        for channel in page["Channels"]:
            carried = channel.get("Tags", {})
            if not tags.items() <= carried.items() or "Destination" not in carried:
                continue
            flow_output, flow_state = outputs.get(channel["Name"], (None, None))
            found.append(
                DestinationStatus(
                    name=carried["Destination"],
                    platform=carried.get("Platform", "?"),
                    channel_state=channel["State"],
                    pipelines_running=channel.get("PipelinesRunningCount", 0),
                    channel_id=channel["Id"],
                    flow_output=flow_output,
                    flow_state=flow_state,
                )
            )
    return sorted(found, key=lambda status: status.name)


def _flow_outputs(mediaconnect: MediaConnectClient) -> dict[str, tuple[str, str]]:
    outputs: dict[str, tuple[str, str]] = {}
    for page in mediaconnect.get_paginator("list_flows").paginate():
        for listed in page["Flows"]:
            flow = mediaconnect.describe_flow(FlowArn=listed["FlowArn"])["Flow"]
            for output in flow.get("Outputs", []):
                status = output.get("OutputStatus", "ENABLED")
                outputs[output["Name"]] = (status, flow["Status"])
    return outputs
