"""Status is what AWS shows of the channels that carry the stack's tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lunora.ops.status import DestinationStatus, statuses
from tests.helpers import idle_channel, settle

OURS = {"ManagedBy": "lunora", "Project": "lunora-player", "Stack": "local"}


def test_only_channels_of_the_stack_are_shown_with_their_flow_outputs(
    client: Callable[[str], Any],
) -> None:
    medialive, mediaconnect = client("medialive"), client("mediaconnect")
    running = idle_channel(
        medialive, "b1", Tags={**OURS, "Destination": "b1", "Platform": "twitch"}
    )
    stopped = idle_channel(medialive, "a1", Tags={**OURS, "Destination": "a1"})
    idle_channel(medialive, "other", Tags={**OURS, "Stack": "prod", "Destination": "c1"})
    medialive.start_channel(ChannelId=running)
    settle(lambda: medialive.describe_channel(ChannelId=running)["State"], "RUNNING")
    flow = mediaconnect.list_flows()["Flows"][0]["FlowArn"]
    output = {"Name": "b1", "Protocol": "rtp", "Destination": "198.51.100.1", "Port": 5000}
    mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=[output])

    assert statuses(medialive, mediaconnect, OURS) == [
        DestinationStatus("a1", "?", "IDLE", 0, stopped, None, None),
        DestinationStatus("b1", "twitch", "RUNNING", 1, running, "ENABLED", "ACTIVE"),
    ]
