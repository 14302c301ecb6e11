"""The contents of AWS, in text that is the same for the same resources whatever their ids are."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog import suspension
from localaws.medialive.service import ACCOUNT
from tests.support.workspace import Workspace

AwsSnapshot = Mapping[str, tuple[str, ...]]
"""By kind and name, each resource of that name as text; holds stream keys."""

# AWS gives, counts or dates these by itself; an alarm's state is no part of its declaration.
_VOLATILE = re.compile(
    r"\w*(Timestamp|Date|Modified|LastUsed)|RoleId|Version|ResponseMetadata|Size|SourceIp"
    r"|State(Reason|ReasonData|Value)|ActionsSuppressed(By|Reason)"
    r"|PipelineDetails|PipelinesRunningCount"
)
# What is declared of a function.
_DECLARED = ("Role", "Handler", "Runtime", "CodeSha256", "Environment", "MemorySize", "Timeout")
# As deep as a message names what differs.
_SHOWN_STEPS = 3
# MediaConnect's model says which protocols a setting applies to. An update keeps what it omits, so
# an output whose protocol changed may still show a setting that does not apply to it.
_APPLIES_TO = {"MinLatency": ("srt",), "SmoothingLatency": ("rist", "rtp")}
_ARN_NUMBER = re.compile(r":1-[0-9A-Z]+-[0-9a-f]+:")


def snapshot(workspace: Workspace) -> AwsSnapshot:
    """Return everything that the emulator holds and the program makes."""
    resources = [
        *_media(workspace),
        *_monitoring(workspace),
        *_shared(workspace),
        *_functions(workspace),
    ]
    ids = dict(_ids(workspace))
    texts: dict[str, list[str]] = {}
    for name, resource in resources:
        members = _without_past(json.loads(named(json.dumps(resource, default=str), ids)))
        text = json.dumps(_stable(members), sort_keys=True)
        texts.setdefault(named(name, ids), []).append(_ARN_NUMBER.sub(":<n>:", text))
    return {name: tuple(sorted(listed)) for name, listed in texts.items()}


def _without_past(members: dict[str, Any]) -> dict[str, Any]:
    """Return *members* without the tag of a deployment that stopped a channel.

    It outlives the deployment, and a channel that was created stopped has none.
    """
    tags = members.get("Tags")
    if not isinstance(tags, dict):
        return members
    past = suspension.read(tags)
    if past is None or past.by != suspension.DEPLOYMENT:
        return members
    return {**members, "Tags": {key: tags[key] for key in tags if key != suspension.KEY}}


def named(text: str, ids: Mapping[str, str]) -> str:
    """Return *text* with each of *ids* replaced by the name that it stands for."""
    known = "|".join(map(re.escape, ids)) or "(?!)"
    return re.sub(rf"(?<![\d.])({known})(?![\d.])", lambda match: ids[match[1]], text)


def differences(desired: AwsSnapshot, actual: AwsSnapshot) -> list[str]:
    """Return the resources that are missing, left over, duplicate or different, without values."""
    problems = []
    for name in sorted(desired.keys() | actual.keys()):
        want, have = desired.get(name, ()), actual.get(name, ())
        if len(have) < len(want):
            problems.append(f"{name} is missing")
        elif len(have) > len(want):
            problems.append(f"{name} is there twice" if want else f"{name} is left over")
        elif want != have:
            members = ", ".join(sorted(set(_differing(want, have)))) or "its text"
            problems.append(f"{name} is not as declared: {members}")
    return problems


def _differing(want: Sequence[str], have: Sequence[str]) -> Iterator[str]:
    """Yield the paths of differing members, up to the third step, without their values."""
    for desired, actual in zip(want, have, strict=True):
        with contextlib.suppress(json.JSONDecodeError):
            yield from _paths(json.loads(desired), json.loads(actual), ())


def _paths(desired: Any, actual: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(desired, dict) and isinstance(actual, dict) and len(path) < _SHOWN_STEPS:
        for key in desired.keys() | actual.keys():
            yield from _paths(desired.get(key), actual.get(key), (*path, key))
    elif desired != actual:
        yield ".".join(path)


def _all(client: Any, operation: str, member: str, **request: Any) -> list[Any]:
    if not client.can_paginate(operation):
        return list(getattr(client, operation)(**request)[member])
    pages = client.get_paginator(operation).paginate(**request)
    return [item for page in pages for item in page.get(member, [])]


def _media(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    medialive, mediaconnect = workspace.client("medialive"), workspace.client("mediaconnect")
    for channel in _all(medialive, "list_channels", "Channels"):
        yield f"channel {channel['Name']}", medialive.describe_channel(ChannelId=channel["Id"])
    for push_input in _all(medialive, "list_inputs", "Inputs"):
        yield f"input {push_input['Name']}", medialive.describe_input(InputId=push_input["Id"])
    for group in _all(medialive, "list_input_security_groups", "InputSecurityGroups"):
        yield "input security group", group
    for listed in _all(mediaconnect, "list_flows", "Flows"):
        flow = mediaconnect.describe_flow(FlowArn=listed["FlowArn"])["Flow"]
        for output in flow.get("Outputs", []):
            tags = mediaconnect.list_tags_for_resource(ResourceArn=output["OutputArn"])["Tags"]
            transport = _in_effect(output["Transport"])
            shown = {**output, "Transport": transport, "Tags": tags}
            yield f"flow output {output['Name']}", shown


def _in_effect(transport: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of *transport* that apply to its protocol."""
    return {
        member: value
        for member, value in transport.items()
        if transport["Protocol"].startswith(_APPLIES_TO.get(member, ""))
    }


