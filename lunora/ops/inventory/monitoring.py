"""What watches a stack: alarms, rules, dashboards and the topics that they tell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from catalog import names
from lunora.ops.channels import channels
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.stack import Stack
from provider.ownership import in_same_stack
from provider.tagging import as_map


def find_alarms(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the alarms of the stack; those of what destinations share are used by all of them."""
    cloudwatch, everyone = stack.aws(region).client("cloudwatch"), _channels(stack, region)
    for one in _alarms(stack, cloudwatch):
        arn, name, state = one["AlarmArn"], one["AlarmName"], one["StateValue"]
        tags = as_map(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"])
        if in_same_stack(tags, stack.tags):
            of = tags.get("Destination")
            yield ManagedResource("alarm", arn, name, region, of, state, () if of else everyone)


def find_rules(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the EventBridge rules of the stack."""
    events = stack.aws(region).client("events")
    for page in events.get_paginator("list_rules").paginate(NamePrefix=_prefix(stack)):
        for one in page["Rules"]:
            tags = as_map(events.list_tags_for_resource(ResourceARN=one["Arn"])["Tags"])
            if in_same_stack(tags, stack.tags):
                name, state = tags.get("Destination"), one["State"]
                yield ManagedResource("event rule", one["Arn"], one["Name"], region, name, state)


def find_dashboards(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the dashboard of the stack, which all channels use, by its name: it carries no tags.

    Its further pages are left out: another stack may be called like one.
    """
    cloudwatch = stack.aws(region).client("cloudwatch")
    wanted = names.stack_name(stack.project, stack.name)
    everyone = tuple(one for where in stack.regions for one in _channels(stack, where))
    pages = cloudwatch.get_paginator("list_dashboards").paginate(DashboardNamePrefix=wanted)
    for one in (one for page in pages for one in page["DashboardEntries"]):
        if one["DashboardName"] == wanted:
            yield ManagedResource(
                "dashboard", one["DashboardArn"], wanted, region, None, "", everyone
            )


def find_budgets(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the budget of the stack, which all channels use, by its name; it is in no region."""
    wanted, account = names.stack_name(stack.project, stack.name), _account(stack)
    budgets = stack.aws(region).client("budgets")
    try:
        budgets.describe_budget(AccountId=account, BudgetName=wanted)
    except budgets.exceptions.NotFoundException:
        return
    everyone = tuple(one for where in stack.regions for one in _channels(stack, where))
    yield ManagedResource("budget", f"{account}:{wanted}", wanted, region, None, "", everyone)


def find_topics(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the SNS topics of the stack; alarms that tell them use them."""
    sns = stack.aws(region).client("sns")
    alarms = list(_alarms(stack, stack.aws(region).client("cloudwatch")))
    for page in sns.get_paginator("list_topics").paginate():
        for arn in (one["TopicArn"] for one in page["Topics"]):
            name = arn.rpartition(":")[2]
            if not name.startswith(_prefix(stack)):
                continue
            tags = as_map(sns.list_tags_for_resource(ResourceArn=arn)["Tags"])
            if in_same_stack(tags, stack.tags):
                used_by = tuple(
                    one["AlarmArn"] for one in alarms if arn in one.get("AlarmActions", [])
                )
                yield ManagedResource(
                    "topic", arn, name, region, tags.get("Destination"), "", used_by
                )


def remove_alarm(stack: Stack, one: ManagedResource) -> None:
    """Delete the alarm."""
    stack.aws(one.region).client("cloudwatch").delete_alarms(AlarmNames=[one.name])


def remove_rule(stack: Stack, one: ManagedResource) -> None:
    """Delete the rule; its targets go first."""
    events = stack.aws(one.region).client("events")
    try:
        listed = events.list_targets_by_rule(Rule=one.name)["Targets"]
    except events.exceptions.ResourceNotFoundException:
        return
    if targets := [target["Id"] for target in listed]:
        events.remove_targets(Rule=one.name, Ids=targets)
    events.delete_rule(Name=one.name)


def remove_dashboard(stack: Stack, one: ManagedResource) -> None:
    """Delete the dashboard."""
    stack.aws(one.region).client("cloudwatch").delete_dashboards(DashboardNames=[one.name])


def remove_budget(stack: Stack, one: ManagedResource) -> None:
    """Delete the budget and with it its notifications."""
    budgets = stack.aws(one.region).client("budgets")
    with contextlib.suppress(budgets.exceptions.NotFoundException):
        budgets.delete_budget(AccountId=_account(stack), BudgetName=one.name)


def remove_topic(stack: Stack, one: ManagedResource) -> None:
    """Delete the topic and with it its subscriptions."""
    stack.aws(one.region).client("sns").delete_topic(TopicArn=one.id)


def _alarms(stack: Stack, cloudwatch: Any) -> Iterator[Any]:
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=_prefix(stack))
    return (one for page in pages for one in page["MetricAlarms"])


def _account(stack: Stack) -> str:
    return str(stack.aws().client("sts").get_caller_identity()["Account"])


def _channels(stack: Stack, region: str) -> tuple[str, ...]:
    return tuple(one.id for one in channels(stack.aws(region).medialive, stack.tags))


def _prefix(stack: Stack) -> str:
    return names.physical_name(stack.project, stack.name, "")
