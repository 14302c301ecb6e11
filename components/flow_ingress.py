"""FlowIngress: one flow's way into MediaLive."""

from __future__ import annotations

import pulumi

from catalog import names
from catalog.flow_source import FlowSource
from components import livestream
from components.lookups import Flow
from components.region_providers import RegionProviders


class FlowIngress(pulumi.ComponentResource):
    """One flow's way into MediaLive: a security group that only the flow's egress IP passes."""

    key: str
    flow: Flow
    source: FlowSource
    connection: RegionProviders
    security_group_id: pulumi.Output[str]

    def __init__(
        self, key: str, connection: RegionProviders, flow: Flow, source: FlowSource
    ) -> None:
        name = f"flow-{key}"
        super().__init__(
            "lunora:index:FlowIngress",
            name,
            opts=pulumi.ResourceOptions(providers=connection.providers),
        )
        self.key, self.flow, self.source, self.connection = key, flow, source, connection
        cidr = f"{flow.egress_ip}/32"
        tags = names.shared_tags(pulumi.get_project(), pulumi.get_stack())
        group = livestream.InputSecurityGroup(
            f"{name}-security-group",
            livestream.InputSecurityGroupArgs(cidrs=[cidr], tags=tags),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.security_group_id = group.id
        self.register_outputs({"flowArn": flow.arn, "securityGroupId": self.security_group_id})
