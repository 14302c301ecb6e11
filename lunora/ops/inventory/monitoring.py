"""Monitoring of a stack: alarms, event rules, dashboards, budgets and topics."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from catalog import names
from lunora.ops.channels import channels, stack_channels
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.stack import Stack
from provider.ownership import in_same_stack
from provider.tagging import as_map


def find_alarms(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the alarms of the stack; those of what destinations share are used by all of them."""
    cloudwatch, channel_ids = stack.aws(region).client("cloudwatch"), _channels(stack, region)
    for alarm in alarms(stack, region):
        arn, name, state = alarm["AlarmArn"], alarm["AlarmName"], alarm["StateValue"]
        tags = as_map(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"])
        if in_same_stack(tags, stack.tags):
            destination = tags.get("Destination")
            used_by = () if destination else channel_ids
            yield ManagedResource("alarm", arn, name, region, destination, state, used_by)


def find_rules(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the EventBridge rules of the stack."""
    events = stack.aws(region).client("events")
    for rule in rules(stack, region):
        arn, name, state = rule["Arn"], rule["Name"], rule["State"]
        tags = as_map(events.list_tags_for_resource(ResourceARN=arn)["Tags"])
        if in_same_stack(tags, stack.tags):
            destination = tags.get("Destination")
            yield ManagedResource("event rule", arn, name, region, destination, state)


def find_dashboards(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the dashboard of the stack, which all channels use, by its name: it has no tags.

    Its further pages are left out: another stack may have the name of one.
    """
    cloudwatch = stack.aws(region).client("cloudwatch")
    name = names.stack_name(stack.project, stack.name)
    pages = cloudwatch.get_paginator("list_dashboards").paginate(DashboardNamePrefix=name)
    for entry in (entry for page in pages for entry in page["DashboardEntries"]):
        if entry["DashboardName"] == name:
            arn, used_by = entry["DashboardArn"], _all_channels(stack)
            yield ManagedResource("dashboard", arn, name, region, None, "", used_by)


def find_budgets(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the budget of the stack, which all channels use, by its name; it is in no region."""
    name, account = names.stack_name(stack.project, stack.name), _account(stack)
    budgets = stack.aws(region).client("budgets")
    try:
        budgets.describe_budget(AccountId=account, BudgetName=name)
    except budgets.exceptions.NotFoundException:
        return
    used_by = _all_channels(stack)
    yield ManagedResource("budget", f"{account}:{name}", name, region, None, "", used_by)


def find_topics(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the SNS topics of the stack; alarms that publish to them use them."""
    sns = stack.aws(region).client("sns")
    publishers = list(alarms(stack, region))
    for page in sns.get_paginator("list_topics").paginate():
        for arn in (topic["TopicArn"] for topic in page["Topics"]):
            name = arn.rpartition(":")[2]
            if not name.startswith(stack.physical_name("")):
                continue
            tags = as_map(sns.list_tags_for_resource(ResourceArn=arn)["Tags"])
            if in_same_stack(tags, stack.tags):
                used_by = tuple(
                    alarm["AlarmArn"]
                    for alarm in publishers
                    if arn in alarm.get("AlarmActions", [])
                )
                yield ManagedResource(
                    "topic", arn, name, region, tags.get("Destination"), "", used_by
                )


def remove_alarm(stack: Stack, resource: ManagedResource) -> None:
    """Delete the alarm."""
    stack.aws(resource.region).client("cloudwatch").delete_alarms(AlarmNames=[resource.name])


def remove_rule(stack: Stack, resource: ManagedResource) -> None:
    """Delete the rule; its targets go first."""
    events = stack.aws(resource.region).client("events")
    try:
        listed = events.list_targets_by_rule(Rule=resource.name)["Targets"]
    except events.exceptions.ResourceNotFoundException:
        return
    if targets := [target["Id"] for target in listed]:
        events.remove_targets(Rule=resource.name, Ids=targets)
    events.delete_rule(Name=resource.name)


def remove_dashboard(stack: Stack, resource: ManagedResource) -> None:
    """Delete the dashboard."""
    stack.aws(resource.region).client("cloudwatch").delete_dashboards(
        DashboardNames=[resource.name]
    )


def remove_budget(stack: Stack, resource: ManagedResource) -> None:
    """Delete the budget and with it its notifications."""
    budgets = stack.aws(resource.region).client("budgets")
    with contextlib.suppress(budgets.exceptions.NotFoundException):
        budgets.delete_budget(AccountId=_account(stack), BudgetName=resource.name)


def remove_topic(stack: Stack, resource: ManagedResource) -> None:
    """Delete the topic and with it its subscriptions."""
    stack.aws(resource.region).client("sns").delete_topic(TopicArn=resource.id)


def alarms(stack: Stack, region: str) -> Iterator[Any]:
    """Yield the alarms whose names begin like those of the stack; others' among them.

    Composite alarms come first: CloudWatch keeps an alarm that one of them is made of.
    """
    cloudwatch = stack.aws(region).client("cloudwatch")
    pages = list(
        cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=stack.physical_name(""), AlarmTypes=["CompositeAlarm", "MetricAlarm"]
        )
    )
    for kind in ("CompositeAlarms", "MetricAlarms"):
        for page in pages:
            yield from page.get(kind, [])


def rules(stack: Stack, region: str) -> Iterator[Any]:
    """Yield the event rules whose names begin like those of the stack; others' among them."""
    pages = stack.aws(region).client("events").get_paginator("list_rules")
    for page in pages.paginate(NamePrefix=stack.physical_name("")):
        yield from page["Rules"]


def alarm_names(stack: Stack, region: str) -> Iterator[str]:
    """Yield the names of `alarms`."""
    yield from (alarm["AlarmName"] for alarm in alarms(stack, region))


def rule_names(stack: Stack, region: str) -> Iterator[str]:
    """Yield the names of `rules`."""
    yield from (rule["Name"] for rule in rules(stack, region))


def _account(stack: Stack) -> str:
    return str(stack.aws().client("sts").get_caller_identity()["Account"])


def _channels(stack: Stack, region: str) -> tuple[str, ...]:
    return tuple(channel.id for channel in channels(stack.aws(region).medialive, stack.tags))


def _all_channels(stack: Stack) -> tuple[str, ...]:
    return tuple(channel.id for channel in stack_channels(stack))
