"""Status is what AWS shows of the channels that carry the stack's tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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


@pytest.mark.parametrize("tag", OURS)
def test_a_channel_that_lacks_one_of_the_tags_is_foreign(
    client: Callable[[str], Any], tag: str
) -> None:
    medialive = client("medialive")
    idle_channel(medialive, "other", Tags={**OURS, tag: "other", "Destination": "other"})
    without = {key: value for key, value in OURS.items() if key != tag}
    idle_channel(medialive, "without", Tags={**without, "Destination": "without"})
    idle_channel(medialive, "untagged")
    idle_channel(medialive, "of-no-destination", Tags=OURS)
    assert statuses(medialive, client("mediaconnect"), OURS) == []


def test_a_disabled_flow_output_is_shown_as_such(client: Callable[[str], Any]) -> None:
    medialive, mediaconnect = client("medialive"), client("mediaconnect")
    idle_channel(medialive, "one", Tags={**OURS, "Destination": "one"})
    flow = mediaconnect.list_flows()["Flows"][0]["FlowArn"]
    output = {"Name": "one", "Protocol": "rtp", "Destination": "198.51.100.1", "Port": 5000}
    made = mediaconnect.add_flow_outputs(
        FlowArn=flow, Outputs=[{**output, "OutputStatus": "DISABLED"}]
    )
    assert made["Outputs"][0]["OutputStatus"] == "DISABLED"
    (one,) = statuses(medialive, mediaconnect, OURS)
    assert one.flow_output == "DISABLED"
