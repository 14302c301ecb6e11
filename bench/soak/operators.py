"""What people do beside the files: by `lunora`, and by hand in AWS."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.soak.recorder import PREFIX
from tests.support.workspace import Workspace

_LOOK_SECONDS = 0.2
_GROUP = PREFIX.removesuffix("-")


@dataclass(frozen=True, slots=True)
class Hand:
    """Who edits by hand in AWS.

    Attributes:
        workspace: where.
        origin: what, by its first name.
        channel_id: of its channel.
    """

    workspace: Workspace
    origin: str
    channel_id: str

    @property
    def name(self) -> str:
        """What its things are called in AWS."""
        return f"{PREFIX}{self.origin}"

    def output(self) -> tuple[Any, str, str]:
        """Return the client, the flow and the flow output of the first pipeline."""
        mediaconnect = self.workspace.client("mediaconnect")
        for listed in mediaconnect.list_flows()["Flows"]:
            flow = mediaconnect.describe_flow(FlowArn=listed["FlowArn"])["Flow"]
            for output in flow["Outputs"]:
                if output["Name"] == self.name:
                    return mediaconnect, flow["FlowArn"], output["OutputArn"]
        raise LookupError(self.name)

    def until(self, state: str) -> Any:
        """Wait until the channel is in *state*; returns the client."""
        medialive = self.workspace.client("medialive")
        while medialive.describe_channel(ChannelId=self.channel_id)["State"] != state:
            time.sleep(_LOOK_SECONDS)
        return medialive


def _removes_output(hand: Hand) -> None:
    mediaconnect, flow, output = hand.output()
    mediaconnect.remove_flow_output(FlowArn=flow, OutputArn=output)


def _redirects_output(hand: Hand) -> None:
    mediaconnect, flow, output = hand.output()
    mediaconnect.update_flow_output(FlowArn=flow, OutputArn=output, Port=9)


def _disables_output(hand: Hand) -> None:
    mediaconnect, flow, output = hand.output()
    mediaconnect.update_flow_output(FlowArn=flow, OutputArn=output, OutputStatus="DISABLED")


def _stops(hand: Hand) -> None:
    hand.workspace.client("medialive").stop_channel(ChannelId=hand.channel_id)
    hand.until("IDLE")


def _changes_bitrate(hand: Hand) -> None:
    medialive = hand.until("RUNNING")
    settings = medialive.describe_channel(ChannelId=hand.channel_id)["EncoderSettings"]
    settings["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]["Bitrate"] = 1_234_000
    medialive.stop_channel(ChannelId=hand.channel_id)
    hand.until("IDLE")
    medialive.update_channel(ChannelId=hand.channel_id, EncoderSettings=settings)
    hand.until("IDLE")
    medialive.start_channel(ChannelId=hand.channel_id)
    hand.until("RUNNING")


def _retags(hand: Hand) -> None:
    medialive = hand.workspace.client("medialive")
    arn = medialive.describe_channel(ChannelId=hand.channel_id)["Arn"]
    medialive.create_tags(ResourceArn=arn, Tags={"Platform": "somewhere-else"})


def _deletes_parameter(hand: Hand) -> None:
    name = f"/{_GROUP.replace('-local', '/local')}/destinations/{hand.origin}/stream-key"
    hand.workspace.client("ssm").delete_parameter(Name=name)


def _deletes_alarm(hand: Hand) -> None:
    cloudwatch = hand.workspace.client("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNamePrefix=hand.name)["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[found[0]["AlarmName"]])


def _opens_group(hand: Hand) -> None:
    medialive = hand.workspace.client("medialive")
    group = medialive.list_input_security_groups()["InputSecurityGroups"][0]["Id"]
    rules = [{"Cidr": "203.0.113.10/32"}, {"Cidr": "198.51.100.7/32"}]
    medialive.update_input_security_group(InputSecurityGroupId=group, WhitelistRules=rules)


BY_HAND: Mapping[str, Callable[[Hand], None]] = {
    "removes a flow output": _removes_output,
    "redirects a flow output": _redirects_output,
    "disables a flow output": _disables_output,
    "stops a channel in the console": _stops,
    "changes a channel's bitrate": _changes_bitrate,
    "changes a tag": _retags,
    "deletes a parameter": _deletes_parameter,
    "deletes an alarm": _deletes_alarm,
    "opens the security group": _opens_group,
}
"""Edits in AWS, of what a running destination is made of."""


def leave_over(workspace: Workspace, rng: random.Random) -> str:
    """Leave something behind that carries the stack's tags and is in no file; returns its name."""
    name = f"{PREFIX}gone-{rng.randrange(1000):03}"
    tags = {"Project": "lunora-player", "Stack": "local", "ManagedBy": "lunora"}
    medialive = workspace.client("medialive")
    group = medialive.list_input_security_groups()["InputSecurityGroups"][0]["Id"]
    medialive.create_input(
        Name=name,
        Type="RTP_PUSH",
        InputSecurityGroups=[group],
        Tags={**tags, "Destination": name.removeprefix(PREFIX)},
    )
    return name
