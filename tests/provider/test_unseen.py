"""A resource that AWS does not let be looked at while the engine plans."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.faults import CallFault, FaultPlan
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.flow_output import FlowOutput
from provider.resource import Change, Diff, Resource
from tests.provider.channels import TAGS


@pytest.fixture
def hasty(embedded: EmbeddedAws) -> AwsClients:
    """A connection that asks once."""
    return AwsClients("us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=0.0)


def blind(embedded: EmbeddedAws, operation: str) -> None:
    embedded.load_faults(FaultPlan(calls=(CallFault(operation=operation, fault="error"),)))


def planned(resource: Resource, resource_id: str, old: dict[str, Any], new: dict[str, Any]) -> Diff:
    return resource.diff(resource_id, old, old, new)


def test_a_flow_output_is_planned_to_be_looked_at_again(
    embedded: EmbeddedAws, aws: AwsClients, hasty: AwsClients, flow_arn: str
) -> None:
    declared = {
        "flowArn": flow_arn,
        "name": "one",
        "destination": "203.0.113.9",
        "tags": TAGS,
        "status": "ENABLED",
    }
    made = FlowOutput(aws).create("urn", declared)
    blind(embedded, "mediaconnect:DescribeFlow")
    plan = planned(FlowOutput(hasty), made.id, declared, declared)
    assert plan.changes == {"status": Change.UPDATE}
    assert plan.warning.startswith("LUN316: ")
