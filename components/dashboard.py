"""The stack's CloudWatch dashboards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from catalog import alarms, dashboard, names
from catalog.model import DestinationSpec
from components.flow_ingress import FlowIngress
from components.placeholders import without_dependencies
from components.stack_resources import StackResources
from components.stream_destination import StreamDestination


class Dashboards(pulumi.ComponentResource):
    """The flows and one row per destination; as many dashboards as it takes."""

    def __init__(
        self,
        shared: StackResources,
        specs: Sequence[DestinationSpec],
        destinations: dict[str, StreamDestination],
    ) -> None:
        options = pulumi.ResourceOptions(providers=shared.home.providers)
        super().__init__("lunora:index:Dashboards", "dashboards", opts=options)
        flows = [_flow_row(ingress) for ingress in shared.ingresses]
        channels = {
            name: without_dependencies(one.channel_id)
            for name, one in destinations.items()
            if one.channel_id
        }
        specs = [spec for spec in specs if spec.name in channels]
        rows = pulumi.Output.all(
            *(
                _row(
                    spec,
                    shared.ingress(spec),
                    channels[spec.name],
                    destinations[spec.name].output_group,
                )
                for spec in specs
            )
        )
        bodies = rows.apply(lambda found: dashboard.bodies(flows, found))
        stack = names.stack_name(pulumi.get_project(), pulumi.get_stack())
        for page in range(dashboard.pages(len(flows), len(specs))):
            aws.cloudwatch.Dashboard(
                f"dashboard-{page + 1}",
                dashboard_name=stack if page == 0 else f"{stack}-{page + 1}",
                dashboard_body=bodies.apply(_page(page)),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _page(number: int) -> Callable[[Sequence[dict[str, Any]]], str]:
    return lambda bodies: json.dumps(bodies[number])


def _flow_row(ingress: FlowIngress) -> dashboard.FlowRow:
    flow = ingress.flow
    return dashboard.FlowRow(name=flow.name, arn=flow.arn, region=ingress.connection.region)


def _row(
    spec: DestinationSpec, ingress: FlowIngress, channel: pulumi.Output[str], output_group: str
) -> Any:
    def row(channel_id: str) -> dashboard.DestinationRow:
        return dashboard.DestinationRow(
            name=spec.name,
            about=spec.platform_facts.title,
            region=ingress.connection.region,
            channel_id=channel_id,
            pipelines=len(alarms.pipelines(spec)),
            output_group=output_group,
        )

    return channel.apply(row)
