"""Injected faults follow their plan, and repeat by its seed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, ConnectionClosedError

from localaws.faults import CallFault, FaultPlan, FaultPlanError, Faults
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.channel_resource import Channel
from provider.flow_output import FlowOutput
from tests.support.medialive import channel_request, idle_channel, push_input, settle


def load(embedded: EmbeddedAws, **plan: Any) -> None:
    embedded.load_faults(FaultPlan.model_validate(plan))


def state_of(medialive: Any, channel_id: str) -> str:
    return str(medialive.describe_channel(ChannelId=channel_id)["State"])


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("throttled", 429, "TooManyRequestsException"),
        ("error", 500, "InternalServerErrorException"),
        ("conflict", 409, "ConflictException"),
        ("unavailable", 503, "ServiceUnavailableException"),
    ],
)
def test_the_nth_call_is_refused(
    embedded: EmbeddedAws, medialive: Any, fault: str, status: int, code: str
) -> None:
    load(embedded, calls=[{"operation": "medialive:List*", "nth": 2, "fault": fault}])
    medialive.list_channels()
    with pytest.raises(ClientError) as caught:
        medialive.list_channels()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert caught.value.response["Error"]["Code"] == code
    medialive.list_channels()


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ssm", "DescribeParameters", "ThrottlingException"),
        ("iam", "ListRoles", "Throttling"),
        ("sns", "ListTopics", "Throttling"),
    ],
)
def test_other_services_are_throttled_in_their_own_words(
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    service: str,
    operation: str,
    code: str,
) -> None:
    call = xform_name(operation)
    load(embedded, calls=[{"operation": f"{service}:{operation}", "nth": 1, "fault": "throttled"}])
    with pytest.raises(ClientError) as caught:
        getattr(client(service), call)()
    assert caught.value.response["Error"]["Code"] == code
    getattr(client(service), call)()
    assert embedded.faults.happened == [f"{service}:{operation} -: throttled"]


@pytest.mark.parametrize(("fault", "there"), [("dropped-before", 0), ("dropped-after", 1)])
def test_an_answer_of_another_service_is_lost(
    embedded: EmbeddedAws, client: Callable[[str], Any], fault: str, there: int
) -> None:
    load(embedded, calls=[{"operation": "ssm:PutParameter", "fault": fault}])
    with pytest.raises(ConnectionClosedError):
        client("ssm").put_parameter(Name="/a", Value="v", Type="String")
    assert len(client("ssm").describe_parameters()["Parameters"]) == there


@pytest.mark.parametrize(("fault", "made"), [("dropped-before", 0), ("dropped-after", 1)])
def test_a_connection_is_dropped_before_or_after_the_effect(
    embedded: EmbeddedAws, medialive: Any, fault: str, made: int
) -> None:
    load(embedded, calls=[{"operation": "medialive:CreateInput*", "fault": fault}])
    with pytest.raises(ConnectionClosedError):
        medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.1/32"}])
    assert len(medialive.list_input_security_groups()["InputSecurityGroups"]) == made


def test_a_fault_can_leave_the_first_calls_alone(embedded: EmbeddedAws, medialive: Any) -> None:
    load(embedded, calls=[{"operation": "medialive:ListInputs", "after": 2, "fault": "conflict"}])
    medialive.list_inputs()
    medialive.list_inputs()
    for _ in range(2):
        with pytest.raises(ClientError):
            medialive.list_inputs()


def test_calls_of_other_services_are_met_by_the_names_in_them(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    load(embedded, calls=[{"operation": "*:*", "resource": "*two*", "fault": "conflict"}])
    ssm, iam, cloudwatch = client("ssm"), client("iam"), client("cloudwatch")
    ssm.put_parameter(Name="/one", Value="two", Type="String")
    iam.list_roles()
    cloudwatch.describe_alarms(AlarmNames=["one"])
    for call, named in (
        (ssm.get_parameter, {"Name": "/two"}),
        (iam.get_role, {"RoleName": "two"}),
        (cloudwatch.describe_alarms, {"AlarmNames": ["one", "two"]}),
    ):
        with pytest.raises(ClientError, match="the fault plan says conflict"):
            call(**named)


def test_an_output_that_is_added_is_met_by_its_name(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    load(embedded, calls=[{"operation": "*:AddFlowOutputs", "resource": "two", "fault": "limit"}])
    mediaconnect = client("mediaconnect")
    flow = mediaconnect.list_flows()["Flows"][0]["FlowArn"]

    def add(name: str) -> None:
        output = {"Name": name, "Protocol": "rtp", "Destination": "198.51.100.1", "Port": 5000}
        mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=[output])

    add("one")
    with pytest.raises(ClientError, match="the fault plan says limit"):
        add("two")


def test_a_slow_answer_is_an_answer(embedded: EmbeddedAws, medialive: Any) -> None:
    load(embedded, calls=[{"operation": "*:ListInputs", "fault": "slow", "seconds": 0}])
    assert medialive.list_inputs()["Inputs"] == []
    assert embedded.faults.happened == ["medialive:ListInputs -: slow"]


def test_only_calls_about_the_named_thing_are_met(embedded: EmbeddedAws, medialive: Any) -> None:
    first, second = idle_channel(medialive, "one"), idle_channel(medialive, "two")
    load(
        embedded,
        calls=[{"operation": "medialive:StartChannel", "resource": "t*", "fault": "conflict"}],
    )
    medialive.start_channel(ChannelId=first)
    with pytest.raises(ClientError):
        medialive.start_channel(ChannelId=second)


def test_a_share_of_calls_is_the_same_share_again() -> None:
    fault = CallFault(operation="a:*", share=0.3, fault="error")

    def struck(seed: int, names: list[str]) -> set[str]:
        faults = Faults(FaultPlan(seed=seed, calls=(fault,)))
        return {name for name in names if faults.of_call("a:B", {name})}

    names = [f"thing-{number}" for number in range(200)]
    assert struck(1, names) == struck(1, names[::-1])
    assert struck(1, names) != struck(2, names)
    assert 30 < len(struck(1, names)) < 90


def test_a_fault_happens_at_most_so_often() -> None:
    faults = Faults(FaultPlan(calls=(CallFault(operation="*", times=2, fault="error"),)))
    assert [bool(faults.of_call("a:B", set())) for _ in range(4)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("calls: [{operation: x, fault: nonsense}]", "calls.0.fault: Input should be"),
        ("calls: [{operation: x, fault: error, nth: 1, share: 0.5}]", "give nth or share"),
        ("calls: [{fault: error}]", "calls.0.operation: Field required"),
        ("cals: []", "cals: Extra inputs"),
        ("[", "is not valid YAML"),
    ],
)
def test_a_wrong_plan_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "plan.yaml").write_text(text)
    with pytest.raises(FaultPlanError, match=sentence):
        FaultPlan.load(tmp_path / "plan.yaml")


STATE_FAULTS = {
    "create-failed": ("medialive:CreateChannel", "CREATE_FAILED"),
    "hangs": ("medialive:CreateChannel", "CREATING"),
}


@pytest.mark.parametrize("fault", STATE_FAULTS)
def test_a_channel_that_does_not_come_up(embedded: EmbeddedAws, medialive: Any, fault: str) -> None:
    operation, state = STATE_FAULTS[fault]
    load(embedded, mishaps=[{"operation": operation, "resource": "one", "fault": fault}])
    made = medialive.create_channel(**channel_request(push_input(medialive)))["Channel"]["Id"]
    assert [state_of(medialive, made) for _ in range(5)][-1] == state


def test_a_running_channel_dies_recovers_and_raises_alerts(
    embedded: EmbeddedAws, medialive: Any
) -> None:
    channel = idle_channel(medialive)
    assert embedded.trigger("dies", "one") == []
    medialive.start_channel(ChannelId=channel)
    settle(lambda: state_of(medialive, channel), "RUNNING")
    assert embedded.trigger("recovers", "o*") == ["one"]
    assert state_of(medialive, channel) == "RECOVERING"
    settle(lambda: state_of(medialive, channel), "RUNNING")
    assert embedded.trigger("dies", "one") == ["one"]
    assert state_of(medialive, channel) == "IDLE"
    embedded.trigger("alert", "one")
    (alert,) = medialive.list_alerts(ChannelId=channel)["Alerts"]
    assert (alert["State"], alert["PipelineId"]) == ("SET", "0")


def test_a_flow_goes_to_standby(embedded: EmbeddedAws, client: Callable[[str], Any]) -> None:
    (name,) = embedded.trigger("standby", "*-srt-router")
    (flow,) = client("mediaconnect").list_flows()["Flows"]
    assert (flow["Name"], flow["Status"]) == (name, "STANDBY")


def test_faults_are_loaded_and_ended_over_the_control_address(
    embedded: EmbeddedAws, medialive: Any
) -> None:
    def ask(method: str, what: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - http on loopback
            f"{embedded.endpoint}/_localaws/{what}",
            method=method,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - http on loopback
            return json.load(answer)

    ask("PUT", "faults", {"calls": [{"operation": "medialive:ListInputs", "fault": "throttled"}]})
    with pytest.raises(ClientError):
        medialive.list_inputs()
    assert ask("GET", "faults")["happened"] == ["medialive:ListInputs -: throttled"]
    ask("DELETE", "faults")
    medialive.list_inputs()
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ask("PUT", "faults", {"calls": "all"})
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask("POST", "mishaps", {"fault": "dies", "resource": "nothing"})
    before = embedded.clock.now()
    ask("POST", "clock", {"seconds": 3600})
    assert embedded.clock.now() - before > 3599


def test_the_plugin_gets_through_throttling_conflicts_and_lost_answers(
    embedded: EmbeddedAws, medialive: Any, aws: AwsClients
) -> None:
    tags = {"ManagedBy": "lunora", "Project": "p", "Stack": "s", "Destination": "one"}
    channel = idle_channel(medialive, Tags=tags)
    flow = aws.mediaconnect.list_flows()["Flows"][0]["FlowArn"]
    load(
        embedded,
        calls=[
            {"operation": "medialive:StartChannel", "nth": 1, "fault": "conflict"},
            {"operation": "medialive:DescribeChannel", "times": 2, "fault": "throttled"},
            {"operation": "mediaconnect:AddFlowOutputs", "nth": 1, "fault": "limit"},
            {"operation": "mediaconnect:AddFlowOutputs", "nth": 2, "fault": "dropped-after"},
        ],
    )
    existing = {"name": "one", "existingId": channel, "state": "running", "tags": tags}
    Channel(aws).create("urn", existing)
    assert state_of(medialive, channel) == "RUNNING"
    inputs = {"flowArn": flow, "name": "one", "destination": "198.51.100.1", "tags": tags}
    made = FlowOutput(aws).create("urn", inputs)
    (output,) = aws.mediaconnect.describe_flow(FlowArn=flow)["Flow"]["Outputs"]
    assert output["OutputArn"] == made.id
    assert len(embedded.faults.happened) == 5
