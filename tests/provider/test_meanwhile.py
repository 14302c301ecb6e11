"""Changes by others between two calls: resources that vanish, stop, or refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.faults import FaultPlan
from localaws.server import EmbeddedAws
from provider import channel_lifecycle
from provider.aws import AwsClients
from provider.flow import GetFlow
from provider.flow_output import FlowOutput
from provider.push_input import PushInput
from provider.resource import PartialCreateError, ResourceError
from tests.provider.channels import TAGS
from tests.support.medialive import idle_channel

NO_FLOW = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-0:none"
NO_OUTPUT = "arn:aws:mediaconnect:us-west-2:123456789012:output:1-0:none"


@pytest.fixture
def input_inputs(medialive: Any) -> dict[str, Any]:
    group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
    return {"name": "one", "securityGroupIds": [group["SecurityGroup"]["Id"]], "tags": TAGS}


def hurried(embedded: EmbeddedAws) -> AwsClients:
    """Return a connection whose waits are over at their second look."""
    seconds = iter(range(0, 10**9, 1000))
    return AwsClients(
        "us-west-2",
        endpoint=embedded.endpoint,
        sleep=lambda _: None,
        clock=lambda: float(next(seconds)),
    )


def output(flow_arn: str, **changed: Any) -> dict[str, Any]:
    return {
        "flowArn": flow_arn,
        "name": "one",
        "protocol": "rtp",
        "destination": "198.51.100.1",
        "port": 5000,
        "tags": TAGS,
        **changed,
    }


def denied(operation: str) -> Callable[..., Any]:
    """Return a call that AWS answers with 403."""
    answer: Any = {
        "Error": {"Code": "ForbiddenException", "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": 403},
    }

    def deny(**_: Any) -> Any:
        raise ClientError(answer, operation)

    return deny


def test_a_channel_that_stops_after_each_start_is_given_up_with_a_sentence(
    aws: AwsClients, medialive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel_id = idle_channel(medialive)
    parameters: list[str] = []
    monkeypatch.setattr(aws.medialive, "start_channel", lambda **about: parameters.append(*about))
    with pytest.raises(ResourceError, match=r"^LUN331"):
        channel_lifecycle.start(aws, channel_id)
    assert parameters == ["ChannelId"] * 3


def test_a_channel_that_is_gone_by_the_time_it_is_stopped_is_stopped(
    aws: AwsClients, embedded: EmbeddedAws, medialive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel_id, channels = idle_channel(medialive), embedded.medialive().region.channels
    channels[channel_id].members["State"] = "RUNNING"
    stop = aws.medialive.stop_channel

    def too_late(**members: Any) -> Any:
        channels.pop(channel_id)
        return stop(**members)

    monkeypatch.setattr(aws.medialive, "stop_channel", too_late)
    assert channel_lifecycle.stop(aws, channel_id) == "DELETED"


@pytest.mark.parametrize(
    ("bring", "state", "reached"),
    [
        (channel_lifecycle.start, "IDLE", "RUNNING"),
        (channel_lifecycle.start, "STARTING", "RUNNING"),
        (channel_lifecycle.stop, "RUNNING", "IDLE"),
        (channel_lifecycle.stop, "CREATE_FAILED", "CREATE_FAILED"),
    ],
)
def test_a_channel_is_brought_to_its_state(
    aws: AwsClients,
    embedded: EmbeddedAws,
    medialive: Any,
    bring: Callable[[AwsClients, str], str],
    state: str,
    reached: str,
) -> None:
    channel_id = idle_channel(medialive)
    item = embedded.medialive().region.channels[channel_id]
    item.members["State"] = state
    if state == "STARTING":
        item.transition = embedded.clock.begin("channel.start", "RUNNING")
    assert bring(aws, channel_id) == reached


@pytest.mark.parametrize("state", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_a_broken_channel_cannot_be_started(
    aws: AwsClients, embedded: EmbeddedAws, medialive: Any, state: str
) -> None:
    channel_id = idle_channel(medialive)
    embedded.medialive().region.channels[channel_id].members["State"] = state
    with pytest.raises(ResourceError, match=f"LUN331.*{state}"):
        channel_lifecycle.start(aws, channel_id)


def test_a_channel_that_hangs_ends_at_the_deadline(embedded: EmbeddedAws, medialive: Any) -> None:
    channel_id = idle_channel(medialive)
    embedded.medialive().region.channels[channel_id].members["State"] = "STARTING"
    with pytest.raises(ResourceError, match=r"^LUN315"):
        channel_lifecycle.start(hurried(embedded), channel_id)


def test_an_interrupted_run_ends_a_wait(embedded: EmbeddedAws) -> None:
    interrupted = AwsClients("us-west-2", endpoint=embedded.endpoint)
    interrupted.cancel()
    with pytest.raises(ResourceError, match=r"^LUN318"):
        interrupted.wait(lambda: None, action="nothing happened")


def test_a_flow_without_an_egress_address_is_refused(
    aws: AwsClients, flow_arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = aws.mediaconnect.describe_flow(FlowArn=flow_arn)
    del flow["Flow"]["EgressIp"]
    monkeypatch.setattr(aws.mediaconnect, "describe_flow", lambda **_: flow)
    with pytest.raises(ResourceError, match=r"^LUN341"):
        GetFlow(aws)({"arn": flow_arn})


def test_an_input_that_never_gets_its_endpoints_is_remembered(
    aws: AwsClients, embedded: EmbeddedAws, input_inputs: dict[str, Any]
) -> None:
    input_id = PushInput(aws).create("urn", input_inputs).id
    embedded.medialive().region.inputs[input_id].members["State"] = "CREATING"
    with pytest.raises(PartialCreateError, match=r"^LUN315") as caught:
        PushInput(hurried(embedded)).create("urn", input_inputs)
    assert caught.value.resource_id == input_id


def test_an_input_that_vanishes_while_it_is_made_is_said(
    aws: AwsClients,
    embedded: EmbeddedAws,
    input_inputs: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = aws.medialive.create_input

    def vanishing(**members: Any) -> Any:
        answer = made(**members)
        embedded.medialive().region.inputs.clear()
        return answer

    monkeypatch.setattr(aws.medialive, "create_input", vanishing)
    with pytest.raises(PartialCreateError, match=r"^LUN330"):
        PushInput(aws).create("urn", input_inputs)


def test_an_update_of_an_input_that_is_gone_says_what_to_do(
    aws: AwsClients, input_inputs: dict[str, Any]
) -> None:
    with pytest.raises(ResourceError, match=r"^LUN330"):
        PushInput(aws).update("404", input_inputs, {}, {**input_inputs, "tags": {}})


@pytest.mark.parametrize("state", ["DELETING", "DELETED"])
def test_a_deletion_under_way_is_waited_for_and_then_over(
    aws: AwsClients, embedded: EmbeddedAws, input_inputs: dict[str, Any], state: str
) -> None:
    resource = PushInput(aws)
    created = resource.create("urn", input_inputs)
    embedded.medialive().region.inputs[created.id].members["State"] = state
    assert (resource.read("urn", created.id, {}, {}) is None) == (state == "DELETED")


def test_an_output_that_the_flow_refuses_fails_and_is_not_taken_for_made(
    aws: AwsClients, flow_arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws.mediaconnect, "add_flow_outputs", denied("AddFlowOutputs"))
    with pytest.raises(ResourceError, match="LUN31"):
        FlowOutput(aws).create("urn", output(flow_arn))


def test_an_output_whose_creation_was_answered_too_late_is_adopted(
    aws: AwsClients, embedded: EmbeddedAws, flow_arn: str
) -> None:
    embedded.load_faults(
        FaultPlan.parse("calls: [{operation: '*:AddFlowOutputs', fault: dropped-after, nth: 1}]")
    )
    created = FlowOutput(aws).create("urn", output(flow_arn))
    outputs = aws.mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"]
    assert [output["OutputArn"] for output in outputs] == [created.id]


def test_an_output_of_no_flow_cannot_be_imported(aws: AwsClients, flow_arn: str) -> None:
    FlowOutput(aws).create("urn", output(flow_arn))
    assert FlowOutput(aws).read("urn", NO_OUTPUT, {}, {}) is None
    assert FlowOutput(aws).read("urn", NO_OUTPUT, {}, {"flowArn": NO_FLOW}) is None


def test_tags_of_an_output_that_are_no_longer_declared_go(aws: AwsClients, flow_arn: str) -> None:
    resource, before = FlowOutput(aws), output(flow_arn, tags={**TAGS, "Owner": "x"})
    created = resource.create("urn", before)
    resource.update(created.id, before, created.state, output(flow_arn))
    tags = aws.mediaconnect.list_tags_for_resource(ResourceArn=created.id)["Tags"]
    assert tags == TAGS


def test_what_may_not_be_removed_is_one_sentence(
    aws: AwsClients, flow_arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = FlowOutput(aws).create("urn", output(flow_arn))
    monkeypatch.setattr(aws.mediaconnect, "remove_flow_output", denied("RemoveFlowOutput"))
    with pytest.raises(ResourceError, match="LUN31"):
        FlowOutput(aws).delete(created.id, created.state)


@pytest.mark.parametrize(
    ("operation", "bring", "reached"),
    [
        ("StartChannel", channel_lifecycle.start, "RUNNING"),
        ("StopChannel", channel_lifecycle.stop, "IDLE"),
    ],
)
def test_a_start_or_stop_whose_answer_is_lost_is_asked_twice_at_most(
    embedded: EmbeddedAws,
    medialive: Any,
    operation: str,
    bring: Callable[[AwsClients, str], str],
    reached: str,
) -> None:
    aws = AwsClients("us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=2)
    channel_id = idle_channel(medialive)
    if operation == "StopChannel":
        channel_lifecycle.start(aws, channel_id)
    embedded.load_faults(
        FaultPlan.parse(f"calls: [{{operation: '*:{operation}', fault: dropped-after, nth: 1}}]")
    )
    embedded.calls.clear()
    assert bring(aws, channel_id) == reached
    assert [call.operation for call in embedded.calls].count(operation) == 2
