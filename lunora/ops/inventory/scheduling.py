"""What acts by itself for a stack: schedules, the API's function, its log, and the roles."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from catalog import names
from lunora.ops.channels import channels
from lunora.ops.flows import flow
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.stack import Stack
from provider.ownership import in_same_stack
from provider.tagging import as_map

_LOGS_OF_FUNCTIONS = "/aws/lambda/"


def find_schedules(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the schedules of the stack; they carry no tags, their group does."""
    scheduler = stack.aws(region).client("scheduler")
    for group in _groups(stack, scheduler):
        pages = scheduler.get_paginator("list_schedules").paginate(GroupName=group["Name"])
        for one in (one for page in pages for one in page["Schedules"]):
            # Its name is that of the destination, `start` or `stop`, and a time.
            of = one["Name"].rsplit("-", 2)[0]
            yield ManagedResource("schedule", one["Arn"], one["Name"], region, of, one["State"])


def find_schedule_groups(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the group of the stack's schedules, which use it."""
    used_by = tuple(one.id for one in find_schedules(stack, region))
    for group in _groups(stack, stack.aws(region).client("scheduler")):
        arn, name, state = group["Arn"], group["Name"], group["State"]
        yield ManagedResource("schedule group", arn, name, region, None, state, used_by)


def find_functions(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the API's function: by its name, and by the stack that its environment names."""
    for one in _functions(stack, region):
        yield ManagedResource("function", one["FunctionArn"], one["FunctionName"], region, None)


def find_log_groups(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the log of the API's function, which uses it, by its name."""
    wanted = f"{_LOGS_OF_FUNCTIONS}{_api(stack)}"
    pages = stack.aws(region).client("logs").get_paginator("describe_log_groups")
    used_by = tuple(one.id for one in find_functions(stack, region))
    for page in pages.paginate(logGroupNamePrefix=wanted):
        if any(one["logGroupName"] == wanted for one in page["logGroups"]):
            yield ManagedResource("log group", wanted, wanted, region, None, "", used_by)


def find_roles(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the roles of the stack; channels, outputs and the function that need one use it."""
    iam = stack.aws(region).client("iam")
    users = [
        (channel.role_arn, channel.id)
        for where in stack.regions
        for channel in channels(stack.aws(where).medialive, stack.tags)
    ]
    users += [(one["Role"], one["FunctionArn"]) for one in _functions(stack, region)]
    users += [
        (output.role_arn, output.arn)
        for ref in stack.flows
        for output in flow(stack.aws(ref.region).mediaconnect, ref).outputs
    ]
    prefix = names.physical_name(stack.project, stack.name, "")
    for page in iam.get_paginator("list_roles").paginate():
        for one in (one for one in page["Roles"] if one["RoleName"].startswith(prefix)):
            tags = as_map(iam.list_role_tags(RoleName=one["RoleName"])["Tags"])
            if in_same_stack(tags, stack.tags):
                used_by = tuple(user for arn, user in users if arn == one["Arn"])
                name, of = one["RoleName"], tags.get("Destination")
                yield ManagedResource("role", one["Arn"], name, region, of, "", used_by)


def remove_schedule(stack: Stack, one: ManagedResource) -> None:
    """Delete the schedule."""
    group = names.stack_name(stack.project, stack.name)
    stack.aws(one.region).client("scheduler").delete_schedule(GroupName=group, Name=one.name)


def remove_schedule_group(stack: Stack, one: ManagedResource) -> None:
    """Delete the group."""
    stack.aws(one.region).client("scheduler").delete_schedule_group(Name=one.name)


def remove_function(stack: Stack, one: ManagedResource) -> None:
    """Delete the function and with it its URL."""
    stack.aws(one.region).client("lambda").delete_function(FunctionName=one.name)


def remove_log_group(stack: Stack, one: ManagedResource) -> None:
    """Delete the log group and what is in it."""
    logs = stack.aws(one.region).client("logs")
    with contextlib.suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_log_group(logGroupName=one.name)


def remove_role(stack: Stack, one: ManagedResource) -> None:
    """Delete the role; its inline policies go first."""
    iam = stack.aws(one.region).client("iam")
    for policy in iam.list_role_policies(RoleName=one.name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=one.name, PolicyName=policy)
    iam.delete_role(RoleName=one.name)


def _groups(stack: Stack, scheduler: Any) -> Iterator[Any]:
    wanted = names.stack_name(stack.project, stack.name)
    for page in scheduler.get_paginator("list_schedule_groups").paginate(NamePrefix=wanted):
        for one in (one for one in page["ScheduleGroups"] if one["Name"] == wanted):
            tags = as_map(scheduler.list_tags_for_resource(ResourceArn=one["Arn"])["Tags"])
            if in_same_stack(tags, stack.tags):
                yield one


def _functions(stack: Stack, region: str) -> Iterator[Any]:
    own = {"LUNORA_PROJECT": stack.project, "LUNORA_STACK": stack.name}
    for page in stack.aws(region).client("lambda").get_paginator("list_functions").paginate():
        for one in page["Functions"]:
            variables = one.get("Environment", {}).get("Variables", {})
            if one["FunctionName"] == _api(stack) and own.items() <= variables.items():
                yield one


def _api(stack: Stack) -> str:
    name = names.physical_name(stack.project, stack.name, "api")
    return names.truncate_name(name, names.ROLE_NAME_LENGTH)
