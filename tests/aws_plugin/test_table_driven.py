"""Every row of the table, from first to last, against the emulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from offline.aws_plugin.api_mapping import normalised
from offline.aws_plugin.table import KINDS
from offline.aws_plugin.table_driven import Simple
from provider.aws import AwsClients
from provider.resource import Change, ResourceError

TOPIC = "arn:aws:sns:us-west-2:123456789012:one"
ROLE = "arn:aws:iam::123456789012:role/one"
DOCUMENT = (
    '{"Version": "2012-10-17",  "Statement":'
    ' [{"Effect": "Allow", "Action": "medialive:StartChannel", "Resource": "*"}]}'
)
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
    ' "Principal": {"Service": ["scheduler.amazonaws.com", "lambda.amazonaws.com"]}}]}'
)
OTHER = DOCUMENT.replace("Allow", "Deny")
CODE = {
    "assets": {
        "handler.py": {"text": "def handle(event, context): ..."},
        "more": {"assets": {"data.json": {"text": "{}"}}},
    }
}
METRIC = {"namespace": "AWS/MediaLive", "metricName": "X", "dimensions": {"ChannelId": "1"}}

# What each type is declared by, and a change that is made in place.
DECLARED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "MetricAlarm": (
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
            "okActions": [TOPIC],
            "tags": {"a": "1"},
        },
        {"threshold": 5},
    ),
    "Dashboard": ({"dashboardName": "one", "dashboardBody": '{"widgets": []}'}, {}),
    "EventRule": (
        {"name": "one-rule", "eventPattern": '{"source":  ["aws.medialive"]}', "tags": {"a": "1"}},
        {"description": "changed"},
    ),
    "EventTarget": (
        {
            "rule": "one-rule",
            "targetId": "topic",
            "arn": TOPIC,
            "inputTransformer": {"inputPaths": {"a": "$.a"}, "inputTemplate": '"<a>"'},
        },
        {"inputTransformer": {"inputPaths": {"b": "$.b"}, "inputTemplate": '"<b>"'}},
    ),
    "LogGroup": (
        {"name": "one", "retentionInDays": 30, "tags": {"a": "1"}},
        {"retentionInDays": 90},
    ),
    "RolePolicy": (
        {"role": "one", "name": "policy", "policy": DOCUMENT},
        {"policy": OTHER},
    ),
    "Function": (
        {
            "name": "one",
            "role": ROLE,
            "handler": "handler.handle",
            "runtime": "python3.13",
            "code": CODE,
            "environment": {"variables": {"A": "1"}},
            "tags": {"a": "1"},
        },
        {"environment": {"variables": {"A": "2"}}},
    ),
    "FunctionUrl": (
        {
            "functionName": "one",
            "authorizationType": "AWS_IAM",
            "cors": {"allowOrigins": ["https://example.org"]},
        },
        {"cors": {"allowOrigins": ["https://example.com"]}},
    ),
    "Schedule": (
        {
            "name": "one",
            "groupName": "default",
            "scheduleExpression": "cron(0 9 ? * MON *)",
            "scheduleExpressionTimezone": "America/Los_Angeles",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": "arn:aws:scheduler:::aws-sdk:medialive:startChannel",
                "roleArn": ROLE,
                "input": '{"ChannelId": "1"}',
                "retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 0},
            },
        },
        {"state": "DISABLED"},
    ),
    "ScheduleGroup": ({"name": "one", "tags": {"a": "1"}}, {"tags": {"a": "2", "b": "3"}}),
    "Secret": (
        {"name": "one", "recoveryWindowInDays": 0, "tags": {"a": "1"}},
        {"tags": {"b": "2"}},
    ),
    "SecretVersion": ({"secretId": "one", "secretString": "made-up-passphrase"}, {}),
    "Table": (
        {
            "name": "one",
            "billingMode": "PAY_PER_REQUEST",
            "hashKey": "MemoryId",
            "attributes": [{"name": "MemoryId", "type": "S"}],
            "tags": {"a": "1"},
        },
        {"tags": {"b": "2"}},
    ),
    "Topic": ({"name": "one", "tags": {"a": "1"}}, {"tags": {"b": "2"}}),
    "TopicPolicy": (
        {"arn": TOPIC, "policy": DOCUMENT},
        {"policy": OTHER},
    ),
    "TopicSubscription": ({"topic": TOPIC, "protocol": "email", "endpoint": "a@example.org"}, {}),
}
# What has to be there before.
AFTER = {
    "EventTarget": ("EventRule",),
    "FunctionUrl": ("Function",),
    "SecretVersion": ("Secret",),
    "TopicPolicy": ("Topic",),
    "TopicSubscription": ("Topic",),
}


@pytest.fixture(params=sorted(DECLARED))
def name(request: pytest.FixtureRequest) -> str:
    """The name of each type."""
    type_name: str = request.param
    return type_name


@pytest.fixture
def of(aws: AwsClients, client: Callable[[str], Any]) -> Callable[[str], Simple]:
    """Make a type of the table by its name; what it needs is there."""
    client("iam").create_role(RoleName="one", AssumeRolePolicyDocument=TRUST)

    def make(name: str) -> Simple:
        for needed in AFTER.get(name, ()):
            make(needed).create("urn", DECLARED[needed][0])
        (kind,) = (kind for kind in KINDS if kind.token.endswith(f":{name}"))
        return Simple(aws, kind)

    return make


def test_the_table_is_tested_whole() -> None:
    assert DECLARED.keys() == {kind.token.rpartition(":")[2] for kind in KINDS}


def test_it_is_read_as_it_was_declared(of: Callable[[str], Simple], name: str) -> None:
    resource, (declared, _) = of(name), DECLARED[name]
    assert resource.check("urn", None, declared).failures == ()
    made = resource.create("urn", declared)
    assert declared.items() <= made.state.items()
    read = resource.read("urn", made.id, declared, made.state)
    assert read is not None
    assert read.inputs == declared
    assert read.state == made.state
    assert not resource.diff(made.id, declared, made.state, read.inputs).changed


def test_it_is_changed_in_place(of: Callable[[str], Simple], name: str) -> None:
    resource, (declared, change) = of(name), DECLARED[name]
    made = resource.create("urn", declared)
    changed = {**declared, **change}
    difference = resource.diff(made.id, declared, made.state, changed)
    assert (difference.changed, difference.replaces) == (bool(change), frozenset())
    state = resource.update(made.id, declared, made.state, changed)
    read = resource.read("urn", made.id, changed, state)
    assert read is not None
    assert read.inputs == changed


def test_it_goes_and_may_be_gone_already(of: Callable[[str], Simple], name: str) -> None:
    resource, (declared, _) = of(name), DECLARED[name]
    made = resource.create("urn", declared)
    resource.delete(made.id, made.state)
    # These go with what they belong to.
    if name not in {"TopicPolicy", "SecretVersion"}:
        assert resource.read("urn", made.id, declared, made.state) is None
    resource.delete(made.id, made.state)


@pytest.mark.parametrize("name", sorted(DECLARED.keys() - {"EventTarget"}))
def test_an_import_reads_what_declares_it(of: Callable[[str], Simple], name: str) -> None:
    resource, (declared, _) = of(name), DECLARED[name]
    made = resource.create("urn", declared)
    read = resource.read("urn", made.id, {}, {})
    assert read is not None
    assert resource.check("urn", None, {**declared, **read.inputs}).failures == ()
    missing = resource.required - read.inputs.keys()
    # The code of a function cannot be read back, and a table has these in parts of its own.
    unread = {"Function": {"code"}, "Table": {"billingMode", "hashKey"}}
    assert missing == unread.get(name, set())


def test_another_name_replaces(of: Callable[[str], Simple]) -> None:
    declared = DECLARED["MetricAlarm"][0]
    difference = of("MetricAlarm").diff("one", declared, {}, {**declared, "name": "two"})
    assert difference.replaces == {"name"}
    assert difference.changes == {"name": Change.UPDATE}


def test_what_has_no_update_is_replaced(of: Callable[[str], Simple]) -> None:
    declared = DECLARED["TopicSubscription"][0]
    difference = of("TopicSubscription").diff("1", declared, {}, {**declared, "endpoint": "b"})
    assert difference.replaces == {"endpoint"}


def test_a_policy_in_other_words_is_no_drift_and_another_policy_is(
    of: Callable[[str], Simple], client: Callable[[str], Any]
) -> None:
    resource, declared = of("RolePolicy"), DECLARED["RolePolicy"][0]
    made = resource.create("urn", declared)
    client("iam").put_role_policy(RoleName="one", PolicyName="policy", PolicyDocument=OTHER)
    read = resource.read("urn", made.id, declared, made.state)
    assert read is not None
    assert json.loads(read.inputs["policy"]) == json.loads(OTHER)


def test_an_alarm_on_an_expression_is_read_as_it_was_declared(
    of: Callable[[str], Simple], client: Callable[[str], Any]
) -> None:
    resource = of("MetricAlarm")
    queries = [
        {"id": "frames", "metric": {**METRIC, "period": 60, "stat": "Maximum"}},
        {"id": "e", "expression": "FILL(frames, 0)", "label": "frames", "returnData": True},
    ]
    declared = {
        "name": "one",
        "comparisonOperator": "LessThanThreshold",
        "evaluationPeriods": 3,
        "threshold": 1,
        "metricQueries": queries,
    }
    made = resource.create("urn", declared)
    (alarm,) = client("cloudwatch").describe_alarms(AlarmNames=["one"])["MetricAlarms"]
    assert alarm["Metrics"][0]["MetricStat"]["Metric"]["MetricName"] == "X"
    read = resource.read("urn", made.id, declared, made.state)
    assert read is not None
    # They are a set: their order means nothing.
    assert normalised(read.inputs) == normalised(declared)


def test_what_aws_refuses_is_one_sentence(of: Callable[[str], Simple]) -> None:
    resource, declared = of("Schedule"), DECLARED["Schedule"][0]
    resource.create("urn", declared)
    with pytest.raises(ResourceError, match=r"^LUN3.*: cannot create schedule one: ") as caught:
        resource.create("urn", declared)
    assert "\n" not in str(caught.value)


def test_what_vanishes_while_it_is_changed_is_said(of: Callable[[str], Simple]) -> None:
    resource, declared = of("ScheduleGroup"), DECLARED["ScheduleGroup"][0]
    made = resource.create("urn", declared)
    resource.delete(made.id, made.state)
    with pytest.raises(ResourceError, match=r"^LUN330"):
        resource.update(made.id, declared, made.state, declared)


def test_code_of_which_only_the_hash_is_known_is_not_packed_to_read_the_function(
    of: Callable[[str], Simple],
) -> None:
    resource, declared = of("Function"), DECLARED["Function"][0]
    made = resource.create("urn", declared)
    hashes = {**declared, "code": {"hash": "1", "assets": {"handler.py": {"hash": "2"}}}}
    read = resource.read("urn", made.id, hashes, made.state)
    assert read is not None
    assert read.inputs == hashes
