"""What AWS holds of a stack, in words that are the same wherever the same files were brought up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.workspace import Workspace

Held = dict[str, Any]

# What AWS gives out, counts or dates by itself. Times stand where something was made or changed.
_OWN = frozenset(
    {"Id", "Arn", "ARN", "FlowArn", "OutputArn", "SourceArn", "ResponseMetadata", "Version"}
    | {"PipelineDetails", "PipelinesRunningCount", "AttachedChannels", "Inputs", "RoleId"}
    | {"CreateDate", "LastModifiedDate", "CreationDate", "LastModificationDate", "RoleLastUsed"}
    | {"AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "LastModified", "Size"}
    | {"StateTransitionedTimestamp", "StateReason", "StateReasonData", "StateValue", "SourceIp"}
)
_SHOWN = 60
_NUMBER = re.compile(r":1-[0-9a-f]{16}:")


def held(workspace: Workspace) -> dict[str, str]:
    """Return everything of the stack, as text by kind and name.

    Ids and ARNs are replaced by the names of what they stand for, so that two accounts that hold
    the same say the same.
    """
    words = dict(_words(workspace))
    return {
        what: _named(json.dumps(_plain(thing), sort_keys=True, default=str), words)
        for what, thing in _things(workspace, words)
    }


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return what only one of them holds, and from where on what both hold differs."""
    return [
        f"{what}: {_difference(one.get(what), other.get(what))}"
        for what in sorted(one.keys() | other.keys())
        if one.get(what) != other.get(what)
    ]


def _difference(text: str | None, other: str | None) -> str:
    if text is None or other is None:
        return "is only in one"
    pairs = enumerate(zip(text, other, strict=False))
    first = next((place for place, (one, two) in pairs if one != two), 0)
    begin = max(first - _SHOWN // 2, 0)
    return f"{text[begin : begin + _SHOWN]} and {other[begin : begin + _SHOWN]}"


def _words(workspace: Workspace) -> Iterator[tuple[str, str]]:
    medialive = workspace.client("medialive")
    for channel in _all(medialive, "list_channels", "Channels"):
        yield channel["Id"], f"<channel {channel['Name']}>"
    for one in _all(medialive, "list_inputs", "Inputs"):
        yield one["Id"], f"<input {one['Name']}>"
    for group in _all(medialive, "list_input_security_groups", "InputSecurityGroups"):
        # All flows' groups have the same tags; what they let pass tells them apart.
        passed = [rule["Cidr"] for rule in group["WhitelistRules"]]
        yield group["Id"], f"<group of {json.dumps([group['Tags'], passed], sort_keys=True)}>"


def _things(workspace: Workspace, words: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    yield from _medialive(workspace, words)
    yield from _mediaconnect(workspace)
    yield from _watching(workspace)
    yield from _acting(workspace)
    ssm = workspace.client("ssm")
    for one in _all(ssm, "describe_parameters", "Parameters"):
        value = ssm.get_parameter(Name=one["Name"], WithDecryption=True)["Parameter"]
        tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=one["Name"])
        yield f"parameter {one['Name']}", [value, _by_key(tags["TagList"])]


def _medialive(workspace: Workspace, words: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    medialive = workspace.client("medialive")
    for one in _all(medialive, "list_channels", "Channels"):
        yield f"channel {one['Name']}", medialive.describe_channel(ChannelId=one["Id"])
    for one in _all(medialive, "list_inputs", "Inputs"):
        found = medialive.describe_input(InputId=one["Id"])
        # Where it listens is AWS's choice; the outputs say whether they lead there.
        found.pop("Destinations")
        yield f"input {one['Name']}", found
    for one in _all(medialive, "list_input_security_groups", "InputSecurityGroups"):
        yield f"group {words[one['Id']]}", one


def _mediaconnect(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    mediaconnect, medialive = workspace.client("mediaconnect"), workspace.client("medialive")
    ends = {
        (end["Ip"], int(end["Port"]), one["Name"]): f"endpoint {number} of {one['Name']}"
        for one in _all(medialive, "list_inputs", "Inputs")
        for number, end in enumerate(one["Destinations"])
    }
    for listed in _all(mediaconnect, "list_flows", "Flows"):
        flow = mediaconnect.describe_flow(FlowArn=listed["FlowArn"])["Flow"]
        for output in flow["Outputs"]:
            owner = re.sub(r"_1$", "", output["Name"])
            if flow["Name"].endswith("-backup"):
                owner = f"{owner}_backup"
            address = (output["Destination"], output["Port"], owner)
            output["Destination"] = ends.get(address, output["Destination"])
            tags = mediaconnect.list_tags_for_resource(ResourceArn=output["OutputArn"])["Tags"]
            yield f"output {output['Name']} of {flow['Name']}", [output, tags]


def _watching(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    cloudwatch, events = workspace.client("cloudwatch"), workspace.client("events")
    for alarm in _all(cloudwatch, "describe_alarms", "MetricAlarms"):
        tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
        yield f"alarm {alarm['AlarmName']}", [alarm, _by_key(tags)]
    for board in _all(cloudwatch, "list_dashboards", "DashboardEntries"):
        name = board["DashboardName"]
        body = cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
        yield f"dashboard {name}", json.loads(body)
    for rule in _all(events, "list_rules", "Rules"):
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        yield f"rule {rule['Name']}", [rule, targets]
    sns = workspace.client("sns")
    for topic in _all(sns, "list_topics", "Topics"):
        arn = topic["TopicArn"]
        yield f"topic {arn}", sns.get_topic_attributes(TopicArn=arn)["Attributes"]


def _acting(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    scheduler, iam = workspace.client("scheduler"), workspace.client("iam")
    for listed in _all(scheduler, "list_schedules", "Schedules"):
        name = {"GroupName": listed["GroupName"], "Name": listed["Name"]}
        yield f"schedule {listed['Name']}", scheduler.get_schedule(**name)
    for role in _all(iam, "list_roles", "Roles"):
        name = role["RoleName"]
        policies = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        tags = _by_key(iam.list_role_tags(RoleName=name)["Tags"])
        yield f"role {name}", [role["AssumeRolePolicyDocument"], policies, tags]


def _all(client: Any, operation: str, member: str) -> list[Any]:
    if not client.can_paginate(operation):
        return list(getattr(client, operation)()[member])
    return [one for page in client.get_paginator(operation).paginate() for one in page[member]]


def _by_key(tags: list[Any]) -> Held:
    return {one["Key"]: one["Value"] for one in tags}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        plain = {key: _plain(item) for key, item in value.items() if key not in _OWN}
        if "Dimensions" in plain:
            # Of a metric, which has no order of them.
            plain["Dimensions"] = sorted(plain["Dimensions"], key=lambda one: str(one["Name"]))
        return plain
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _named(text: str, words: Mapping[str, str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = re.sub(rf"(?<![0-9]){word}(?![0-9])", words[word], text)
    return _NUMBER.sub(":<n>:", text)
