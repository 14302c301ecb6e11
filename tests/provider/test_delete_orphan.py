"""Orphans of an interrupted run are deleted before their creation; nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from localaws.faults import CallFault, FaultPlan
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.delete_orphan import DeleteOrphan
from provider.named_orphans import KINDS
from provider.resource import ResourceError
from tests.provider.channels import FOREIGN, TAGS
from tests.support.medialive import idle_channel

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "medialive.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def clear(
    aws: AwsClients, kind: str, name: str = "one", tags: dict[str, str] | None = None
) -> None:
    DeleteOrphan(aws)({"kind": kind, "name": name, "tags": tags or TAGS})


def role(client: Callable[[str], Any], **tags: str) -> str:
    listed = [{"Key": key, "Value": value} for key, value in {**TAGS, **tags}.items()]
    made = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=listed)
    arn: str = made["Role"]["Arn"]
    return arn


class TestParameter:
    def put(self, client: Callable[[str], Any], tags: dict[str, str]) -> None:
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        client("ssm").put_parameter(Name="/a", Value="v", Type="SecureString", Tags=listed)

    def test_where_there_is_none_nothing_happens(self, aws: AwsClients) -> None:
        clear(aws, "parameter", "/a")

    @pytest.mark.parametrize(("tags", "left"), [(TAGS, 0), (FOREIGN, 1), ({}, 1)])
    def test_only_one_of_ours_goes(
        self, aws: AwsClients, client: Callable[[str], Any], tags: dict[str, str], left: int
    ) -> None:
        self.put(client, tags)
        clear(aws, "parameter", "/a")
        assert len(client("ssm").describe_parameters()["Parameters"]) == left

    def test_what_is_refused_otherwise_is_one_sentence(
        self, aws: AwsClients, embedded: EmbeddedAws
    ) -> None:
        fault = CallFault(operation="ssm:ListTagsForResource", fault="conflict", times=1)
        embedded.load_faults(FaultPlan(calls=(fault,)))
        with pytest.raises(ResourceError, match=r"^LUN317"):
            clear(aws, "parameter", "/a")


class TestRole:
    def test_where_there_is_none_nothing_happens(self, aws: AwsClients) -> None:
        clear(aws, "role", "r")

    @pytest.mark.parametrize(("stack", "left"), [("s", 0), ("another", 1)])
    def test_only_one_of_this_stack_goes(
        self, aws: AwsClients, client: Callable[[str], Any], stack: str, left: int
    ) -> None:
        role(client, Stack=stack)
        clear(aws, "role", "r")
        assert len(client("iam").list_roles()["Roles"]) == left

    @pytest.mark.parametrize(("stack", "left"), [("s", 0), ("another", 1)])
    def test_one_that_all_destinations_share_goes_without_the_tag_of_any(
        self, aws: AwsClients, client: Callable[[str], Any], stack: str, left: int
    ) -> None:
        role(client, Stack=stack, Destination="")
        shared = {key: value for key, value in TAGS.items() if key != "Destination"}
        clear(aws, "role", "r", shared)
        assert len(client("iam").list_roles()["Roles"]) == left

    def test_one_that_a_channel_runs_under_is_left_and_said(
        self, aws: AwsClients, client: Callable[[str], Any], medialive: Any
    ) -> None:
        arn = role(client)
        idle_channel(medialive, "idle", RoleArn=arn)
        channel_id = idle_channel(medialive, "one", RoleArn=arn)
        medialive.start_channel(ChannelId=channel_id)
        with pytest.raises(ResourceError, match=r"^LUN334.* channel one runs"):
            clear(aws, "role", "r")
        assert len(client("iam").list_roles()["Roles"]) == 1


def tagged(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def secret(client: Callable[[str], Any], tags: dict[str, str]) -> str:
    client("secretsmanager").create_secret(Name="kept", SecretString="x", Tags=tagged(tags))
    return "kept"


def log_group(client: Callable[[str], Any], tags: dict[str, str]) -> str:
    client("logs").create_log_group(logGroupName="/aws/lambda/one-more", tags=tags)
    client("logs").create_log_group(logGroupName="/aws/lambda/one", tags=tags)
    return "/aws/lambda/one"


def schedule(client: Callable[[str], Any], tags: dict[str, str]) -> str:
    scheduler, trust = client("scheduler"), TRUST.replace("medialive", "scheduler")
    made = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
    scheduler.create_schedule_group(Name="all", Tags=tagged(tags))
    scheduler.create_schedule(
        Name="one-start",
        GroupName="all",
        ScheduleExpression="cron(0 9 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:medialive:startChannel",
            "RoleArn": made["Role"]["Arn"],
        },
    )
    return "all/one-start"


def there(client: Callable[[str], Any]) -> int:
    """Return how many things there are, of the kinds that are made here."""
    groups = client("logs").describe_log_groups()["logGroups"]
    return (
        len(client("secretsmanager").list_secrets()["SecretList"])
        + len([group for group in groups if group["logGroupName"].endswith("/one")])
        + len(client("scheduler").list_schedules()["Schedules"])
    )


@pytest.mark.parametrize("make", [secret, log_group, schedule])
@pytest.mark.parametrize(("tags", "left"), [(TAGS, 0), (FOREIGN, 1), ({}, 1)])
def test_of_what_has_a_name_of_its_own_only_ours_goes(
    aws: AwsClients,
    client: Callable[[str], Any],
    make: Callable[..., str],
    tags: dict[str, str],
    left: int,
) -> None:
    name = make(client, tags)
    clear(aws, make.__name__.replace("_", " "), name)
    assert there(client) == left


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, "all/none" if kind == "schedule" else "none") for kind in KINDS]
)
def test_where_there_is_none_nothing_happens(aws: AwsClients, kind: str, name: str) -> None:
    clear(aws, kind, name)


def test_a_function_and_its_url_go_one_by_one(
    aws: AwsClients, client: Callable[[str], Any]
) -> None:
    functions, trust = client("lambda"), TRUST.replace("medialive", "lambda")
    made = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
    functions.create_function(
        FunctionName="api",
        Runtime="python3.13",
        Role=made["Role"]["Arn"],
        Handler="a.b",
        Code={"ZipFile": b"x"},
        Tags=TAGS,
    )
    functions.create_function_url_config(FunctionName="api", AuthType="AWS_IAM")
    clear(aws, "function url", "api")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_function_url_config(FunctionName="api")
    clear(aws, "function", "api")
    assert functions.list_functions()["Functions"] == []
