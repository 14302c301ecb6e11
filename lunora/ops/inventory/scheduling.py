"""Schedules of a stack, its functions with their logs and memory, and the roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog import names
from lunora.ops.channels import stack_channels
from lunora.ops.flows import flow
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.stack import Stack
from provider.ownership import in_same_stack
from provider.tagging import as_map

_LOGS_OF_FUNCTIONS = "/aws/lambda/"


def find_schedules(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the schedules of the stack; their group has the tags."""
    scheduler = stack.aws(region).client("scheduler")
    for group in _groups(stack, scheduler):
        pages = scheduler.get_paginator("list_schedules").paginate(GroupName=group["Name"])
        for schedule in (schedule for page in pages for schedule in page["Schedules"]):
            # Its name is that of the destination, `start` or `stop`, and a time.
            arn, name, state = schedule["Arn"], schedule["Name"], schedule["State"]
            destination = name.rsplit("-", 2)[0]
            yield ManagedResource("schedule", arn, name, region, destination, state)


def find_schedule_groups(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the group of the stack's schedules, which use it."""
    used_by = tuple(schedule.id for schedule in find_schedules(stack, region))
    for group in _groups(stack, stack.aws(region).client("scheduler")):
        arn, name, state = group["Arn"], group["Name"], group["State"]
        yield ManagedResource("schedule group", arn, name, region, None, state, used_by)


def find_functions(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the stack's functions: by their names, and by the stack of their environment."""
    for function in _functions(stack, region):
        arn, name = function["FunctionArn"], function["FunctionName"]
        yield ManagedResource("function", arn, name, region, None)


def find_log_groups(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the history, and the logs of the stack's functions, which use them, by their names."""
    logs = stack.aws(region).client("logs")
    users = {function.name: function.id for function in find_functions(stack, region)}
    history = names.history_log_group(stack.project, stack.name)
    of_functions = {f"{_LOGS_OF_FUNCTIONS}{name}": users.get(name) for name in _names(stack)}
    for log_name, user in {history: None, **of_functions}.items():
        pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=log_name)
        if any(group["logGroupName"] == log_name for page in pages for group in page["logGroups"]):
            used_by = (user,) if user else ()
            yield ManagedResource("log group", log_name, log_name, region, None, "", used_by)


def find_tables(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the table with the watchdog's memory."""
    dynamodb = stack.aws(region).client("dynamodb")
    name = stack.physical_name("watchdog")
    try:
        table = dynamodb.describe_table(TableName=name)["Table"]
        listed = dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])
    except dynamodb.exceptions.ResourceNotFoundException:
        return
    if in_same_stack(as_map(listed["Tags"]), stack.tags):
        used_by = tuple(function.id for function in find_functions(stack, region))
        yield ManagedResource("table", table["TableArn"], name, region, None, "", used_by)


def find_roles(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the roles of the stack; channels, outputs and the function that need one use it."""
    iam = stack.aws(region).client("iam")
    users = [(channel.role_arn, channel.id) for channel in stack_channels(stack)]
    users += [(function["Role"], function["FunctionArn"]) for function in _functions(stack, region)]
    users += [
        (output.role_arn, output.arn)
        for ref in stack.flows
        for output in flow(stack.aws(ref.region).mediaconnect, ref).outputs
    ]
    prefix = stack.physical_name("")
    for page in iam.get_paginator("list_roles").paginate():
        for role in (role for role in page["Roles"] if role["RoleName"].startswith(prefix)):
            arn, name = role["Arn"], role["RoleName"]
            tags = as_map(iam.list_role_tags(RoleName=name)["Tags"])
            if in_same_stack(tags, stack.tags):
                used_by = tuple(user for role_arn, user in users if role_arn == arn)
                destination = tags.get("Destination")
                yield ManagedResource("role", arn, name, region, destination, "", used_by)


def remove_schedule_group(stack: Stack, resource: ManagedResource) -> None:
    """Delete the group."""
    stack.aws(resource.region).client("scheduler").delete_schedule_group(Name=resource.name)


def _groups(stack: Stack, scheduler: Any) -> Iterator[Any]:
    name = names.stack_name(stack.project, stack.name)
    for page in scheduler.get_paginator("list_schedule_groups").paginate(NamePrefix=name):
        for group in (group for group in page["ScheduleGroups"] if group["Name"] == name):
            tags = as_map(scheduler.list_tags_for_resource(ResourceArn=group["Arn"])["Tags"])
            if in_same_stack(tags, stack.tags):
                yield group


def _functions(stack: Stack, region: str) -> Iterator[Any]:
    own = {"LUNORA_PROJECT": stack.project, "LUNORA_STACK": stack.name}
    for page in stack.aws(region).client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            variables = function.get("Environment", {}).get("Variables", {})
            if function["FunctionName"] in _names(stack) and own.items() <= variables.items():
                yield function


def _names(stack: Stack) -> tuple[str, ...]:
    """Return the names that the functions of the stack may have."""
    return tuple(
        names.truncate_name(stack.physical_name(suffix), names.ROLE_NAME_LENGTH)
        for suffix in ("api", "watchdog")
    )
