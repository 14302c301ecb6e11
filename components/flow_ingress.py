"""FlowIngress: the resources between one flow and MediaLive."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from catalog.flow_source import FlowSource
from components import livestream, naming
from components.lookups import Flow
from components.region_providers import RegionProviders


@dataclass(frozen=True, slots=True)
class FlowIngressArgs:
    """Inputs of a `FlowIngress`.

    Attributes:
        key: the flow's key in destination files.
        flow: the existing flow.
        source: the stream that it carries.
        region_providers: the providers of its region.
        pushes: whether it pushes to inputs; else it needs no security group.
    """

    key: str
    flow: Flow
    source: FlowSource
    region_providers: RegionProviders
    pushes: bool = True


class FlowIngress(pulumi.ComponentResource):
    """The way from one flow into MediaLive: a security group that admits the flow alone, if any."""

    key: str
    flow: Flow
    source: FlowSource
    region_providers: RegionProviders
    security_group_id: pulumi.Output[str] | None = None

    def __init__(
        self, name: str, args: FlowIngressArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:FlowIngress", name, opts=opts)
        self.key, self.flow, self.source = args.key, args.flow, args.source
        self.region_providers = args.region_providers
        if args.pushes:
            group = livestream.InputSecurityGroup(
                f"{name}-security-group",
                livestream.InputSecurityGroupArgs(
                    cidrs=[f"{args.flow.egress_ip}/32"], tags=naming.shared_tags()
                ),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.security_group_id = group.id
        self.register_outputs({"flowArn": args.flow.arn, "securityGroupId": self.security_group_id})
