"""The kinds of things that belong to a stack, in an order in which they can go."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from catalog import channel_states
from lunora.ops.inventory import media, monitoring, scheduling
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.stack import Stack
from provider.aws_errors import is_not_found


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """How to deal with one kind.

    Attributes:
        find: finds those of a stack in a region.
        remove: removes one, whatever it takes.
        price: key in the prices of what it costs while it does nothing; None where that is free.
        at_home: whether it is in the stack's own region only, or in none.
    """

    find: Callable[[Stack, str], Iterator[ManagedResource]]
    remove: Callable[[Stack, ManagedResource], None]
    price: str | None = None
    at_home: bool = False


# Schedules first, for they would start a channel again; what uses something, before that.
KINDS: Mapping[str, ResourceKind] = {
    "schedule": ResourceKind(scheduling.find_schedules, scheduling.remove_schedule),
    "channel": ResourceKind(media.find_channels, media.remove_channel, "medialive.idle-channel"),
    "flow output": ResourceKind(media.find_outputs, media.remove_output),
    "input": ResourceKind(media.find_inputs, media.remove_input, "medialive.idle-push-input"),
    "input security group": ResourceKind(media.find_groups, media.remove_group),
    "parameter": ResourceKind(media.find_parameters, media.remove_parameter),
    "secret": ResourceKind(media.find_secrets, media.remove_secret, "secretsmanager.secret"),
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
    "function": ResourceKind(scheduling.find_functions, scheduling.remove_function, at_home=True),
    "log group": ResourceKind(
        scheduling.find_log_groups, scheduling.remove_log_group, at_home=True
    ),
    "role": ResourceKind(scheduling.find_roles, scheduling.remove_role, at_home=True),
}


def managed_resources(stack: Stack) -> tuple[ManagedResource, ...]:
    """Find everything that belongs to *stack*, in an order in which it can go.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    return tuple(
        one
        for kind in KINDS.values()
        for region in ((stack.region,) if kind.at_home else stack.regions)
        for one in kind.find(stack, region)
        if one.state not in channel_states.DELETED
    )


def remove(stack: Stack, one: ManagedResource) -> None:
    """Remove *one*, which belongs to *stack*; a channel is stopped first.

    Raises:
        Refused: when its channel does not stop.
        ResourceError: when AWS refuses.
    """
    removal = functools.partial(KINDS[one.kind].remove, stack, one)
    try:
        stack.aws(one.region).call(removal, action=f"remove {one.kind} {one.name}")
    except ClientError as error:
        if not is_not_found(error):
            raise
