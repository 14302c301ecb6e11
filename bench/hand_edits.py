"""Edits of a destination's resources by hand in AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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
        (channel_id,) = (
            channel["Id"]
            for page in pages
            for channel in page["Channels"]
            if channel["Name"] == self.name
        )
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

    def edit_output(self, operation: str, **members: Any) -> None:
        """Call an operation of MediaConnect on the flow output of the first pipeline."""
        mediaconnect = self.workspace.client("mediaconnect")
        for listed in mediaconnect.list_flows()["Flows"]:
            flow = mediaconnect.describe_flow(FlowArn=listed["FlowArn"])["Flow"]
            for output in flow["Outputs"]:
                if output["Name"] == self.name:
                    arns = {"FlowArn": flow["FlowArn"], "OutputArn": output["OutputArn"]}
                    getattr(mediaconnect, operation)(**arns, **members)
                    return
        raise LookupError(self.name)


def _stop(hand: Hand) -> None:
    hand.stop()


def _re_encode(hand: Hand) -> None:
    channel = hand.stop()
    channel["EncoderSettings"]["VideoDescriptions"][0]["Height"] = 360
    hand.medialive.update_channel(
        ChannelId=channel["Id"], EncoderSettings=channel["EncoderSettings"]
    )


def _change_bitrate(hand: Hand) -> None:
    hand.wait_for("RUNNING")
    channel = hand.stop()
    settings = channel["EncoderSettings"]
    settings["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]["Bitrate"] = 1_234_000
    hand.medialive.update_channel(ChannelId=channel["Id"], EncoderSettings=settings)
    hand.wait_for("IDLE")
    hand.medialive.start_channel(ChannelId=channel["Id"])
    hand.wait_for("RUNNING")


def _untag_input(hand: Hand) -> None:
    inputs = hand.medialive.list_inputs()["Inputs"]
    (arn,) = (push_input["Arn"] for push_input in inputs if push_input["Name"] == hand.name)
    hand.medialive.delete_tags(ResourceArn=arn, TagKeys=["Destination"])


def _open_group(hand: Hand) -> None:
    group = hand.medialive.list_input_security_groups()["InputSecurityGroups"][0]["Id"]
    rules = [{"Cidr": "0.0.0.0/0"}]
    hand.medialive.update_input_security_group(InputSecurityGroupId=group, WhitelistRules=rules)


def _delete_alarm(hand: Hand) -> None:
    cloudwatch = hand.workspace.client("cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix=f"{hand.name}-0-")["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[alarms[0]["AlarmName"]])


def _empty_dashboard(hand: Hand) -> None:
    body = json.dumps({"widgets": []})
    cloudwatch = hand.workspace.client("cloudwatch")
    cloudwatch.put_dashboard(DashboardName=f"{PROJECT}-{STACK}", DashboardBody=body)


def _delete_channel(hand: Hand) -> None:
    hand.medialive.delete_channel(ChannelId=hand.stop()["Id"])


def _retag_channel(hand: Hand) -> None:
    tags = {"Platform": "somewhere-else"}
    hand.medialive.create_tags(ResourceArn=hand.channel["Arn"], Tags=tags)


def _of_output(operation: str, **members: Any) -> Callable[[Hand], None]:
    return lambda hand: hand.edit_output(operation, **members)


def _of_parameter(operation: str, **members: Any) -> Callable[[Hand], None]:
    def edit(hand: Hand) -> None:
        name = f"/{PROJECT}/{STACK}/destinations/{hand.origin}/stream-key"
        getattr(hand.workspace.client("ssm"), operation)(Name=name, **members)

    return edit


STOPPED, DISABLED = "the channel is stopped", "the flow output is disabled"
EDITS: Final[Mapping[str, Callable[[Hand], None]]] = {
    STOPPED: _stop,
    "the channel is encoded in another way, and left stopped": _re_encode,
    "the channel has another bitrate": _change_bitrate,
    "the channel is deleted": _delete_channel,
    "a tag of the channel is changed": _retag_channel,
    "a tag of the input is removed": _untag_input,
    "the security group lets everybody in": _open_group,
    "the flow output sends elsewhere": _of_output("update_flow_output", Destination="192.0.2.1"),
    DISABLED: _of_output("update_flow_output", OutputStatus="DISABLED"),
    "the flow output is removed": _of_output("remove_flow_output"),
    "the parameter has another key": _of_parameter(
        "put_parameter", Value="by-hand", Overwrite=True
    ),
    "the parameter is deleted": _of_parameter("delete_parameter"),
    "an alarm is deleted": _delete_alarm,
    "the dashboard is emptied": _empty_dashboard,
}
"""By a description in a few words."""
