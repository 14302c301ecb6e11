"""What AWS holds, in words that are the same for the same things whatever their ids are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.workspace import Workspace

AwsSnapshot = Mapping[str, tuple[str, ...]]
"""By kind and name, each thing of that name as text; holds stream keys."""

# When and how often something was written says nothing of what it is.
_PASSING = re.compile(r"\w*(Timestamp|Date|Modified|LastUsed)|RoleId|Version|ResponseMetadata")
_OUTPUT_NUMBER = re.compile(r":output:1-[0-9a-f]+:")


def held(workspace: Workspace) -> AwsSnapshot:
    """Return everything that the embedded AWS holds, but its flows."""
    things = [*_streaming(workspace), *_around(workspace)]
    ids = dict(_ids(workspace))
    found: dict[str, list[str]] = {}
    for name, thing in things:
        words = json.loads(named(json.dumps(thing, default=str), ids))
        text = json.dumps(_lasting(words), sort_keys=True)
        found.setdefault(name, []).append(_OUTPUT_NUMBER.sub(":output:", text))
    return {name: tuple(sorted(texts)) for name, texts in found.items()}


def named(text: str, ids: Mapping[str, str]) -> str:
    """Return *text* with each of *ids* replaced by what it is the id of; there may be none."""
    known = "|".join(map(re.escape, ids)) or "(?!)"
    return re.sub(rf"(?<![\d.])({known})(?![\d.])", lambda at: ids[at[1]], text)


def differences(wanted: AwsSnapshot, found: AwsSnapshot) -> list[str]:
    """Return what is missing, left over, there twice or otherwise, without what it is like."""
    said = []
    for name in sorted(wanted.keys() | found.keys()):
        want, have = wanted.get(name, ()), found.get(name, ())
        if len(have) < len(want):
            said.append(f"{name} is missing")
        elif len(have) > len(want):
            said.append(f"{name} is there twice" if want else f"{name} is left over")
        elif want != have:
            said.append(f"{name} is not as declared")
    return said


def _streaming(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    medialive, mediaconnect = workspace.client("medialive"), workspace.client("mediaconnect")
    for one in medialive.list_channels()["Channels"]:
        yield f"channel {one['Name']}", medialive.describe_channel(ChannelId=one["Id"])
    for one in medialive.list_inputs()["Inputs"]:
        yield f"input {one['Name']}", medialive.describe_input(InputId=one["Id"])
    for one in medialive.list_input_security_groups()["InputSecurityGroups"]:
        yield "input security group", one
    for listed in mediaconnect.list_flows()["Flows"]:
        flow = mediaconnect.describe_flow(FlowArn=listed["FlowArn"])["Flow"]
        for one in flow.get("Outputs", []):
            tags = mediaconnect.list_tags_for_resource(ResourceArn=one["OutputArn"])["Tags"]
            yield f"flow output {one['Name']}", {**one, "Tags": tags}


def _around(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    ssm, cloudwatch, events = (workspace.client(name) for name in ("ssm", "cloudwatch", "events"))
    for one in ssm.describe_parameters()["Parameters"]:
        value = ssm.get_parameter(Name=one["Name"], WithDecryption=True)["Parameter"]["Value"]
        about = {"ResourceType": "Parameter", "ResourceId": one["Name"]}
        tags = ssm.list_tags_for_resource(**about)["TagList"]
        yield f"parameter {one['Name']}", {**one, "Value": value, "Tags": _in_order(tags)}
    for one in cloudwatch.describe_alarms()["MetricAlarms"]:
        tags = cloudwatch.list_tags_for_resource(ResourceARN=one["AlarmArn"])["Tags"]
        yield f"alarm {one['AlarmName']}", {**one, "Tags": _in_order(tags)}
    for one in cloudwatch.list_dashboards()["DashboardEntries"]:
        body = cloudwatch.get_dashboard(DashboardName=one["DashboardName"])["DashboardBody"]
        yield f"dashboard {one['DashboardName']}", json.loads(body)
    for one in events.list_rules()["Rules"]:
        targets = events.list_targets_by_rule(Rule=one["Name"])["Targets"]
        tags = events.list_tags_for_resource(ResourceARN=one["Arn"])["Tags"]
        yield f"rule {one['Name']}", {**one, "Targets": targets, "Tags": _in_order(tags)}
    yield from _shared(workspace)


def _shared(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    sns, iam = workspace.client("sns"), workspace.client("iam")
    for one in sns.list_topics()["Topics"]:
        attributes = sns.get_topic_attributes(TopicArn=one["TopicArn"])["Attributes"]
        yield f"topic {one['TopicArn']}", attributes
    for one in iam.list_roles()["Roles"]:
        tags = iam.list_role_tags(RoleName=one["RoleName"])["Tags"]
        yield f"role {one['RoleName']}", {**one, "Tags": _in_order(tags)}


def _ids(workspace: Workspace) -> Iterator[tuple[str, str]]:
    medialive = workspace.client("medialive")
    for one in medialive.list_inputs()["Inputs"]:
        yield one["Id"], f"<{one['Name']}>"
        for pipeline, end in enumerate(one["Destinations"]):
            yield end["Ip"], f"<{one['Name']} {pipeline}>"
    for one in medialive.list_channels()["Channels"]:
        yield one["Id"], f"<{one['Name']}>"
    for one in medialive.list_input_security_groups()["InputSecurityGroups"]:
        yield one["Id"], "<group>"


def _in_order(tags: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(tags, key=lambda tag: tag["Key"])


def _lasting(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _lasting(item) for key, item in value.items() if not _PASSING.fullmatch(str(key))
        }
    if not isinstance(value, list):
        return value
    items = [_lasting(item) for item in value]
    # Dimensions and a group's inputs are sets.
    named = all(isinstance(item, Mapping) and "Name" in item and "Value" in item for item in items)
    texts = all(isinstance(item, str) for item in items)
    return sorted(items, key=str) if named or texts else items
