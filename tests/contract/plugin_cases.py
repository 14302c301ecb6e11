"""A resource of every type that the stand-in serves, and every change of it that is compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.alarms import ALARM

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-west-2:{ACCOUNT}:one"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/one"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
EMAIL = "a@example.org"

Clients = Callable[[str], Any]


@dataclass(frozen=True)
class Case:
    """One resource.

    Attributes:
        token: its type.
        declared: its inputs.
        changes: by name, properties that get another value; None takes them away.
        update: the names of the changes that are made together, in place.
        needs: makes what has to be there before.
        imported: whether the id is enough to read it.
    """

    token: str
    declared: Mapping[str, Any]
    changes: Mapping[str, Mapping[str, Any]]
    update: tuple[str, ...] = ()
    needs: Callable[[Clients], Any] = lambda _: None
    imported: bool = True


def policy(effect: str, action: str, **more: Any) -> str:
    """Return a policy of one statement."""
    statement = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(*services: str) -> str:
    """Return a policy that lets services assume a role."""
    principals = [f"{service}.amazonaws.com" for service in services]
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": principals},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def spaced(document: str) -> str:
    """Return the same JSON in other white space."""
    return json.dumps(json.loads(document), indent=2)


def archive(text: str) -> dict[str, Any]:
    """Return an archive of one file as the engine sends it; *text* takes the hashes' place."""
    files = {"handler.py": {"hash": f"file-{text}", "text": f"TEXT = {text!r}\n"}}
    return {"hash": f"archive-{text}", "assets": files}


def notification(percent: int, *emails: str) -> dict[str, Any]:
    """Return a notification of a budget."""
    return {
        "notificationType": "FORECASTED",
        "threshold": percent,
        "thresholdType": "PERCENTAGE",
        "comparisonOperator": "GREATER_THAN",
        "subscriberEmailAddresses": list(emails),
    }


def _role(client: Clients) -> None:
    client("iam").create_role(RoleName="one", AssumeRolePolicyDocument=trust("lambda", "scheduler"))


def _boundaries(client: Clients) -> None:
    for name in ("boundary", "other"):
        document = policy("Allow", "s3:GetObject")
        client("iam").create_policy(PolicyName=name, PolicyDocument=document)


def _topic(client: Clients) -> None:
    client("sns").create_topic(Name="one")


def _alarms(client: Clients) -> None:
    for name in ("one", "two"):
        client("cloudwatch").put_metric_alarm(AlarmName=name, **ALARM)


def _rule(client: Clients) -> None:
    client("events").put_rule(Name="one-rule", EventPattern='{"source": ["aws.medialive"]}')
    _topic(client)


def _function(client: Clients) -> None:
    _role(client)
    client("lambda").create_function(
        FunctionName="one",
        Role=ROLE,
        Handler="handler.handle",
        Runtime="python3.13",
        Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
    )


def _secret(client: Clients) -> None:
    client("secretsmanager").create_secret(Name="one")


TAGS: dict[str, dict[str, Any]] = {
    "tags": {"tags": {"a": "2", "b": "3"}},
    "no tags": {"tags": None},
}
PATTERN = json.dumps({"source": ["aws.medialive"]})
METRIC = {"namespace": "AWS/MediaLive", "metricName": "X", "dimensions": {"ChannelId": "1"}}
FRAMES = {"id": "frames", "metric": {**METRIC, "period": 60, "stat": "Maximum"}}
FILLED = {"id": "e", "expression": "FILL(frames, 0)", "label": "frames", "returnData": True}
TRUST = trust("medialive")
DOCUMENT = policy("Allow", "medialive:StartChannel")
BODY = json.dumps({"widgets": []})
TARGET = {
    "arn": "arn:aws:scheduler:::aws-sdk:medialive:startChannel",
    "roleArn": ROLE,
    "input": '{"ChannelId": "1"}',
    "retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 0},
}

