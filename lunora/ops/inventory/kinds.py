"""Kinds of resources of a stack, in the order of their removal."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from catalog import channel_states, names
from lunora.ops.inventory import media, monitoring, scheduling
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.stack import Stack
from provider import named_orphans
from provider.aws_errors import is_not_found


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """Search and removal of one kind.

    Attributes:
        find: yields those of a stack in a region.
        remove: removes one; waits where other removals depend on it.
        price: key in the prices of an idle one; None where that is free.
        at_home: whether it is in the stack's own region only, or in none.
    """

    find: Callable[[Stack, str], Iterator[ManagedResource]]
    remove: Callable[[Stack, ManagedResource], None]
    price: str | None = None
    at_home: bool = False


def _remove_named(stack: Stack, resource: ManagedResource, name: str = "") -> None:
    kind = named_orphans.KINDS[resource.kind]
    client = stack.aws(resource.region).client(kind.service)
    with named_orphans.missing_is_success():
        kind.delete(client, name or resource.name)


def _remove_schedule(stack: Stack, resource: ManagedResource) -> None:
    group = names.stack_name(stack.project, stack.name)
    _remove_named(stack, resource, f"{group}/{resource.name}")


# Schedules first, because they would start a channel again; users before what they use.
KINDS: Mapping[str, ResourceKind] = {
    "schedule": ResourceKind(scheduling.find_schedules, _remove_schedule),
    "channel": ResourceKind(media.find_channels, media.remove_channel, "medialive.idle-channel"),
    "flow output": ResourceKind(media.find_outputs, media.remove_output),
    "input": ResourceKind(media.find_inputs, media.remove_input, "medialive.idle-push-input"),
    "input security group": ResourceKind(media.find_groups, media.remove_group),
    "parameter": ResourceKind(media.find_parameters, _remove_named),
    "secret": ResourceKind(media.find_secrets, _remove_named, "secretsmanager.secret"),
    "event rule": ResourceKind(monitoring.find_rules, monitoring.remove_rule),
    "alarm": ResourceKind(monitoring.find_alarms, monitoring.remove_alarm, "cloudwatch.alarm"),
    "dashboard": ResourceKind(
        monitoring.find_dashboards,
        monitoring.remove_dashboard,
        "cloudwatch.dashboard",
        at_home=True,
    ),
    "budget": ResourceKind(monitoring.find_budgets, monitoring.remove_budget, at_home=True),
    "topic": ResourceKind(monitoring.find_topics, monitoring.remove_topic),
    "schedule group": ResourceKind(
        scheduling.find_schedule_groups, scheduling.remove_schedule_group
    ),
    "function": ResourceKind(scheduling.find_functions, _remove_named),
    "table": ResourceKind(scheduling.find_tables, _remove_named),
    "log group": ResourceKind(scheduling.find_log_groups, _remove_named),
    "role": ResourceKind(scheduling.find_roles, _remove_named, at_home=True),
}


def managed_resources(stack: Stack) -> tuple[ManagedResource, ...]:
    """Return everything that belongs to *stack*, in the order of its removal.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    return tuple(
        resource
        for kind in KINDS.values()
        for region in ((stack.region,) if kind.at_home else stack.regions)
        for resource in kind.find(stack, region)
        if resource.state not in channel_states.DELETED
    )


def remove(stack: Stack, resource: ManagedResource) -> None:
    """Remove *resource*, which belongs to *stack*; a channel is stopped first.

    Raises:
        ControlError: when its channel does not stop.
        ResourceError: when AWS refuses.
    """
    removal = functools.partial(KINDS[resource.kind].remove, stack, resource)
    try:
        stack.aws(resource.region).call(removal, action=f"remove {resource.kind} {resource.name}")
    except ClientError as error:
        if not is_not_found(error):
            raise