def _monitoring(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    ssm, cloudwatch, events = map(workspace.client, ("ssm", "cloudwatch", "events"))
    for parameter in _all(ssm, "describe_parameters", "Parameters"):
        name = parameter["Name"]
        value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
        yield f"parameter {name}", {**parameter, "Value": value, "Tags": _sorted(tags)}
    # CloudWatch shows composite alarms only where they are asked for.
    for kind in ("CompositeAlarm", "MetricAlarm"):
        for alarm in _all(cloudwatch, "describe_alarms", f"{kind}s", AlarmTypes=[kind]):
            tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
            yield f"alarm {alarm['AlarmName']}", {**alarm, "Tags": _sorted(tags)}
    for dashboard in _all(cloudwatch, "list_dashboards", "DashboardEntries"):
        name = dashboard["DashboardName"]
        body = cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
        yield f"dashboard {name}", json.loads(body)
    for rule in _all(events, "list_rules", "Rules"):
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        tags = events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
        yield f"rule {rule['Name']}", {**rule, "Targets": targets, "Tags": _sorted(tags)}


def _shared(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    sns, iam, scheduler = map(workspace.client, ("sns", "iam", "scheduler"))
    for topic in _all(sns, "list_topics", "Topics"):
        arn = topic["TopicArn"]
        yield f"topic {arn}", sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    for role in _all(iam, "list_roles", "Roles"):
        name = role["RoleName"]
        policies = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        tags = _sorted(iam.list_role_tags(RoleName=name)["Tags"])
        yield f"role {name}", {**role, "Policies": policies, "Tags": tags}
    for listed in _all(scheduler, "list_schedules", "Schedules"):
        name = {"GroupName": listed["GroupName"], "Name": listed["Name"]}
        yield f"schedule {listed['Name']}", scheduler.get_schedule(**name)
    for group in _all(scheduler, "list_schedule_groups", "ScheduleGroups"):
        tags = scheduler.list_tags_for_resource(ResourceArn=group["Arn"])["Tags"]
        yield f"schedule group {group['Name']}", {"Tags": _sorted(tags)}
    for subscription in _all(sns, "list_subscriptions", "Subscriptions"):
        receiver = {key: subscription[key] for key in ("Protocol", "Endpoint")}
        yield f"subscription of {subscription['TopicArn']}", receiver
    secrets, budgets = map(workspace.client, ("secretsmanager", "budgets"))
    for secret in _all(secrets, "list_secrets", "SecretList"):
        value = secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        tags = _sorted(secret.get("Tags", []))
        yield f"secret {secret['Name']}", {"Value": value, "Tags": tags}
    account = {"AccountId": ACCOUNT}
    for budget in _all(budgets, "describe_budgets", "Budgets", **account):
        name, limit = budget["BudgetName"], budget["BudgetLimit"]
        mails = budgets.describe_notifications_for_budget(**account, BudgetName=name)
        yield f"budget {name}", {"Limit": limit, "Mails": sorted(map(str, mails["Notifications"]))}


def _functions(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    """Yield the functions, their addresses, tables and log groups."""
    dynamodb, functions, logs = map(workspace.client, ("dynamodb", "lambda", "logs"))
    for name in _all(dynamodb, "list_tables", "TableNames"):
        table = dynamodb.describe_table(TableName=name)["Table"]
        tags = dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
        yield f"table {name}", {"KeySchema": table["KeySchema"], "Tags": _sorted(tags)}
    for name in (
        listed["FunctionName"] for listed in _all(functions, "list_functions", "Functions")
    ):
        function = functions.get_function(FunctionName=name)
        settings = {key: function["Configuration"].get(key) for key in _DECLARED}
        yield f"function {name}", {**settings, "Tags": function.get("Tags")}
        with contextlib.suppress(functions.exceptions.ResourceNotFoundException):
            url = functions.get_function_url_config(FunctionName=name)
            yield f"address of {name}", {"AuthType": url["AuthType"]}
    for group in _all(logs, "describe_log_groups", "logGroups"):
        retention = {"RetentionInDays": group.get("retentionInDays")}
        yield f"log group {group['logGroupName']}", retention


def _ids(workspace: Workspace) -> Iterator[tuple[str, str]]:
    medialive = workspace.client("medialive")
    for push_input in _all(medialive, "list_inputs", "Inputs"):
        yield push_input["Id"], f"<{push_input['Name']}>"
        for pipeline, endpoint in enumerate(push_input["Destinations"]):
            yield endpoint["Ip"], f"<{push_input['Name']} {pipeline}>"
    for channel in _all(medialive, "list_channels", "Channels"):
        yield channel["Id"], f"<{channel['Name']}>"
    for group in _all(medialive, "list_input_security_groups", "InputSecurityGroups"):
        yield group["Id"], "<group>"


def _sorted(tags: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(tags, key=lambda tag: tag["Key"])


def _stable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _stable(item) for key, item in value.items() if not _VOLATILE.fullmatch(str(key))
        }
    if not isinstance(value, list):
        return value
    items = [_stable(item) for item in value]
    # Dimensions, a group's inputs and the queries of an alarm are sets.
    pairs = all(isinstance(item, Mapping) and "Name" in item and "Value" in item for item in items)
    queries = all(isinstance(item, Mapping) and "ReturnData" in item for item in items)
    texts = all(isinstance(item, str) for item in items)
    return sorted(items, key=str) if pairs or queries or texts else items
