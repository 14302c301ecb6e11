"""Lambda functions as targets of EventBridge's rules and of schedules."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from tests.support.functions import Connect, function, trusted_role
from tests.support.iam import allow, connect, role
from tests.support.medialive import idle_channel, settle

LOGGING = """
import json


def handle(event, context):
    print("got", json.dumps(event, sort_keys=True))
    if event.get("fails"):
        raise ValueError("made up")
"""
ARN = "arn:aws:lambda:us-west-2:123456789012:function:worker"


def received(client: Connect) -> list[Any]:
    logs = client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        return []
    events = logs.filter_log_events(logGroupName="/aws/lambda/worker")["events"]
    texts = [event["message"] for event in events if event["message"].startswith("got ")]
    return [json.loads(text.removeprefix("got ")) for text in texts]


def rule(client: Connect, **target: Any) -> str:
    events = client("events")
    pattern = json.dumps({"source": ["aws.medialive"], "detail": {"state": ["RUNNING"]}})
    made = events.put_rule(Name="runs", EventPattern=pattern)
    events.put_targets(Rule="runs", Targets=[{"Id": "1", "Arn": ARN, **target}])
    return str(made["RuleArn"])


def permit(client: Connect, source: str) -> None:
    client("lambda").add_permission(
        FunctionName="worker",
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=source,
    )


def start(medialive: Any) -> str:
    channel = idle_channel(medialive)
    medialive.start_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    return channel


def test_an_event_reaches_the_function_that_lets_eventbridge_call_it(
    embedded: EmbeddedAws, client: Connect, medialive: Any
) -> None:
    function(client, LOGGING)
    permit(client, rule(client))
    channel = start(medialive)
    embedded.advance(1)
    [event] = received(client)
    assert event["detail-type"] == "MediaLive Channel State Change"
    assert event["detail"]["channel_arn"].endswith(f":channel:{channel}")
    told = [str(call) for call in embedded.calls if call.service in {"events", "lambda"}]
    assert f"events runs {ARN} 202" in told


@pytest.mark.parametrize("source", [None, "arn:aws:events:us-west-2:123456789012:rule/other"])
def test_an_event_does_not_reach_a_function_that_does_not_let_the_rule(
    embedded: EmbeddedAws, client: Connect, medialive: Any, source: str | None
) -> None:
    function(client, LOGGING)
    rule(client)
    if source is not None:
        permit(client, source)
    start(medialive)
    embedded.advance(1)
    assert f"events runs {ARN} 403" in map(str, embedded.calls)
    assert received(client) == []


def test_an_event_is_delivered_again_when_the_function_fails(
    embedded: EmbeddedAws, client: Connect, medialive: Any
) -> None:
    function(client, LOGGING)
    permit(client, rule(client, Input=json.dumps({"fails": True})))
    start(medialive)
    embedded.advance(3600)
    assert received(client) == [{"fails": True}] * 3


def schedule(client: Connect, role_arn: str, **target: Any) -> None:
    client("scheduler").create_schedule(
        Name="hourly",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": ARN, "RoleArn": role_arn, **target},
    )


@pytest.mark.parametrize("payload", [{"a": 1}, None])
def test_a_schedule_calls_a_function(
    embedded: EmbeddedAws, client: Connect, payload: dict[str, int] | None
) -> None:
    function(client, LOGGING)
    target = {} if payload is None else {"Input": json.dumps(payload)}
    schedule(client, trusted_role(client, "caller", "scheduler"), **target)
    embedded.advance(1)
    embedded.calls.clear()
    embedded.advance(2 * 3600)
    events = received(client)
    assert len(events) == 2
    if payload is not None:
        assert events == [payload] * 2
    else:
        assert events[0]["detail-type"] == "Scheduled Event"
        assert events[0]["resources"] == [
            "arn:aws:scheduler:us-west-2:123456789012:schedule/default/hourly"
        ]
    assert [str(call) for call in embedded.calls if call.service == "scheduler"] == [
        f"scheduler hourly:Invoke {ARN} 200"
    ] * 2


def test_a_schedule_whose_function_is_gone_is_on_record(
    embedded: EmbeddedAws, client: Connect
) -> None:
    schedule(client, trusted_role(client, "caller", "scheduler"))
    embedded.advance(1)
    embedded.calls.clear()
    embedded.advance(3600)
    assert [str(call) for call in embedded.calls] == [f"scheduler hourly:Invoke {ARN} 404"]


@pytest.mark.parametrize(("action", "status"), [("lambda:InvokeFunction", 200), ("sns:*", 403)])
def test_under_enforcement_a_schedule_calls_with_the_rights_of_its_role(
    action: str, status: int
) -> None:
    with EmbeddedAws(enforce_iam=True) as strict:
        client: Callable[[str], Any] = partial(connect, strict)
        function(client, LOGGING)
        schedule(client, role(strict, {"Service": "scheduler.amazonaws.com"}, allow(action)))
        strict.advance(1)
        strict.advance(3600)
        ran = [call for call in strict.calls if call.operation == "hourly:Invoke"]
        assert [call.status for call in ran] == [status]


def test_a_rule_with_a_schedule_calls_a_function_at_its_times(
    embedded: EmbeddedAws, client: Connect
) -> None:
    function(client, LOGGING)
    events = client("events")
    arn = events.put_rule(Name="nightly", ScheduleExpression="cron(30 2 * * ? *)")["RuleArn"]
    events.put_targets(Rule="nightly", Targets=[{"Id": "1", "Arn": ARN}])
    permit(client, arn)
    embedded.advance(1)
    embedded.advance(48 * 3600)
    times = [event["time"] for event in received(client)]
    assert times == ["2026-03-02T02:30:00Z", "2026-03-03T02:30:00Z"]
    [event, _] = received(client)
    assert (event["source"], event["resources"]) == ("aws.events", [arn])
    assert (event["detail-type"], event["detail"]) == ("Scheduled Event", {})
    events.disable_rule(Name="nightly")
    embedded.advance(48 * 3600)
    assert len(received(client)) == 2


def test_a_topic_calls_the_function_that_subscribes_and_lets_it(
    embedded: EmbeddedAws, client: Connect
) -> None:
    function(client, LOGGING)
    sns = client("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=ARN)
    sns.publish(TopicArn=topic, Message="not yet allowed")
    client("lambda").add_permission(
        FunctionName="worker",
        StatementId="sns",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
    )
    sns.publish(TopicArn=topic, Message="hello", Subject="Greeting")
    embedded.advance(1)
    [event] = received(client)
    [record] = event["Records"]
    assert record["EventSource"] == "aws:sns"
    assert record["EventSubscriptionArn"] == subscription["SubscriptionArn"]
    told = record["Sns"]
    assert (told["TopicArn"], told["Subject"], told["Message"]) == (topic, "Greeting", "hello")
