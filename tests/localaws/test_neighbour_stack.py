"""The deploy role of one stack against a stack whose name begins like its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog.names import shared_tags
from catalog.permissions import Scope, boundary_arn, policies
from catalog.policies import start_stop_channel_policy
from localaws.medialive.service import ACCOUNT
from localaws.server import LOCAL_FLOW, LOCAL_REGION, EmbeddedAws
from tests.support import roles
from tests.support.alarms import ALARM
from tests.support.clients import connect

PROJECT = "lunora-player"
SCOPE = Scope(ACCOUNT, PROJECT, "prod", (LOCAL_REGION,), (LOCAL_FLOW,))
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
GRANT = json.dumps(start_stop_channel_policy("*"))
EVENTS = '{"source": ["aws.medialive"]}'
Client = Callable[[str], Any]


def as_list(stack: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in shared_tags(PROJECT, stack).items()]


def make(client: Client, stack: str) -> None:
    """Make what a stack makes by name, as its program does."""
    name, tags = f"{PROJECT}-{stack}-show", as_list(stack)
    client("secretsmanager").create_secret(Name=f"{name}-passphrase", SecretString="old", Tags=tags)
    client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=TRUST,
        PermissionsBoundary=boundary_arn(SCOPE),
        Tags=tags,
    )
    client("cloudwatch").put_metric_alarm(AlarmName=name, **ALARM, Tags=tags)
    client("cloudwatch").put_dashboard(
        DashboardName=f"{PROJECT}-{stack}", DashboardBody='{"widgets": []}'
    )
    client("events").put_rule(Name=name, EventPattern=EVENTS, Tags=tags)
    client("sns").create_topic(Name=f"{PROJECT}-{stack}-alerts", Tags=tags)
    client("logs").create_log_group(
        logGroupName=f"/aws/lambda/{PROJECT}-{stack}-api", tags=shared_tags(PROJECT, stack)
    )
    client("ssm").put_parameter(
        Name=f"/{PROJECT}/{stack}/destinations/show/stream-key", Value="made-up", Type="String"
    )


def attacks(client: Client, stack: str) -> dict[str, Callable[[], Any]]:
    """Return calls that change or read what `make` makes, by their names."""
    name = f"{PROJECT}-{stack}-show"
    topic = f"arn:aws:sns:{LOCAL_REGION}:{ACCOUNT}:{PROJECT}-{stack}-alerts"
    rule = f"arn:aws:events:{LOCAL_REGION}:{ACCOUNT}:rule/{name}"
    alarm = f"arn:aws:cloudwatch:{LOCAL_REGION}:{ACCOUNT}:alarm:{name}"
    logs = f"/aws/lambda/{PROJECT}-{stack}-api"
    parameter = f"/{PROJECT}/{stack}/destinations/show/stream-key"
    secret, iam, cloudwatch = client("secretsmanager"), client("iam"), client("cloudwatch")
    events, sns, log, ssm = client("events"), client("sns"), client("logs"), client("ssm")
    ours, of_secret = as_list("prod"), {"SecretId": f"{name}-passphrase"}
    target = {"Id": "topic", "Arn": topic}
    return {
        "GetSecretValue": lambda: secret.get_secret_value(**of_secret),
        "PutSecretValue": lambda: secret.put_secret_value(**of_secret, SecretString="new"),
        "secretsmanager:TagResource": lambda: secret.tag_resource(**of_secret, Tags=ours),
        "secretsmanager:UntagResource": lambda: secret.untag_resource(
            **of_secret, TagKeys=["Stack"]
        ),
        "PutRolePolicy": lambda: iam.put_role_policy(
            RoleName=name, PolicyName="more", PolicyDocument=GRANT
        ),
        "PutRolePermissionsBoundary": lambda: iam.put_role_permissions_boundary(
            RoleName=name, PermissionsBoundary=boundary_arn(SCOPE)
        ),
        "TagRole": lambda: iam.tag_role(RoleName=name, Tags=ours),
        "UntagRole": lambda: iam.untag_role(RoleName=name, TagKeys=["Stack"]),
        "DeleteRolePolicy": lambda: iam.delete_role_policy(RoleName=name, PolicyName="more"),
        "PutMetricAlarm": lambda: cloudwatch.put_metric_alarm(AlarmName=name, **ALARM),
        "cloudwatch:TagResource": lambda: cloudwatch.tag_resource(ResourceARN=alarm, Tags=ours),
        "cloudwatch:UntagResource": lambda: cloudwatch.untag_resource(
            ResourceARN=alarm, TagKeys=["Stack"]
        ),
        "PutDashboard": lambda: cloudwatch.put_dashboard(
            DashboardName=f"{PROJECT}-{stack}", DashboardBody='{"widgets": []}'
        ),
        "PutRule": lambda: events.put_rule(Name=name, EventPattern=EVENTS),
        "PutTargets": lambda: events.put_targets(Rule=name, Targets=[target]),
        "RemoveTargets": lambda: events.remove_targets(Rule=name, Ids=["topic"]),
        "events:TagResource": lambda: events.tag_resource(ResourceARN=rule, Tags=ours),
        "SetTopicAttributes": lambda: sns.set_topic_attributes(
            TopicArn=topic, AttributeName="DisplayName", AttributeValue="ours"
        ),
        "Subscribe": lambda: sns.subscribe(
            TopicArn=topic, Protocol="email", Endpoint="somebody@example.org"
        ),
        "sns:TagResource": lambda: sns.tag_resource(ResourceArn=topic, Tags=ours),
        "PutRetentionPolicy": lambda: log.put_retention_policy(
            logGroupName=logs, retentionInDays=1
        ),
        "PutParameter": lambda: ssm.put_parameter(
            Name=parameter, Value="new", Type="String", Overwrite=True
        ),
        "GetParameter": lambda: ssm.get_parameter(Name=parameter),
        "DeleteParameter": lambda: ssm.delete_parameter(Name=parameter),
        "DeleteLogGroup": lambda: log.delete_log_group(logGroupName=logs),
        "DeleteSecret": lambda: secret.delete_secret(**of_secret, ForceDeleteWithoutRecovery=True),
        "DeleteAlarms": lambda: cloudwatch.delete_alarms(AlarmNames=[name]),
        "DeleteDashboards": lambda: cloudwatch.delete_dashboards(
            DashboardNames=[f"{PROJECT}-{stack}"]
        ),
        "DeleteRule": lambda: events.delete_rule(Name=name),
        "DeleteTopic": lambda: sns.delete_topic(TopicArn=topic),
        "DeleteRole": lambda: iam.delete_role(RoleName=name),
    }


def refused(calls: dict[str, Callable[[], Any]]) -> set[str]:
    """Make *calls*; return which of them the policies do not allow."""
    return {action for action, call in calls.items() if is_refused(call)}


def is_refused(call: Callable[[], Any]) -> bool:
    """Make the *call*; return whether the policies do not allow it."""
    try:
        call()
    except ClientError as error:
        # IAM leaves out the suffix that the others have.
        if not error.response["Error"]["Code"].startswith("AccessDenied"):
            raise
        return True
    return False


@pytest.fixture(scope="module")
def stacks() -> Iterator[tuple[Client, Client]]:
    """The clients of an administrator, and those of the deploy role of `prod`."""
    with EmbeddedAws(enforce_iam=True) as aws:
        roles.boundary(aws, SCOPE)
        session = roles.session(aws, "deploy", policies("deploy", SCOPE))
        keys = {
            "AccessKeyId": session["AWS_ACCESS_KEY_ID"],
            "SecretAccessKey": session["AWS_SECRET_ACCESS_KEY"],
            "SessionToken": session["AWS_SESSION_TOKEN"],
        }

        def administrator(service: str) -> Any:
            return connect(aws.endpoint, service, region=LOCAL_REGION)

        def deployer(service: str) -> Any:
            return connect(aws.endpoint, service, region=LOCAL_REGION, keys=keys)

        yield administrator, deployer


def test_the_deploy_role_rules_over_its_own_stack(stacks: tuple[Client, Client]) -> None:
    _, deployer = stacks
    make(deployer, "prod")
    assert refused(attacks(deployer, "prod")) == set()


@pytest.mark.parametrize("neighbour", ["prod-eu", "prod-2", "prod-2025", "production"])
def test_the_deploy_role_rules_over_no_neighbour(
    stacks: tuple[Client, Client], neighbour: str
) -> None:
    administrator, deployer = stacks
    make(administrator, neighbour)
    calls = attacks(deployer, neighbour)
    assert refused(calls) == set(calls)
