"""Inputs and flow outputs that somebody else made: missed when they go, taken over where named."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.flow_output import FlowOutput
from provider.push_input import PushInput
from provider.resource import Change, ResourceError

TAGS = {"ManagedBy": "lunora", "Project": "p", "Stack": "s", "Destination": "one"}


@pytest.fixture
def push_input(medialive: Any) -> dict[str, Any]:
    group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
    return {"name": "one", "securityGroupIds": [group["SecurityGroup"]["Id"]], "tags": TAGS}


@pytest.fixture
def output(flow_arn: str) -> dict[str, Any]:
    return {
        "flowArn": flow_arn,
        "name": "old-one",
        "protocol": "rtp",
        "destination": "198.51.100.1",
        "port": 5000,
        "status": "ENABLED",
        "description": "made by hand",
        "tags": TAGS,
    }


@pytest.fixture
def by_hand(mediaconnect: Any, flow_arn: str) -> str:
    """An output that carries a stranger's tags; its ARN."""
    added = mediaconnect.add_flow_outputs(
        FlowArn=flow_arn,
        Outputs=[
            {
                "Name": "old-one",
                "Protocol": "rtp",
                "Destination": "198.51.100.1",
                "Port": 5000,
                "Description": "made by hand",
                "OutputTags": {"Team": "video"},
            }
        ],
    )
    return str(added["Outputs"][0]["OutputArn"])


def operations(embedded: EmbeddedAws) -> set[str]:
    looks = ("Describe", "List")
    return {call.operation for call in embedded.calls if not call.operation.startswith(looks)}


def test_inputs_that_are_there_are_looked_for_in_one_listing(
    embedded: EmbeddedAws, push_input: dict[str, Any]
) -> None:
    resource = PushInput(AwsClients("us-west-2", endpoint=embedded.endpoint, clock=lambda: 0.0))
    made = [resource.create("urn", {**push_input, "name": name}) for name in ("a", "b", "c")]
    embedded.calls.clear()
    for created in made:
        assert not resource.diff(created.id, push_input, created.state, push_input).changed
    assert [call.operation for call in embedded.calls] == ["ListInputs"]


def test_an_input_that_somebody_deleted_is_planned_again(
    aws: AwsClients, medialive: Any, push_input: dict[str, Any]
) -> None:
    resource = PushInput(aws)
    made = resource.create("urn", push_input)
    medialive.delete_input(InputId=made.id)
    diff = resource.diff(made.id, push_input, made.state, push_input)
    assert diff.changes == {"arn": Change.UPDATE}
    assert diff.replaces == {"arn"}
    assert diff.delete_before_replace
    assert diff.warning == "push input one is missing in AWS; it is created again"
    resource.delete(made.id, made.state)
    assert PushInput(aws).create("urn", push_input).id != made.id


def test_an_input_that_only_the_listing_lacks_is_left_alone(
    aws: AwsClients, embedded: EmbeddedAws, push_input: dict[str, Any]
) -> None:
    resource = PushInput(aws)
    aws.recent("push inputs", frozenset)
    made = resource.create("urn", push_input)
    embedded.calls.clear()
    aws.recent("push inputs", frozenset)
    assert not resource.diff(made.id, push_input, made.state, push_input).changed


def test_an_existing_output_is_taken_over_as_it_is(
    aws: AwsClients, mediaconnect: Any, embedded: EmbeddedAws, output: dict[str, Any], by_hand: str
) -> None:
    embedded.calls.clear()
    made = FlowOutput(aws).create("urn", {**output, "existingId": by_hand})
    assert made.id == by_hand
    assert made.state == {**output, "arn": by_hand}
    assert operations(embedded) == {"TagResource", "UntagResource"}
    tags = mediaconnect.list_tags_for_resource(ResourceArn=by_hand)["Tags"]
    assert tags == TAGS


def test_an_existing_output_is_brought_to_what_is_declared(
    aws: AwsClients, mediaconnect: Any, output: dict[str, Any], by_hand: str
) -> None:
    FlowOutput(aws).create("urn", {**output, "existingId": by_hand, "status": "DISABLED"})
    (described,) = mediaconnect.describe_flow(FlowArn=output["flowArn"])["Flow"]["Outputs"]
    assert (described["OutputArn"], described["OutputStatus"]) == (by_hand, "DISABLED")


@pytest.mark.parametrize(
    "change", [{"existingId": "arn:aws:mediaconnect:gone"}, {"name": "another"}]
)
def test_another_output_than_the_named_one_is_not_taken(
    aws: AwsClients, output: dict[str, Any], by_hand: str, change: dict[str, str]
) -> None:
    with pytest.raises(ResourceError, match=r"^LUN333"):
        FlowOutput(aws).create("urn", {**output, "existingId": by_hand, **change})


def test_an_existing_input_is_taken_over(
    aws: AwsClients, medialive: Any, embedded: EmbeddedAws, push_input: dict[str, Any]
) -> None:
    request = {"Name": "one", "Type": "RTP_PUSH", "Tags": {"Team": "video"}}
    groups = push_input["securityGroupIds"]
    existing = medialive.create_input(**request, InputSecurityGroups=groups)["Input"]["Id"]
    embedded.calls.clear()
    made = PushInput(aws).create("urn", {**push_input, "existingId": existing})
    assert (made.id, made.state["tags"]) == (existing, TAGS)
    assert len(made.state["endpoints"]) == 2
    assert operations(embedded) == {"CreateTags", "DeleteTags"}


def test_an_input_that_is_not_there_cannot_be_taken_over(
    aws: AwsClients, push_input: dict[str, Any]
) -> None:
    with pytest.raises(ResourceError, match=r"^LUN333"):
        PushInput(aws).create("urn", {**push_input, "existingId": "404"})


def test_what_was_taken_over_is_no_difference_later(
    aws: AwsClients, output: dict[str, Any], push_input: dict[str, Any], by_hand: str
) -> None:
    named = {**output, "existingId": by_hand}
    made = FlowOutput(aws).create("urn", named)
    for old, new in ((named, output), (output, named)):
        assert not FlowOutput(aws).diff(made.id, old, made.state, new).changed
    refreshed = FlowOutput(aws).read("urn", made.id, named, made.state)
    assert refreshed is not None
    assert refreshed.inputs == named
    there = PushInput(aws).create("urn", push_input)
    named = {**push_input, "existingId": there.id}
    assert not PushInput(aws).diff(there.id, named, there.state, push_input).changed
