"""Kinds of orphans with unique names: resources of a killed run that are not in the state."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from provider.aws_errors import error_code
from provider.tagging import as_map

Tags = Mapping[str, str]

# Error codes of services for a resource that is not there.
_MISSING = frozenset(
    {
        "InvalidResourceId",
        "NoSuchEntity",
        "NotFoundException",
        "ParameterNotFound",
        "ResourceNotFoundException",
    }
)


@dataclass(frozen=True, slots=True)
class OrphanKind:
    """Read and deletion of one kind of orphan, by name.

    Attributes:
        service: boto3's name of the service.
        tags: its tags, or those of what it is a part of; raises where it is not there.
        delete: deletes it.
    """

    service: str
    tags: Callable[[Any, str], Tags]
    delete: Callable[[Any, str], object]


def _of_parameter(ssm: Any, name: str) -> Tags:
    return as_map(ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"])


def _of_secret(secrets_manager: Any, name: str) -> Tags:
    return as_map(secrets_manager.describe_secret(SecretId=name).get("Tags", ()))


def _of_log_group(logs: Any, name: str) -> Tags:
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    arns = [group["logGroupArn"] for group in groups if group["logGroupName"] == name]
    return logs.list_tags_for_resource(resourceArn=arns[0])["tags"] if arns else {}


def _of_function(functions: Any, name: str) -> Tags:
    return functions.get_function(FunctionName=name).get("Tags", {})  # type: ignore[no-any-return]


def _of_function_with_url(functions: Any, name: str) -> Tags:
    functions.get_function_url_config(FunctionName=name)
    return _of_function(functions, name)


def _of_schedule_group(scheduler: Any, name: str) -> Tags:
    arn = scheduler.get_schedule_group(Name=name)["Arn"]
    return as_map(scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"])


def _of_schedule(scheduler: Any, path: str) -> Tags:
    scheduler.get_schedule(**_schedule(path))
    return _of_schedule_group(scheduler, _schedule(path)["GroupName"])


def _schedule(path: str) -> dict[str, str]:
    group, _, name = path.partition("/")
    return {"GroupName": group, "Name": name}


def _of_table(dynamodb: Any, name: str) -> Tags:
    arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
    return as_map(dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"])


def _of_role(iam: Any, name: str) -> Tags:
    return as_map(iam.get_role(RoleName=name)["Role"].get("Tags", []))


def _delete_role(iam: Any, name: str) -> None:
    """Delete the role; its inline policies first."""
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


KINDS: Mapping[str, OrphanKind] = {
    "parameter": OrphanKind(
        "ssm", _of_parameter, lambda ssm, name: ssm.delete_parameter(Name=name)
    ),
    "secret": OrphanKind(
        "secretsmanager",
        _of_secret,
        lambda client, name: client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True),
    ),
    "log group": OrphanKind(
        "logs", _of_log_group, lambda logs, name: logs.delete_log_group(logGroupName=name)
    ),
    "function": OrphanKind(
        "lambda", _of_function, lambda client, name: client.delete_function(FunctionName=name)
    ),
    "function url": OrphanKind(
        "lambda",
        _of_function_with_url,
        lambda client, name: client.delete_function_url_config(FunctionName=name),
    ),
    "schedule": OrphanKind(
        "scheduler", _of_schedule, lambda client, path: client.delete_schedule(**_schedule(path))
    ),
    "role": OrphanKind("iam", _of_role, _delete_role),
    "table": OrphanKind(
        "dynamodb", _of_table, lambda dynamodb, name: dynamodb.delete_table(TableName=name)
    ),
}


@contextlib.contextmanager
def missing_is_success() -> Iterator[None]:
    """Suppress the errors of services about a resource that is not there."""
    # Not by the client's classes of exceptions: those are made when first asked for, and two
    # threads that ask at once get different ones.
    try:
        yield
    except ClientError as error:
        if error_code(error) not in _MISSING:
            raise
