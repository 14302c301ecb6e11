"""An input that takes flows, on which MediaLive makes the outputs."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.flow_input import FlowInput
from provider.push_input import PushInput
from tests.support.flows import active_flow, trusted_role
from tests.support.medialive import channel_request, push_input, settle

TAGS = {"ManagedBy": "lunora", "Project": "p", "Stack": "s", "Destination": "one"}


@pytest.fixture
def flows(mediaconnect: Any) -> list[str]:
    """The ARNs of two flows in two zones."""
    first = mediaconnect.list_flows()["Flows"][0]["FlowArn"]
    return [first, active_flow(mediaconnect, "second", AvailabilityZone="us-west-2b")]


@pytest.fixture
def inputs(flows: list[str], client: Any) -> dict[str, Any]:
    role_arn = trusted_role(client("iam"), "medialive", "medialive")
    return {"name": "one", "flowArns": flows[:1], "roleArn": role_arn, "tags": TAGS}


def managed(mediaconnect: Any, flow_arn: str) -> list[str]:
    """Return the inputs that MediaLive made outputs of a flow for."""
    outputs = mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"]
    return [output["MediaLiveInputArn"] for output in outputs if "MediaLiveInputArn" in output]


def test_medialive_makes_the_output_and_removes_it(
    aws: AwsClients, mediaconnect: Any, flows: list[str], inputs: dict[str, Any]
) -> None:
    resource = FlowInput(aws)
    made = resource.create("urn", inputs)
    assert managed(mediaconnect, flows[0]) == [made.state["arn"]]
    read = resource.read("urn", made.id, inputs, made.state)
    assert read is not None
    assert read.inputs == inputs
    resource.delete(made.id, made.state)
    assert managed(mediaconnect, flows[0]) == []


def test_an_orphan_of_another_type_is_not_adopted(
    aws: AwsClients, medialive: Any, inputs: dict[str, Any]
) -> None:
    group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.1/32"}])
    groups = [group["SecurityGroup"]["Id"]]
    pushed = {"name": "one", "securityGroupIds": groups, "tags": TAGS}
    orphan = PushInput(aws).create("urn", pushed).id
    made = FlowInput(aws).create("urn", inputs)
    assert made.id != orphan
    assert FlowInput(aws).create("urn", inputs).id == made.id, "an interrupted run left it"


def test_other_flows_are_a_stop_an_update_and_a_start(
    aws: AwsClients,
    medialive: Any,
    mediaconnect: Any,
    embedded: EmbeddedAws,
    flows: list[str],
    inputs: dict[str, Any],
) -> None:
    resource = FlowInput(aws)
    made = resource.create("urn", inputs)
    request = channel_request(made.id, Tags=TAGS)
    channel_id = medialive.create_channel(**request)["Channel"]["Id"]
    state = lambda: medialive.describe_channel(ChannelId=channel_id)["State"]  # noqa: E731
    settle(state, "IDLE")
    medialive.start_channel(ChannelId=channel_id)
    settle(state, "RUNNING")
    moved = {**inputs, "flowArns": flows[1:]}
    assert "flowArns" in resource.diff(made.id, inputs, made.state, moved).warning
    embedded.calls.clear()
    assert resource.update(made.id, inputs, made.state, moved)["flowArns"] == flows[1:]
    operations = [call.operation for call in embedded.calls]
    assert [
        name for name in operations if name in {"StopChannel", "UpdateInput", "StartChannel"}
    ] == [
        "StopChannel",
        "UpdateInput",
        "StartChannel",
    ]
    assert [managed(mediaconnect, arn) for arn in flows] == [[], [made.state["arn"]]]


def test_a_push_input_keeps_its_own_output(medialive: Any, mediaconnect: Any) -> None:
    push_input(medialive)
    (flow,) = mediaconnect.list_flows()["Flows"]
    assert managed(mediaconnect, flow["FlowArn"]) == []