CASES: dict[str, Case] = {
    "Budget": Case(
        "aws:budgets/budget:Budget",
        {
            "accountId": ACCOUNT,
            "name": "one",
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "600.00",
            "limitUnit": "USD",
            "costFilters": [{"name": "TagKeyValue", "values": ["user:Stack$one"]}],
            "notifications": [notification(80, EMAIL)],
            "tags": {"a": "1"},
        },
        {
            "name": {"name": "two"},
            "type": {"budgetType": "USAGE"},
            "unit of time": {"timeUnit": "ANNUALLY"},
            "amount": {"limitAmount": "700.00"},
            "amount in other words": {"limitAmount": "600.0"},
            "filter": {"costFilters": [{"name": "TagKeyValue", "values": ["user:Stack$two"]}]},
            "notification": {"notifications": [notification(90, EMAIL, "b@example.org")]},
            "no notification": {"notifications": None},
            **TAGS,
        },
        update=("amount", "filter", "notification", "tags"),
    ),
    "CompositeAlarm": Case(
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        {
            "alarmName": "both",
            "alarmRule": 'ALARM("one")',
            "alarmDescription": "first",
            "actionsSuppressor": {"alarm": "one", "waitPeriod": 180, "extensionPeriod": 300},
            "alarmActions": [TOPIC],
            "okActions": [TOPIC],
            "tags": {"a": "1"},
        },
        {
            "name": {"alarmName": "other"},
            "rule": {"alarmRule": 'ALARM("one") OR ALARM("two")'},
            "description": {"alarmDescription": "second"},
            "switched off": {"actionsEnabled": False},
            "suppressor": {
                "actionsSuppressor": {"alarm": "two", "waitPeriod": 60, "extensionPeriod": 60}
            },
            "no suppressor": {"actionsSuppressor": None},
            "actions": {"alarmActions": [f"{TOPIC}-two"]},
            **TAGS,
        },
        update=("rule", "description", "suppressor", "tags"),
        needs=_alarms,
    ),
    "Dashboard": Case(
        "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "one", "dashboardBody": BODY},
        {
            "name": {"dashboardName": "two"},
            "white space": {"dashboardBody": spaced(BODY)},
            "body": {"dashboardBody": json.dumps({"widgets": [], "start": "-PT1H"})},
        },
        update=("body",),
    ),
    "EventRule": Case(
        "aws:cloudwatch/eventRule:EventRule",
        {"name": "one-rule", "eventPattern": PATTERN, "tags": {"a": "1"}},
        {
            "name": {"name": "two-rule"},
            "white space": {"eventPattern": spaced(PATTERN)},
            "pattern": {"eventPattern": '{"source":["aws.mediaconnect"]}'},
            "description": {"description": "changed"},
            **TAGS,
        },
        update=("pattern", "description", "tags"),
    ),
    "EventRule of a schedule": Case(
        "aws:cloudwatch/eventRule:EventRule",
        {"name": "one-rule", "scheduleExpression": "rate(5 minutes)"},
        {"expression": {"scheduleExpression": "rate(1 minute)"}},
        update=("expression",),
    ),
    "EventTarget": Case(
        "aws:cloudwatch/eventTarget:EventTarget",
        {
            "rule": "one-rule",
            "targetId": "topic",
            "arn": TOPIC,
            "inputTransformer": {"inputPaths": {"a": "$.a"}, "inputTemplate": '"<a>"'},
        },
        {
            "rule": {"rule": "two-rule"},
            "id": {"targetId": "other"},
            "arn": {"arn": f"{TOPIC}-two"},
            "template": {
                "inputTransformer": {"inputPaths": {"a": "$.a"}, "inputTemplate": '"b <a>"'}
            },
            "paths": {"inputTransformer": {"inputPaths": {"b": "$.b"}, "inputTemplate": '"<b>"'}},
            "no transformer": {"inputTransformer": None},
        },
        update=("paths",),
        needs=_rule,
        imported=False,
    ),
    "LogGroup": Case(
        "aws:cloudwatch/logGroup:LogGroup",
        {"name": "one", "retentionInDays": 30, "tags": {"a": "1"}},
        {"name": {"name": "two"}, "retention": {"retentionInDays": 90}, **TAGS},
        update=("retention", "tags"),
    ),
    "MetricAlarm": Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            **METRIC,
            "name": "one",
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 3,
            "threshold": 0,
            "period": 60,
            "statistic": "Maximum",
            "treatMissingData": "notBreaching",
            "alarmActions": [TOPIC],
            "okActions": [TOPIC, f"{TOPIC}-two"],
            "tags": {"a": "1"},
        },
        {
            "name": {"name": "two"},
            "operator": {"comparisonOperator": "LessThanThreshold"},
            "periods": {"evaluationPeriods": 4},
            "threshold": {"threshold": 5},
            "period": {"period": 300},
            "statistic": {"statistic": "Average"},
            "missing data": {"treatMissingData": "breaching"},
            "missing data as AWS has it": {"treatMissingData": None},
            "actions": {"alarmActions": [TOPIC, f"{TOPIC}-two"]},
            "order of actions": {"okActions": [f"{TOPIC}-two", TOPIC]},
            "no actions": {"alarmActions": None, "okActions": None},
            "description": {"alarmDescription": "changed"},
            "datapoints": {"datapointsToAlarm": 2},
            "dimensions": {"dimensions": {"ChannelId": "2", "Pipeline": "0"}},
            "metric": {"metricName": "Y", "namespace": "AWS/MediaConnect"},
            **TAGS,
        },
        update=("threshold", "description", "datapoints", "actions", "tags"),
    ),
    "MetricAlarm of an expression": Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "name": "one",
            "comparisonOperator": "LessThanThreshold",
            "evaluationPeriods": 3,
            "threshold": 1,
            "metricQueries": [FRAMES, FILLED],
        },
        {
            "order": {"metricQueries": [FILLED, FRAMES]},
            "expression": {"metricQueries": [FRAMES, {**FILLED, "expression": "FILL(frames, 1)"}]},
            "tags": {"tags": {"a": "1"}},
        },
        update=("expression", "tags"),
    ),
    "Role": Case(
        "aws:iam/role:Role",
        {
            "name": "one",
            "assumeRolePolicy": TRUST,
            "description": "first",
            "permissionsBoundary": BOUNDARY,
            "tags": {"a": "1"},
        },
        {
            "name": {"name": "two"},
            "white space": {"assumeRolePolicy": spaced(TRUST)},
            "trust": {"assumeRolePolicy": trust("scheduler")},
            "description": {"description": "second"},
            "no description": {"description": None},
            "boundary": {"permissionsBoundary": BOUNDARY.replace("boundary", "other")},
            "no boundary": {"permissionsBoundary": None},
            **TAGS,
        },
        update=("trust", "description", "boundary", "tags"),
        needs=_boundaries,
    ),
    "RolePolicy": Case(
        "aws:iam/rolePolicy:RolePolicy",
        {"role": "one", "name": "policy", "policy": DOCUMENT},
        {
            "role": {"role": "two"},
            "name": {"name": "other"},
            "white space": {"policy": spaced(DOCUMENT)},
            "policy": {"policy": policy("Deny", "medialive:StopChannel")},
        },
        update=("policy",),
        needs=_role,
    ),
    "Function": Case(
        "aws:lambda/function:Function",
        {
            "name": "one",
            "role": ROLE,
            "handler": "handler.handle",
            "runtime": "python3.13",
            "code": archive("first"),
            "architectures": ["arm64"],
            "description": "first",
            "environment": {"variables": {"A": "1"}},
            "loggingConfig": {"logFormat": "Text", "logGroup": "/aws/lambda/one"},
            "memorySize": 256,
            "timeout": 20,
            "tags": {"a": "1"},
        },
        {
            "name": {"name": "two"},
            "role": {"role": f"{ROLE}-two"},
            "handler": {"handler": "other.handle"},
            "runtime": {"runtime": "python3.12"},
            "code": {"code": archive("second")},
            "architecture": {"architectures": ["x86_64"]},
            "description": {"description": "second"},
            "environment": {"environment": {"variables": {"A": "2"}}},
            "no environment": {"environment": None},
            "memory": {"memorySize": 512},
            "timeout": {"timeout": 30},
            "log group": {"loggingConfig": {"logFormat": "Text", "logGroup": "/other"}},
            **TAGS,
        },
        update=("code", "environment", "memory", "tags"),
        needs=_role,
    ),
    "FunctionUrl": Case(
        "aws:lambda/functionUrl:FunctionUrl",
        {
            "functionName": "one",
            "authorizationType": "AWS_IAM",
            "cors": {"allowOrigins": ["https://example.org"], "allowMethods": ["GET"]},
        },
        {
            "function": {"functionName": "two"},
            "authorization": {"authorizationType": "NONE"},
            "origins": {"cors": {"allowOrigins": ["https://example.com"]}},
            "no origins": {"cors": None},
        },
        update=("origins",),
        needs=_function,
    ),
    "Permission": Case(
        "aws:lambda/permission:Permission",
        {
            "function": "one",
            "statementId": "rules",
            "action": "lambda:InvokeFunction",
            "principal": "events.amazonaws.com",
            "sourceArn": f"arn:aws:events:us-west-2:{ACCOUNT}:rule/one-*",
        },
        {
            "function": {"function": "two"},
            "statement": {"statementId": "others"},
            "source": {"sourceArn": f"arn:aws:events:us-west-2:{ACCOUNT}:rule/two-*"},
        },
        needs=_function,
        imported=False,
    ),
    "Schedule": Case(
        "aws:scheduler/schedule:Schedule",
        {
            "name": "one",
            "groupName": "default",
            "scheduleExpression": "cron(0 9 ? * MON *)",
            "scheduleExpressionTimezone": "America/Los_Angeles",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": TARGET,
        },
        {
            "name": {"name": "two"},
            "group": {"groupName": "other"},
            "expression": {"scheduleExpression": "cron(0 10 ? * MON *)"},
            "time zone": {"scheduleExpressionTimezone": "Europe/Berlin"},
            "no time zone": {"scheduleExpressionTimezone": None},
            "window": {"flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 5}},
            "target": {"target": {**TARGET, "input": '{"ChannelId": "2"}'}},
            "description": {"description": "changed"},
            "state": {"state": "DISABLED"},
        },
        update=("expression", "target", "description", "state"),
        needs=_role,
    ),
    "ScheduleGroup": Case(
        "aws:scheduler/scheduleGroup:ScheduleGroup",
        {"name": "one", "tags": {"a": "1"}},
        {"name": {"name": "two"}, **TAGS},
        update=("tags",),
    ),
    "Secret": Case(
        "aws:secretsmanager/secret:Secret",
        {"name": "one", "recoveryWindowInDays": 0, "tags": {"a": "1"}},
        {"name": {"name": "two"}, "recovery": {"recoveryWindowInDays": 7}, **TAGS},
        update=("recovery", "tags"),
    ),
    "SecretVersion": Case(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretId": "one", "secretString": "made-up-passphrase"},
        {"secret": {"secretId": "two"}, "text": {"secretString": "another-passphrase"}},
        needs=_secret,
    ),
    "Table": Case(
        "aws:dynamodb/table:Table",
        {
            "name": "one",
            "billingMode": "PAY_PER_REQUEST",
            "hashKey": "MemoryId",
            "attributes": [{"name": "MemoryId", "type": "S"}],
            "tags": {"a": "1"},
        },
        {
            "name": {"name": "two"},
            "key": {"hashKey": "Other", "attributes": [{"name": "Other", "type": "S"}]},
            **TAGS,
        },
        update=("tags",),
    ),
    "Topic": Case(
        "aws:sns/topic:Topic",
        {"name": "one", "tags": {"a": "1"}},
        {"name": {"name": "two"}, **TAGS},
        update=("tags",),
    ),
    "TopicPolicy": Case(
        "aws:sns/topicPolicy:TopicPolicy",
        {"arn": TOPIC, "policy": DOCUMENT},
        {
            "topic": {"arn": f"{TOPIC}-two"},
            "white space": {"policy": spaced(DOCUMENT)},
            "policy": {"policy": policy("Deny", "sns:Publish")},
        },
        update=("policy",),
        needs=_topic,
    ),
    "TopicSubscription": Case(
        "aws:sns/topicSubscription:TopicSubscription",
        {"topic": TOPIC, "protocol": "email", "endpoint": EMAIL},
        {
            "topic": {"topic": f"{TOPIC}-two"},
            "protocol": {"protocol": "email-json"},
            "endpoint": {"endpoint": "b@example.org"},
        },
        needs=_topic,
    ),
    "Parameter": Case(
        "aws:ssm/parameter:Parameter",
        {
            "name": "/one",
            "type": "SecureString",
            "value": "made-up",
            "description": "first",
            "tags": {"a": "1"},
        },
        {
            "name": {"name": "/two"},
            "type": {"type": "String"},
            "value": {"value": "rotated"},
            "description": {"description": "second"},
            "no description": {"description": None},
            **TAGS,
        },
        update=("value", "description", "tags"),
    ),
}
