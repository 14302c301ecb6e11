"""A resource that AWS does not let be looked at while the engine plans."""

from __future__ import annotations

from typing import Any

import pytest
from provider.channel_state import ChannelState

from localaws.faults import CallFault, FaultPlan
from localaws.server import EmbeddedAws
from provider.aws import Aws, Cancelled
from provider.flow_output import FlowOutput
from provider.resource import Change, Diff, Resource
from tests.helpers import idle_channel
from tests.provider.test_resources import TAGS


@pytest.fixture
def hasty(embedded: EmbeddedAws) -> Aws:
    """A connection that asks once."""
    return Aws("us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=0.0)


@pytest.fixture
def running(aws: Aws, medialive: Any) -> dict[str, Any]:
    declared = {"channelId": idle_channel(medialive), "state": "running", "revision": "r"}
    ChannelState(aws).create("urn", declared)
    return declared


def blind(embedded: EmbeddedAws, operation: str) -> None:
    embedded.load_faults(FaultPlan(calls=(CallFault(operation=operation, fault="error"),)))


def planned(resource: Resource, resource_id: str, old: dict[str, Any], new: dict[str, Any]) -> Diff:
    return resource.diff(resource_id, old, old, new)


@pytest.mark.parametrize("change", [{}, {"state": "stopped"}])
def test_a_run_state_is_planned_to_be_looked_at_again(
    embedded: EmbeddedAws, hasty: Aws, running: dict[str, Any], change: dict[str, str]
) -> None:
    blind(embedded, "medialive:DescribeChannel")
    resource, channel_id = ChannelState(hasty), running["channelId"]
    found = planned(resource, channel_id, running, {**running, **change})
    assert found.changes == {"state": Change.UPDATE}
    assert found.warning.startswith(f"could not describe channel {channel_id}: DescribeChannel")
    assert found.warning.endswith("the fault plan says error; the update asks again")


def test_the_update_leaves_alone_what_was_as_declared(
    embedded: EmbeddedAws, aws: Aws, running: dict[str, Any]
) -> None:
    embedded.calls.clear()
    ChannelState(aws).update(running["channelId"], running, running, running)
    assert {call.operation for call in embedded.calls} == {"DescribeChannel"}


def test_a_flow_output_is_planned_to_be_looked_at_again(
    embedded: EmbeddedAws, aws: Aws, hasty: Aws, flow_arn: str
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
    found = planned(FlowOutput(hasty), made.id, declared, declared)
    assert found.changes == {"status": Change.UPDATE}
    assert "could not describe flow" in found.warning


def test_an_interrupted_run_plans_nothing(
    embedded: EmbeddedAws, hasty: Aws, running: dict[str, Any]
) -> None:
    blind(embedded, "medialive:DescribeChannel")
    patient = Aws("us-west-2", endpoint=embedded.endpoint)
    patient.cancel()
    with pytest.raises(Cancelled):
        planned(ChannelState(patient), running["channelId"], running, running)
