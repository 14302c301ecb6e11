"""The stack's CloudWatch dashboards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from catalog import alarms, dashboard
from components import naming
from components.flow_ingress import FlowIngress
from components.placeholders import without_dependencies
from components.stack_resources import StackResources
from components.stream_destination import StreamDestination


@dataclass(frozen=True, slots=True)
class DashboardsArgs:
    """Inputs of `Dashboards`.

    Attributes:
        ingresses: the flows.
        destinations: the destinations; those without a channel have no row.
    """

    ingresses: Sequence[FlowIngress]
    destinations: Sequence[StreamDestination]

    @classmethod
    def of(
        cls, shared: StackResources, destinations: Iterable[StreamDestination]
    ) -> DashboardsArgs:
        """Return the inputs from the stack's resources."""
        return cls(tuple(shared.ingresses.values()), tuple(destinations))


class Dashboards(pulumi.ComponentResource):
    """The flows and one row per destination, on as many dashboards as AWS's limit requires."""

    def __init__(
        self, name: str, args: DashboardsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:Dashboards", name, opts=opts)
        flows = [_flow_row(ingress) for ingress in args.ingresses]
        rows = [
            _row(destination, channel_id)
            for destination in args.destinations
            if (channel_id := destination.channel_id)
        ]
        bodies = pulumi.Output.all(*rows).apply(lambda values: dashboard.bodies(flows, values))
        stack = naming.stack_name()
        for page in range(dashboard.pages(len(flows), len(rows))):
            aws.cloudwatch.Dashboard(
                f"dashboard-{page + 1}",
                # A hyphen would make it the name of the stack `<stack>-2`.
                dashboard_name=stack if page == 0 else f"{stack}__{page + 1}",
                dashboard_body=bodies.apply(_page(page)),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _page(number: int) -> Callable[[Sequence[dict[str, Any]]], str]:
    return lambda bodies: json.dumps(bodies[number])


def _flow_row(ingress: FlowIngress) -> dashboard.FlowRow:
    flow = ingress.flow
    return dashboard.FlowRow(name=flow.name, arn=flow.arn, region=ingress.region_providers.region)


def _row(destination: StreamDestination, channel_id: pulumi.Output[str]) -> Any:
    spec, region = destination.args.spec, destination.args.ingress.region_providers.region

    def row(channel_id: str) -> dashboard.DestinationRow:
        return dashboard.DestinationRow(
            name=spec.name,
            about=spec.platform_facts.title,
            region=region,
            channel_id=channel_id,
            pipelines=len(alarms.pipelines(spec)),
            output_group=destination.output_group,
        )

    return without_dependencies(channel_id).apply(row)
