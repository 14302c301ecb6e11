"""The kinds of things that belong to a stack, in an order in which they can go."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from lunora.ops.belongings import acting, streaming, watching
from lunora.ops.belongings.belonging import Belonging
from lunora.stack import Stack
from provider.aws import is_not_found

_LEAVING = frozenset({"DELETING", "DELETED"})


@dataclass(frozen=True, slots=True)
class Kind:
    """How to deal with one kind.

    Attributes:
        find: finds those of a stack in a region.
        remove: removes one, whatever it takes.
        price: key in the prices of what it costs while it does nothing; None where that is free.
        at_home: whether it is in the stack's own region only, or in none.
    """

    find: Callable[[Stack, str], Iterator[Belonging]]
    remove: Callable[[Stack, Belonging], None]
    price: str | None = None
    at_home: bool = False


# Schedules first, for they would start a channel again; what uses something, before that.
KINDS: Mapping[str, Kind] = {
    "schedule": Kind(acting.find_schedules, acting.remove_schedule),
    "channel": Kind(streaming.find_channels, streaming.remove_channel, "medialive.idle-channel"),
    "flow output": Kind(streaming.find_outputs, streaming.remove_output),
    "input": Kind(streaming.find_inputs, streaming.remove_input, "medialive.idle-push-input"),
    "input security group": Kind(streaming.find_groups, streaming.remove_group),
    "parameter": Kind(streaming.find_parameters, streaming.remove_parameter),
    "secret": Kind(streaming.find_secrets, streaming.remove_secret, "secretsmanager.secret"),
    "event rule": Kind(watching.find_rules, watching.remove_rule),
    "alarm": Kind(watching.find_alarms, watching.remove_alarm, "cloudwatch.alarm"),
    "dashboard": Kind(
        watching.find_dashboards, watching.remove_dashboard, "cloudwatch.dashboard", at_home=True
    ),
    "budget": Kind(watching.find_budgets, watching.remove_budget, at_home=True),
    "topic": Kind(watching.find_topics, watching.remove_topic),
    "schedule group": Kind(acting.find_schedule_groups, acting.remove_schedule_group),
    "function": Kind(acting.find_functions, acting.remove_function, at_home=True),
    "log group": Kind(acting.find_log_groups, acting.remove_log_group, at_home=True),
    "role": Kind(acting.find_roles, acting.remove_role, at_home=True),
}


def belongings(stack: Stack) -> tuple[Belonging, ...]:
    """Find everything that belongs to *stack*, in an order in which it can go.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    return tuple(
        one
        for kind in KINDS.values()
        for region in ((stack.region,) if kind.at_home else stack.regions)
        for one in kind.find(stack, region)
        if one.state not in _LEAVING
    )


def remove(stack: Stack, one: Belonging) -> None:
    """Remove *one*, which belongs to *stack*; a channel is stopped first.

    Raises:
        Refused: when its channel does not stop.
        ResourceError: when AWS refuses.
    """
    removal = functools.partial(KINDS[one.kind].remove, stack, one)
    try:
        stack.aws(one.region).call(removal, what=f"remove {one.kind} {one.name}")
    except ClientError as error:
        if not is_not_found(error):
            raise
