"""Edits of a destination's resources by hand in AWS."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from tests.support.workspace import PROJECT, STACK, Workspace

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who edits the resources of one destination in AWS.

    Attributes:
        workspace: the stack.
        origin: the first name of the destination.
    """

    workspace: Workspace
    origin: str

    @property
    def name(self) -> str:
        """The physical name of its resources."""
        return f"{PROJECT}-{STACK}-{self.origin}"

    @property
    def medialive(self) -> Any:
        """A client of MediaLive."""
        return self.workspace.client("medialive")

    @property
    def channel(self) -> dict[str, Any]:
        """Its channel, as MediaLive describes it."""
        pages = self.medialive.get_paginator("list_channels").paginate()
        channels = (channel for page in pages for channel in page["Channels"])
        (channel_id,) = (channel["Id"] for channel in channels if channel["Name"] == self.name)
        return {**self.medialive.describe_channel(ChannelId=channel_id)}

    def wait_for(self, state: str) -> dict[str, Any]:
        """Wait until the channel is in *state*; return it."""
        while (channel := self.channel)["State"] != state:
            time.sleep(_POLL_SECONDS)
        return channel

    def stop(self) -> dict[str, Any]:
        """Stop the channel; return it."""
        self.medialive.stop_channel(ChannelId=self.channel["Id"])
        return self.wait_for("IDLE")

    def encode(self, change: Callable[[dict[str, Any]], object], *, start: bool) -> None:
        """Stop the channel and *change* its first video; start it again, or leave it stopped."""
        self.wait_for("RUNNING")
        channel = self.stop()
        settings, name = channel["EncoderSettings"], {"ChannelId": channel["Id"]}
        change(settings["VideoDescriptions"][0])
        self.medialive.update_channel(**name, EncoderSettings=settings)
        self.wait_for("IDLE")
        if start:
            self.medialive.start_channel(**name)
            self.wait_for("RUNNING")

    def untag_input(self) -> None:
        """Remove a tag of the input."""
        inputs = self.medialive.list_inputs()["Inputs"]
        (arn,) = (push_input["Arn"] for push_input in inputs if push_input["Name"] == self.name)
        self.medialive.delete_tags(ResourceArn=arn, TagKeys=["Destination"])

    def open_group(self) -> None:
        """Let everybody into the security group."""
        (group, *_) = self.medialive.list_input_security_groups()["InputSecurityGroups"]
        self.medialive.update_input_security_group(
            InputSecurityGroupId=group["Id"], WhitelistRules=[{"Cidr": "0.0.0.0/0"}]
        )

    def delete_alarm(self) -> None:
        """Delete the first alarm."""
        cloudwatch = self.workspace.client("cloudwatch")
        alarms = cloudwatch.describe_alarms(AlarmNamePrefix=f"{self.name}-0-")["MetricAlarms"]
        cloudwatch.delete_alarms(AlarmNames=[alarms[0]["AlarmName"]])

    def output(self, operation: str, **members: Any) -> None:
        """Call an operation of MediaConnect on the flow output of the first pipeline."""
        outputs = self.workspace.flow_outputs()
        (output,) = (output for output in outputs if output["Name"] == self.name)
        arns = {member: output[member] for member in ("FlowArn", "OutputArn")}
        getattr(self.workspace.client("mediaconnect"), operation)(**arns, **members)

    def parameter(self, operation: str, **members: Any) -> None:
        """Call an operation of SSM on the parameter of the stream key."""
        name = f"/{PROJECT}/{STACK}/destinations/{self.origin}/stream-key"
        getattr(self.workspace.client("ssm"), operation)(Name=name, **members)


STOPPED, DISABLED = "the channel is stopped", "the flow output is disabled"
EDITS: Final[Mapping[str, Callable[[Hand], object]]] = {
    STOPPED: Hand.stop,
    "the channel is encoded in another way, and left stopped": lambda hand: hand.encode(
        lambda video: video.update(Height=360), start=False
    ),
    "the channel has another bitrate": lambda hand: hand.encode(
        lambda video: video["CodecSettings"]["H264Settings"].update(Bitrate=1_234_000), start=True
    ),
    "the channel is deleted": lambda hand: hand.medialive.delete_channel(
        ChannelId=hand.stop()["Id"]
    ),
    "a tag of the channel is changed": lambda hand: hand.medialive.create_tags(
        ResourceArn=hand.channel["Arn"], Tags={"Platform": "somewhere-else"}
    ),
    "a tag of the input is removed": Hand.untag_input,
    "the security group lets everybody in": Hand.open_group,
    # MediaConnect takes an address once in a flow, and an earlier edit may have left one.
    "the flow output sends elsewhere": lambda hand: hand.output(
        "update_flow_output",
        Destination="192.0.2.1",
        Port=1024 + crc32(hand.name.encode()) % 60_000,
    ),
    DISABLED: lambda hand: hand.output("update_flow_output", OutputStatus="DISABLED"),
    "the flow output is removed": lambda hand: hand.output("remove_flow_output"),
    "the parameter has another key": lambda hand: hand.parameter(
        "put_parameter", Value="by-hand", Overwrite=True
    ),
    "the parameter is deleted": lambda hand: hand.parameter("delete_parameter"),
    "an alarm is deleted": Hand.delete_alarm,
    "the dashboard is emptied": lambda hand: hand.workspace.client("cloudwatch").put_dashboard(
        DashboardName=f"{PROJECT}-{STACK}", DashboardBody='{"widgets": []}'
    ),
}
"""By a description in a few words."""
