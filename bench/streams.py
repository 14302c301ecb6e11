"""Destinations on air in an embedded AWS, to be measured on."""

from __future__ import annotations

from typing import Any

from localaws.server import EmbeddedAws
from lunora.stack import Stack
from tests.support.medialive import channel_request


def build(aws: EmbeddedAws, stack: Stack, count: int) -> None:
    """Make *count* destinations and let them be on air for ten minutes."""
    clients = stack.aws()
    live, connect = clients.medialive, clients.mediaconnect
    flow = connect.list_flows()["Flows"][0]["FlowArn"]
    group = live.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
    for number in range(count):
        name = f"{stack.project}-{stack.name}-d{number}"
        made = live.create_input(
            Name=name, Type="RTP_PUSH", InputSecurityGroups=[group["SecurityGroup"]["Id"]]
        )
        input_id = made["Input"]["Id"]
        _settle(aws, live.describe_input, InputId=input_id)
        tags = {**stack.tags, "Destination": f"d{number}", "Platform": "custom"}
        channel = live.create_channel(**channel_request(input_id, name, Tags=tags))["Channel"]
        end = live.describe_input(InputId=input_id)["Destinations"][0]["Ip"]
        output: Any = {"Name": name, "Protocol": "rtp", "Destination": end, "Port": 5000}
        connect.add_flow_outputs(FlowArn=flow, Outputs=[output])
        _settle(aws, live.describe_channel, ChannelId=channel["Id"])
        live.start_channel(ChannelId=channel["Id"])
        _settle(aws, live.describe_channel, ChannelId=channel["Id"])
    aws.clock.advance(600)


def _settle(aws: EmbeddedAws, look: Any, **about: str) -> None:
    for _ in range(4):
        aws.clock.advance(60)
        look(**about)
