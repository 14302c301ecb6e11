"""With --enforce-iam: who may do what is what their policies say, in every protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from localaws.server import EmbeddedAws
from tests.support.iam import ACCOUNT, allow, assume, connect, document, role, user
from tests.support.medialive import idle_channel, push_input, settle


@pytest.fixture(scope="session")
def _strict_server() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(enforce_iam=True) as aws:
        yield aws


@pytest.fixture
def strict(_strict_server: EmbeddedAws) -> EmbeddedAws:
    """An emulator that enforces policies, as it is at its start."""
    _strict_server.reset()
    return _strict_server


def refused(call: Callable[[], Any]) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    answer: Any = caught.value.response
    return (
        answer["Error"]["Code"],
        answer["ResponseMetadata"]["HTTPStatusCode"],
        answer["Error"]["Message"],
    )


def test_the_administrator_may_do_everything(strict: EmbeddedAws) -> None:
    assert idle_channel(connect(strict, "medialive"))
    connect(strict, "ssm").put_parameter(Name="/a", Value="made-up", Type="SecureString")
    assert connect(strict, "logs").describe_log_groups()["logGroups"] == []


def test_a_stranger_may_do_nothing(strict: EmbeddedAws) -> None:
    keys = {"AccessKeyId": "AKIASTRANGER", "SecretAccessKey": "made-up"}
    code, status, message = refused(connect(strict, "medialive", keys).list_channels)
    assert (code, status) == ("UnrecognizedClientException", 403)
    assert "security token" in message
    assert refused(connect(strict, "iam", keys).list_roles)[:2] == ("InvalidClientTokenId", 403)


REST, JSON, QUERY = (
    ("AccessDeniedException", 403),
    ("AccessDeniedException", 400),
    ("AccessDenied", 403),
)
MONTH = {
    "TimePeriod": {"Start": "2026-03-01", "End": "2026-04-01"},
    "Granularity": "MONTHLY",
    "Metrics": ["UnblendedCost"],
}
REFUSALS = [
    ("medialive", "ListChannels", {}, REST),
    ("mediaconnect", "ListFlows", {}, REST),
    ("scheduler", "ListSchedules", {}, REST),
    ("ssm", "GetParameter", {"Name": "/a"}, JSON),
    ("events", "DescribeRule", {"Name": "a"}, JSON),
    ("cloudwatch", "DescribeAlarms", {}, JSON),
    ("cloudwatch", "PutCompositeAlarm", {"AlarmName": "a", "AlarmRule": "TRUE"}, JSON),
    ("ce", "GetCostAndUsage", MONTH, JSON),
    ("iam", "GetRole", {"RoleName": "a"}, QUERY),
    ("sns", "ListTopics", {}, QUERY),
]


@pytest.mark.parametrize(("service", "operation", "members", "answer"), REFUSALS)
def test_a_refusal_comes_in_the_form_of_its_protocol(
    strict: EmbeddedAws, service: str, operation: str, members: Any, answer: tuple[str, int]
) -> None:
    caller = connect(strict, service, user(strict, allow("sts:GetCallerIdentity")))
    code, status, message = refused(lambda: getattr(caller, xform_name(operation))(**members))
    assert (code, status) == answer
    who, action = f"arn:aws:iam::{ACCOUNT}:user/ann", f"{service}:{operation}"
    assert message.startswith(f"User: {who} is not authorized to perform: {action} on resource:")


def test_every_protocol_passes_with_its_permission(strict: EmbeddedAws) -> None:
    keys = user(
        strict,
        allow("ssm:PutParameter", f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/ours/*"),
        allow("cloudwatch:DescribeAlarms"),
        allow("scheduler:GetSchedule", "arn:aws:scheduler:*:*:schedule/default/ours"),
        allow("sns:CreateTopic", f"arn:aws:sns:us-west-2:{ACCOUNT}:ours"),
    )
    ssm = connect(strict, "ssm", keys)
    ssm.put_parameter(Name="/ours/a", Value="made-up", Type="String")
    assert refused(lambda: ssm.put_parameter(Name="/b", Value="x", Type="String"))[1] == 400
    assert connect(strict, "cloudwatch", keys).describe_alarms()["MetricAlarms"] == []
    scheduler = connect(strict, "scheduler", keys)
    assert refused(lambda: scheduler.get_schedule(Name="ours"))[0] == "ResourceNotFoundException"
    assert refused(lambda: scheduler.get_schedule(Name="b"))[0] == "AccessDeniedException"
    assert connect(strict, "sns", keys).create_topic(Name="ours")["TopicArn"].endswith(":ours")


def test_tags_on_the_request_and_on_the_resource_decide(strict: EmbeddedAws) -> None:
    keys = user(
        strict,
        allow(
            "medialive:CreateInputSecurityGroup",
            Condition={"StringEquals": {"aws:RequestTag/Stack": "ours"}},
        ),
        allow("medialive:CreateTags", Condition={"StringEquals": {"aws:RequestTag/Stack": "ours"}}),
        allow(
            "medialive:DeleteInputSecurityGroup",
            Condition={"StringEquals": {"aws:ResourceTag/Stack": "ours"}},
        ),
    )
    medialive = connect(strict, "medialive", keys)
    rules = [{"Cidr": "203.0.113.1/32"}]

    def group(**more: Any) -> str:
        made = medialive.create_input_security_group(WhitelistRules=rules, **more)
        group_id: str = made["SecurityGroup"]["Id"]
        return group_id

    medialive.delete_input_security_group(InputSecurityGroupId=group(Tags={"Stack": "ours"}))
    assert refused(group)[1] == 403
    theirs = connect(strict, "medialive").create_input_security_group(WhitelistRules=rules)
    foreign = theirs["SecurityGroup"]["Id"]
    delete = medialive.delete_input_security_group
    assert refused(lambda: delete(InputSecurityGroupId=foreign))[1] == 403


def test_a_role_is_passed_only_with_permission_for_its_service(strict: EmbeddedAws) -> None:
    channel = idle_channel(connect(strict, "medialive"))
    arn = role(strict, {"Service": "medialive.amazonaws.com"})
    passing = {"StringEquals": {"iam:PassedToService": "medialive.amazonaws.com"}}
    may = user(strict, allow("medialive:*"), allow("iam:PassRole", arn, Condition=passing))
    may_not = user(strict, allow("medialive:*"), name="bob")

    connect(strict, "medialive", may).update_channel(ChannelId=channel, RoleArn=arn)
    update = connect(strict, "medialive", may_not).update_channel
    message = refused(lambda: update(ChannelId=channel, RoleArn=arn))[2]
    assert f"perform: iam:PassRole on resource: {arn}" in message


def test_an_assumed_role_may_what_the_role_may(strict: EmbeddedAws) -> None:
    arn = role(strict, {"AWS": ACCOUNT}, allow("medialive:ListChannels"))
    medialive = connect(strict, "medialive", assume(strict, arn))
    assert medialive.list_channels()["Channels"] == []
    message = refused(medialive.list_inputs)[2]
    assert f"User: arn:aws:sts::{ACCOUNT}:assumed-role/r/session is not authorized" in message


def test_a_session_policy_only_takes_away(strict: EmbeddedAws) -> None:
    arn = role(strict, {"AWS": ACCOUNT}, allow("medialive:ListChannels"))
    session = assume(strict, arn, Policy=document(allow("medialive:ListInputs")))
    medialive = connect(strict, "medialive", session)
    assert refused(medialive.list_channels)[1] == 403, "the session policy does not allow it"
    assert refused(medialive.list_inputs)[1] == 403, "the role does not allow it"


def test_a_permissions_boundary_only_takes_away(strict: EmbeddedAws) -> None:
    arn = role(strict, {"AWS": ACCOUNT}, allow("medialive:*"))
    iam = connect(strict, "iam")
    limit = iam.create_policy(
        PolicyName="b", PolicyDocument=document(allow("medialive:ListInputs"))
    )
    iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=limit["Policy"]["Arn"])
    medialive = connect(strict, "medialive", assume(strict, arn))
    assert medialive.list_inputs()["Inputs"] == []
    assert refused(medialive.list_channels)[1] == 403


@pytest.mark.parametrize(
    ("policy", "status", "state"),
    [("medialive:StartChannel", 200, "RUNNING"), ("medialive:StopChannel", 403, "IDLE")],
)
def test_a_schedule_may_only_what_its_role_may(
    strict: EmbeddedAws, policy: str, status: int, state: str
) -> None:
    medialive, scheduler = connect(strict, "medialive"), connect(strict, "scheduler")
    channel = idle_channel(medialive)
    arn = role(strict, {"Service": "scheduler.amazonaws.com"}, allow(policy))
    scheduler.create_schedule(
        Name="one",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:medialive:startChannel",
            "RoleArn": arn,
            "Input": json.dumps({"ChannelId": channel}),
        },
    )
    strict.advance(1)
    strict.calls.clear()
    strict.advance(3600)
    fired = [call.status for call in strict.calls if call.service == "scheduler"]
    assert fired == [status]
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], state)


def test_groups_and_managed_policies_count(strict: EmbeddedAws) -> None:
    keys = user(strict, allow("ssm:GetParameter"))
    iam = connect(strict, "iam")
    managed = iam.create_policy(PolicyName="m", PolicyDocument=document(allow("medialive:List*")))
    iam.create_group(GroupName="g")
    iam.attach_group_policy(GroupName="g", PolicyArn=managed["Policy"]["Arn"])
    iam.add_user_to_group(GroupName="g", UserName="ann")
    assert connect(strict, "medialive", keys).list_inputs()["Inputs"] == []


def test_a_role_is_assumed_only_by_whom_it_trusts(strict: EmbeddedAws) -> None:
    may, may_not = user(strict, allow("sts:AssumeRole")), user(strict, name="bob")
    delegating = role(strict, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    assert assume(strict, delegating, may)["SessionToken"]
    message = refused(lambda: assume(strict, delegating, may_not))[2]
    assert "no identity-based policy allows the sts:AssumeRole action" in message

    connect(strict, "iam").update_assume_role_policy(
        RoleName="r",
        PolicyDocument=document(
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/bob"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "made-up"}},
            }
        ),
    )
    assert assume(strict, delegating, may_not, ExternalId="made-up")["SessionToken"]
    assert "trust policy" in refused(lambda: assume(strict, delegating, may_not))[2]
    assert (
        "trust policy" in refused(lambda: assume(strict, delegating, may, ExternalId="made-up"))[2]
    )
    missing = delegating.replace("role/r", "role/none")
    assert "does not exist" in refused(lambda: assume(strict, missing))[2]


def test_what_cannot_be_judged_is_said_and_not_allowed(strict: EmbeddedAws) -> None:
    keys = user(
        strict,
        allow("medialive:*", Condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01"}}),
    )
    code, status, message = refused(connect(strict, "medialive", keys).list_channels)
    assert (code, status) == ("NotImplementedException", 501)
    assert "DateLessThan" in message
    assert refused(connect(strict, "logs", keys).describe_log_groups)[0] == "AccessDeniedException"
    assert refused(connect(strict, "sqs", keys).list_queues)[0] == "NotImplementedException"


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("BatchUpdateSchedule", {}),
        ("DescribeSchedule", {}),
        ("DeleteSchedule", {}),
        ("DescribeThumbnails", {"PipelineId": "0", "ThumbnailType": "CURRENT_ACTIVE"}),
    ],
)
def test_a_schedule_and_thumbnails_are_of_their_channel(
    strict: EmbeddedAws, operation: str, members: dict[str, Any]
) -> None:
    strict.readings.choose({"thumbnails-idle": "empty"})
    channel = idle_channel(connect(strict, "medialive"))
    arn = f"arn:aws:medialive:us-west-2:{ACCOUNT}:channel:{channel}"
    keys = user(strict, allow(f"medialive:{operation}", Resource=arn))
    call = getattr(connect(strict, "medialive", keys), xform_name(operation))
    assert call(ChannelId=channel, **members)
    assert refused(lambda: call(ChannelId="999", **members))[1] == 403


def test_a_deleted_resource_carries_no_tags_any_more(strict: EmbeddedAws) -> None:
    admin = connect(strict, "medialive")
    input_id = push_input(admin)
    arn = admin.describe_input(InputId=input_id)["Arn"]
    admin.create_tags(ResourceArn=arn, Tags={"Stack": "ours"})
    tagged = {"StringEquals": {"aws:ResourceTag/Stack": "ours"}}
    keys = user(strict, allow("medialive:DescribeInput", Condition=tagged))
    describe = connect(strict, "medialive", keys).describe_input
    assert describe(InputId=input_id)["Id"] == input_id
    admin.delete_input(InputId=input_id)
    settle(lambda: admin.describe_input(InputId=input_id)["State"], "DELETED")
    assert refused(lambda: describe(InputId=input_id))[1] == 403


def test_access_keys_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "aws.state"
    with EmbeddedAws(state_file=state, enforce_iam=True) as aws:
        user(aws, allow("medialive:ListChannels"))
        arn = role(aws, {"AWS": ACCOUNT}, allow("medialive:ListChannels"))
        sessions = [user(aws, allow("medialive:List*"), name="bob"), assume(aws, arn)]
    with EmbeddedAws(state_file=state, enforce_iam=True) as aws:
        for keys in sessions:
            assert connect(aws, "medialive", keys).list_channels()["Channels"] == []


def test_parts_of_flows_and_multiplexes_are_resources(strict: EmbeddedAws) -> None:
    (flow,) = connect(strict, "mediaconnect").list_flows()["Flows"]
    arn = flow["FlowArn"]
    keys = user(
        strict,
        allow("mediaconnect:GrantFlowEntitlements", arn),
        allow("mediaconnect:GrantFlowEntitlements", f"arn:aws:mediaconnect:*:{ACCOUNT}:*:ours"),
        allow("mediaconnect:AddFlowVpcInterfaces", arn),
        allow("mediaconnect:AddFlowVpcInterfaces", f"{arn}/vpcInterface/ours"),
        allow("medialive:*Multiplex*", f"arn:aws:medialive:us-west-2:{ACCOUNT}:multiplex:*"),
    )
    mediaconnect = connect(strict, "mediaconnect", keys)

    def grant(name: str, **more: Any) -> Any:
        entitlement = {"Name": name, "Subscribers": [ACCOUNT], **more}
        return mediaconnect.grant_flow_entitlements(FlowArn=arn, Entitlements=[entitlement])

    grant("ours")
    assert ":entitlement:*:theirs because" in refused(lambda: grant("theirs"))[2]
    message = refused(lambda: grant("ours", EntitlementTags={"a": "b"}))[2]
    assert "mediaconnect:TagResource" in message
    interface = {
        "Name": "ours",
        "RoleArn": role(strict, {"Service": "mediaconnect.amazonaws.com"}),
        "SecurityGroupIds": ["sg-1"],
        "SubnetId": "subnet-1",
    }
    add = {"FlowArn": arn, "VpcInterfaces": [interface]}
    assert "iam:PassRole" in refused(lambda: mediaconnect.add_flow_vpc_interfaces(**add))[2]
    interface["Name"] = "theirs"
    message = refused(lambda: mediaconnect.add_flow_vpc_interfaces(**add))[2]
    assert f"{arn}/vpcInterface/theirs because" in message
    medialive = connect(strict, "medialive", keys)
    settings = {"TransportStreamBitrate": 1_000_000, "TransportStreamId": 1}
    multiplex = {
        "Name": "mux",
        "AvailabilityZones": ["us-west-2a", "us-west-2b"],
        "MultiplexSettings": settings,
        "RequestId": "mux",
    }
    made = medialive.create_multiplex(**multiplex)["Multiplex"]["Id"]
    assert medialive.describe_multiplex(MultiplexId=made)["Id"] == made
    assert "medialive:ListMultiplexes" in refused(medialive.list_multiplexes)[2]
    tagged = {**multiplex, "RequestId": "other", "Tags": {"a": "b"}}
    assert "medialive:CreateTags" in refused(lambda: medialive.create_multiplex(**tagged))[2]
