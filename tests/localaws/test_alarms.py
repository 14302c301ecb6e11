"""CloudWatch alarms over the wire: evaluated on the emulator's clock, with what they tell."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.clock import Clock, Latency
from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.clock import MONDAY
from tests.support.queues import received

TOPIC = "arn:aws:sns:us-west-2:123456789012:alerts"
QUEUE = "arn:aws:sqs:us-west-2:123456789012:notified"
OWN = {"Namespace": "Own", "MetricName": "load"}


@pytest.fixture
def cloudwatch(client: Callable[[str], Any]) -> Any:
    """A client of CloudWatch."""
    return client("cloudwatch")


@pytest.fixture
def notified(client: Callable[[str], Any]) -> Callable[[], list[dict[str, Any]]]:
    """Read the messages that the topic of the alarms got since the last time."""
    client("sns").create_topic(Name="alerts")
    queue = client("sqs").create_queue(QueueName="notified")["QueueUrl"]
    raw = {"RawMessageDelivery": "true"}
    client("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE, Attributes=raw)

    def read() -> list[dict[str, Any]]:
        return [json.loads(body) for body in received(client("sqs"), queue)]

    return read


@pytest.fixture
def states(cloudwatch: Any) -> Callable[[], dict[str, str]]:
    """Read the state of every alarm, by name."""

    def read() -> dict[str, str]:
        kinds = ["MetricAlarm", "CompositeAlarm"]
        answer = cloudwatch.describe_alarms(AlarmTypes=kinds)
        alarms = answer["MetricAlarms"] + answer["CompositeAlarms"]
        return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}

    return read


def source_lost(flow_arn: str, **more: Any) -> dict[str, Any]:
    return {
        "AlarmName": "source-lost",
        "AlarmDescription": "nothing comes in",
        "Namespace": "AWS/MediaConnect",
        "MetricName": "SourceBitRate",
        "Dimensions": [{"Name": "FlowARN", "Value": flow_arn}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
        "AlarmActions": [TOPIC],
        **more,
    }


def own(name: str = "own", **more: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        **OWN,
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        **more,
    }


def put(embedded: EmbeddedAws, cloudwatch: Any, *values: float, seconds: float = 60) -> None:
    """Measure one's own metric now, then let the minute pass."""
    for value in values:
        data = [{"MetricName": "load", "Value": value}]
        cloudwatch.put_metric_data(Namespace="Own", MetricData=data)
        embedded.advance(seconds)


def test_a_lost_source_alarms_after_two_minutes_and_says_so_as_aws_does(
    embedded: EmbeddedAws,
    cloudwatch: Any,
    notified: Callable[[], list[dict[str, Any]]],
    flow_arn: str,
) -> None:
    cloudwatch.put_metric_alarm(**source_lost(flow_arn, OKActions=[TOPIC]))
    (created,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert created["StateValue"] == "INSUFFICIENT_DATA"
    embedded.advance(3600)
    assert [message["NewStateValue"] for message in notified()] == ["OK"]
    embedded.trigger("source-lost", "*")
    embedded.advance(3600)
    (message,) = notified()
    assert message.pop("NewStateReason").startswith("Threshold Crossed: 2 out of the last 2 ")
    assert message == {
        "AlarmName": "source-lost",
        "AlarmDescription": "nothing comes in",
        "AWSAccountId": "123456789012",
        "AlarmConfigurationUpdatedTimestamp": "2026-03-02T00:00:00.000+0000",
        "NewStateValue": "ALARM",
        "StateChangeTime": "2026-03-02T01:02:00.000+0000",
        "Region": "US West (Oregon)",
        "AlarmArn": "arn:aws:cloudwatch:us-west-2:123456789012:alarm:source-lost",
        "OldStateValue": "OK",
        "OKActions": [TOPIC],
        "AlarmActions": [TOPIC],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "SourceBitRate",
            "Namespace": "AWS/MediaConnect",
            "StatisticType": "Statistic",
            "Statistic": "MAXIMUM",
            "Unit": None,
            "Dimensions": [{"value": flow_arn, "name": "FlowARN"}],
            "Period": 60,
            "EvaluationPeriods": 2,
            "DatapointsToAlarm": 2,
            "ComparisonOperator": "LessThanThreshold",
            "Threshold": 1.0,
            "TreatMissingData": "breaching",
            "EvaluateLowSampleCountPercentile": "",
        },
    }
    embedded.trigger("source-back", "*")
    embedded.advance(600)
    assert [message["NewStateValue"] for message in notified()] == ["OK"]


def test_an_alarm_on_an_expression_tells_silence_of_a_running_flow_from_rest(
    embedded: EmbeddedAws,
    cloudwatch: Any,
    notified: Callable[[], list[dict[str, Any]]],
    states: Callable[[], dict[str, str]],
    flow_arn: str,
) -> None:
    metric = {
        "Namespace": "AWS/MediaConnect",
        "MetricName": "SourceBitRate",
        "Dimensions": [{"Name": "FlowARN", "Value": flow_arn}],
    }
    queries = [
        {
            "Id": name,
            "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat},
            "ReturnData": False,
        }
        for name, stat in (("measured", "SampleCount"), ("rate", "Maximum"))
    ]
    expression = "IF(measured > 0, FILL(rate, 0), 1)"
    cloudwatch.put_metric_alarm(
        AlarmName="silent",
        Metrics=[*queries, {"Id": "result", "Expression": expression, "Label": "silence"}],
        EvaluationPeriods=3,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[TOPIC],
    )
    embedded.trigger("source-lost", "*")
    embedded.advance(600)
    (message,) = notified()
    assert message["Trigger"]["Metrics"][2] == {
        "Expression": expression,
        "Id": "result",
        "Label": "silence",
        "ReturnData": True,
    }
    assert message["Trigger"]["Metrics"][1]["MetricStat"]["Stat"] == "Maximum"
    embedded.trigger("standby", "*")
    embedded.advance(900)
    assert states() == {"silent": "OK"}


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
        ("ignore", "OK"),
        ("missing", "INSUFFICIENT_DATA"),
    ],
)
def test_a_metric_that_ends_is_missed_when_its_last_datapoint_leaves_the_range(
    embedded: EmbeddedAws,
    cloudwatch: Any,
    states: Callable[[], dict[str, str]],
    missing: str,
    state: str,
) -> None:
    cloudwatch.put_metric_alarm(**own(TreatMissingData=missing))
    put(embedded, cloudwatch, 1, 1)
    assert states() == {"own": "OK"}
    embedded.advance(60)
    assert states() == {"own": "OK"}, "the range is three periods for one"
    embedded.advance(120)
    assert states() == {"own": state}


def test_two_of_three_datapoints_alarm(
    embedded: EmbeddedAws, cloudwatch: Any, states: Callable[[], dict[str, str]]
) -> None:
    cloudwatch.put_metric_alarm(**own(EvaluationPeriods=3, DatapointsToAlarm=2))
    put(embedded, cloudwatch, 9, 1, 1)
    assert states() == {"own": "OK"}
    put(embedded, cloudwatch, 9, 1, 9)
    assert states() == {"own": "ALARM"}
    put(embedded, cloudwatch, 1)
    assert states() == {"own": "OK"}


def test_a_percentile_of_few_samples_may_be_ignored(
    embedded: EmbeddedAws, cloudwatch: Any, states: Callable[[], dict[str, str]]
) -> None:
    request = own(ExtendedStatistic="p90")
    del request["Statistic"]
    cloudwatch.put_metric_alarm(**request)
    request |= {"AlarmName": "ignoring", "EvaluateLowSampleCountPercentile": "ignore"}
    cloudwatch.put_metric_alarm(**request)
    put(embedded, cloudwatch, 9)
    assert states() == {"own": "ALARM", "ignoring": "INSUFFICIENT_DATA"}
    data = [{"MetricName": "load", "Values": [9.0], "Counts": [100.0]}]
    cloudwatch.put_metric_data(Namespace="Own", MetricData=data)
    embedded.advance(60)
    assert states() == {"own": "ALARM", "ignoring": "ALARM"}


def test_setting_a_state_acts_and_lasts_until_the_next_evaluation(
    embedded: EmbeddedAws,
    cloudwatch: Any,
    notified: Callable[[], list[dict[str, Any]]],
    states: Callable[[], dict[str, str]],
) -> None:
    cloudwatch.put_metric_alarm(**own(AlarmActions=[TOPIC], InsufficientDataActions=[TOPIC]))
    put(embedded, cloudwatch, 1)
    cloudwatch.set_alarm_state(AlarmName="own", StateValue="ALARM", StateReason="a test")
    assert states() == {"own": "ALARM"}
    assert [(message["NewStateValue"], message["NewStateReason"]) for message in notified()] == [
        ("ALARM", "a test")
    ]
    embedded.advance(60)
    assert states() == {"own": "OK"}
    cloudwatch.disable_alarm_actions(AlarmNames=["own"])
    cloudwatch.set_alarm_state(AlarmName="own", StateValue="ALARM", StateReason="a test")
    assert notified() == []


def test_a_changed_alarm_keeps_its_state_and_its_tags(
    embedded: EmbeddedAws, cloudwatch: Any, states: Callable[[], dict[str, str]]
) -> None:
    cloudwatch.put_metric_alarm(**own(), Tags=[{"Key": "a", "Value": "1"}])
    put(embedded, cloudwatch, 9)
    cloudwatch.put_metric_alarm(**own(Threshold=20), Tags=[{"Key": "a", "Value": "2"}])
    assert states() == {"own": "ALARM"}
    arn = cloudwatch.describe_alarms()["MetricAlarms"][0]["AlarmArn"]
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "a", "Value": "1"}
    ]
    embedded.advance(60)
    assert states() == {"own": "OK"}


def test_history_has_configuration_states_and_actions_of_deleted_alarms_too(
    embedded: EmbeddedAws, cloudwatch: Any, notified: Callable[[], list[dict[str, Any]]]
) -> None:
    assert notified() == []
    cloudwatch.put_metric_alarm(**own(AlarmActions=[TOPIC, TOPIC + "-gone"]))
    put(embedded, cloudwatch, 9)
    cloudwatch.delete_alarms(AlarmNames=["own"])
    history = cloudwatch.describe_alarm_history(ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert [item["HistorySummary"].split(" arn")[0] for item in history] == [
        'Alarm "own" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        "Successfully executed action",
        "Failed to execute action",
        'Alarm "own" deleted',
    ]
    update = json.loads(history[1]["HistoryData"])
    assert update["newState"]["stateReasonData"]["recentDatapoints"] == [9.0]
    only = cloudwatch.describe_alarm_history(
        AlarmName="own", HistoryItemType="StateUpdate", MaxRecords=1
    )
    assert [item["HistoryItemType"] for item in only["AlarmHistoryItems"]] == ["StateUpdate"]
    pages = cloudwatch.get_paginator("describe_alarm_history").paginate(
        PaginationConfig={"PageSize": 2}
    )
    assert sum(len(page["AlarmHistoryItems"]) for page in pages) == len(history)


def composite(name: str = "all", rule: str = "ALARM(own)", **more: Any) -> dict[str, Any]:
    return {"AlarmName": name, "AlarmRule": rule, "AlarmActions": [TOPIC], **more}


def test_a_composite_alarm_follows_its_children(
    embedded: EmbeddedAws,
    cloudwatch: Any,
    notified: Callable[[], list[dict[str, Any]]],
    states: Callable[[], dict[str, str]],
) -> None:
    cloudwatch.put_metric_alarm(**own())
    cloudwatch.put_metric_alarm(**own("other", MetricName="never"))
    cloudwatch.put_composite_alarm(**composite("inner", "ALARM(own) AND NOT ALARM(other)"))
    cloudwatch.put_composite_alarm(**composite("outer", "ALARM(inner) OR FALSE"))
    assert states()["outer"] == "OK", "it is evaluated at once"
    put(embedded, cloudwatch, 9)
    assert states() == {"own": "ALARM", "other": "OK", "inner": "ALARM", "outer": "ALARM"}
    inner, outer = notified()
    child = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:own"
    assert inner["NewStateReason"] == (
        f"{child} transitioned to ALARM at Monday 02 March, 2026 00:01:00 UTC"
    )
    time = "2026-03-02T00:01:00.000+0000"
    first = {"Arn": child, "State": {"Value": "ALARM", "Timestamp": time}}
    assert inner["TriggeringChildren"][0] == first
    assert inner["AlarmRule"] == "ALARM(own) AND NOT ALARM(other)"
    assert "Trigger" not in inner
    assert outer["AlarmName"] == "outer"
    answer = cloudwatch.describe_alarms(ChildrenOfAlarmName="inner")
    assert [alarm["AlarmName"] for alarm in answer["MetricAlarms"]] == ["own", "other"]
    answer = cloudwatch.describe_alarms(ParentsOfAlarmName="inner")
    assert [alarm["AlarmName"] for alarm in answer["CompositeAlarms"]] == ["outer"]
    assert cloudwatch.describe_alarms()["CompositeAlarms"] == []


@pytest.fixture
def suppressed(
    embedded: EmbeddedAws, cloudwatch: Any, notified: Callable[[], list[dict[str, Any]]]
) -> Callable[[], list[str]]:
    """A composite alarm with a suppressor; reads what it notified, by its new states.

    WaitPeriod and ExtensionPeriod are 120 and 180 s: two and three units of the user guide's
    examples.
    """
    cloudwatch.put_metric_alarm(**own(TreatMissingData="ignore"))
    cloudwatch.put_metric_alarm(**own("suppressor", MetricName="never"))
    cloudwatch.put_composite_alarm(
        **composite(
            OKActions=[TOPIC],
            ActionsSuppressor="suppressor",
            ActionsSuppressorWaitPeriod=120,
            ActionsSuppressorExtensionPeriod=180,
        )
    )
    embedded.advance(600)
    assert [message["NewStateValue"] for message in notified()] == ["OK"]
    return lambda: [message["NewStateValue"] for message in notified()]


def enter(cloudwatch: Any, name: str, state: str) -> None:
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="the example")


def held_by(cloudwatch: Any) -> str | None:
    answer = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])
    suppressed: str | None = answer["CompositeAlarms"][0].get("ActionsSuppressedBy")
    return suppressed


def steady(cloudwatch: Any) -> None:
    """Let both alarms keep whatever state they are put in."""
    for name, metric in (("own", "load"), ("suppressor", "never")):
        request = own(name, MetricName=metric, TreatMissingData="ignore")
        cloudwatch.put_metric_alarm(**request)


Change = tuple[float, str, str, str]
News = tuple[float, list[str]]
# The user guide's examples: what happens at which unit of time, what holds the actions back then,
# and what is notified by when.
EXAMPLES: dict[str, tuple[list[Change], list[News]]] = {
    "1: not suppressed after the wait": (
        [(2, "own", "ALARM", "WaitPeriod")],
        [(3.9, []), (4, ["ALARM"])],
    ),
    "2: suppressed by the alarm before the wait is over": (
        [(2, "own", "ALARM", "WaitPeriod"), (3, "suppressor", "ALARM", "Alarm")],
        [(20, [])],
    ),
    "3: a change while it waits": (
        [(2, "own", "ALARM", "WaitPeriod"), (3, "own", "OK", "WaitPeriod")],
        [(4.9, []), (5, ["OK"])],
    ),
    "4: the suppressor is in ALARM already": (
        [(1, "suppressor", "ALARM", "Alarm"), (2, "own", "ALARM", "Alarm")],
        [(20, [])],
    ),
    "5: not suppressed after the extension": (
        [
            (2, "own", "ALARM", "WaitPeriod"),
            (3, "suppressor", "ALARM", "Alarm"),
            (6, "suppressor", "OK", "ExtensionPeriod"),
        ],
        [(8.9, []), (9, ["ALARM"])],
    ),
    "6: a change within the extension": (
        [
            (2, "own", "ALARM", "WaitPeriod"),
            (3, "suppressor", "ALARM", "Alarm"),
            (6, "suppressor", "OK", "ExtensionPeriod"),
            (7, "own", "OK", "WaitPeriod"),
        ],
        [(8.9, []), (9, ["OK"])],
    ),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_suppression_follows_the_guides_examples(
    embedded: EmbeddedAws,
    cloudwatch: Any,
    suppressed: Callable[[], list[str]],
    example: str,
) -> None:
    steady(cloudwatch)
    embedded.advance(600)
    changes, expected = EXAMPLES[example]
    begin = embedded.clock.now()

    def until(units: float) -> None:
        embedded.advance(begin + units * 60 - embedded.clock.now())

    for units, name, state, holder in changes:
        until(units)
        enter(cloudwatch, name, state)
        assert held_by(cloudwatch) == holder
    for units, news in expected:
        until(units)
        assert suppressed() == news
    assert held_by(cloudwatch) == (None if expected[-1][1] else "Alarm")


def test_state_changes_are_events_with_configuration_and_reason(
    embedded: EmbeddedAws, client: Callable[[str], Any], cloudwatch: Any
) -> None:
    sqs, events = client("sqs"), client("events")
    queue = sqs.create_queue(QueueName="notified")["QueueUrl"]
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"state": {"value": ["ALARM"]}},
    }
    events.put_rule(Name="alarms", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="alarms", Targets=[{"Id": "queue", "Arn": QUEUE}])
    cloudwatch.put_metric_alarm(**own(AlarmDescription="too much"))
    put(embedded, cloudwatch, 9)
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    event = json.loads(message["Body"])
    assert event["resources"] == ["arn:aws:cloudwatch:us-west-2:123456789012:alarm:own"]
    detail = event["detail"]
    assert detail["alarmName"] == "own"
    assert detail["configuration"] == {
        "description": "too much",
        "metrics": [
            {
                "id": "m1",
                "metricStat": {
                    "metric": {"dimensions": {}, "name": "load", "namespace": "Own"},
                    "period": 60,
                    "stat": "Maximum",
                },
                "returnData": True,
            }
        ],
    }
    assert detail["previousState"] == {
        "reason": "Unchecked: Initial alarm creation",
        "timestamp": "2026-03-02T00:00:00.000+0000",
        "value": "INSUFFICIENT_DATA",
    }
    assert json.loads(detail["state"]["reasonData"]) == {
        "version": "1.0",
        "queryDate": "2026-03-02T00:01:00.000+0000",
        "startDate": "2026-03-02T00:00:00.000+0000",
        "statistic": "Maximum",
        "period": 60,
        "recentDatapoints": [9.0],
        "threshold": 5.0,
    }


def test_a_topic_that_does_not_let_alarms_publish_gets_none_and_history_says_why(
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    cloudwatch: Any,
    notified: Callable[[], list[dict[str, Any]]],
) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:ours-*"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="Policy", AttributeValue=policy
    )
    for name in ("theirs", "ours-1"):
        cloudwatch.put_metric_alarm(**own(name, AlarmActions=[TOPIC]))
    put(embedded, cloudwatch, 9)
    assert [message["AlarmName"] for message in notified()] == ["ours-1"]
    assert f"cloudwatch theirs {TOPIC} 403" in [str(call) for call in embedded.calls]


def test_mails_can_be_read_at_the_control_endpoint(
    embedded: EmbeddedAws, client: Callable[[str], Any], cloudwatch: Any
) -> None:
    sns = client("sns")
    sns.create_topic(Name="alerts")
    sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="oncall@example.org")
    cloudwatch.put_metric_alarm(**own(AlarmActions=[TOPIC]))
    put(embedded, cloudwatch, 9)
    sns.publish(TopicArn=TOPIC, Message="by hand")
    with urllib.request.urlopen(f"{embedded.endpoint}/_localaws/mails") as answer:  # noqa: S310 - http on loopback
        first, second = json.load(answer)
    assert (first["to"], first["topic"]) == ("oncall@example.org", TOPIC)
    assert first["subject"] == 'ALARM: "own" in US West (Oregon)'
    assert "own: INSUFFICIENT_DATA -> ALARM" in first["body"]
    assert second["body"] == "by hand"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"TreatMissingData": "never"}, "Option never is not supported"),
    ({"EvaluationPeriods": 2000}, "across more than a day"),
    ({"EvaluationPeriods": 2, "DatapointsToAlarm": 3}, "DatapointsToAlarm"),
    ({"Period": 61}, "Invalid period"),
    ({"Statistic": None}, "Statistic"),
    ({"ExtendedStatistic": "tm90"}, "Statistic"),
]


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_a_metric_alarm_that_could_not_be_evaluated_is_refused(
    cloudwatch: Any, change: dict[str, Any], words: str
) -> None:
    request = {key: value for key, value in own(**change).items() if value is not None}
    with pytest.raises(ClientError, match=words):
        cloudwatch.put_metric_alarm(**request)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(
    "expression",
    [
        "SEARCH('{Own} load', 'Sum')",
        "ANOMALY_DETECTION_BAND(m)",
        "m +",
        "x * 2",
        "MAX(m)",
        "[m, m]",
    ],
)
def test_an_expression_that_is_not_implemented_or_no_series_is_a_validation_error(
    cloudwatch: Any, expression: str
) -> None:
    metrics: list[dict[str, Any]] = [
        {
            "Id": "m",
            "MetricStat": {"Metric": OWN, "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        },
        {"Id": "e", "Expression": expression},
    ]
    about = {"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
    with pytest.raises(ClientError) as caught:
        cloudwatch.put_metric_alarm(AlarmName="e", Metrics=metrics, **about)
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    metrics[0].pop("ReturnData")
    with pytest.raises(ClientError, match="Exactly one element of the metrics list"):
        cloudwatch.put_metric_alarm(AlarmName="e", Metrics=metrics, **about)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"AlarmRule": "ALARM(own) OR ALARM(gone)"}, r"as alarms \[gone\] in the alarm rule"),
        ({"AlarmRule": "ALARM(own"}, "AlarmRule"),
        ({"ActionsSuppressor": "own"}, "ActionsSuppressorWaitPeriod"),
        ({"ActionsSuppressorWaitPeriod": 1}, "ActionsSuppressor is required"),
    ],
)
def test_a_composite_alarm_that_could_not_be_evaluated_is_refused(
    cloudwatch: Any, change: dict[str, Any], words: str
) -> None:
    cloudwatch.put_metric_alarm(**own())
    with pytest.raises(ClientError, match=words):
        cloudwatch.put_composite_alarm(**{**composite(), **change})


def test_anomaly_detection_is_not_implemented(cloudwatch: Any) -> None:
    request = own(ComparisonOperator="GreaterThanUpperThreshold")
    with pytest.raises(ClientError, match="NotImplementedException"):
        cloudwatch.put_metric_alarm(**request)


def test_a_query_evaluates_expressions(
    embedded: EmbeddedAws, cloudwatch: Any, flow_arn: str
) -> None:
    embedded.clock.advance(600)
    metric = {
        "Namespace": "AWS/MediaConnect",
        "MetricName": "SourceBitRate",
        "Dimensions": [{"Name": "FlowARN", "Value": flow_arn}],
    }
    now = dt.datetime.now(dt.UTC)
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "rate",
                "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"},
                "ReturnData": False,
            },
            {"Id": "mega", "Expression": "rate / 1000000"},
        ],
        StartTime=now - dt.timedelta(minutes=2),
        EndTime=now,
    )
    (result,) = answer["MetricDataResults"]
    assert (result["Id"], set(result["Values"])) == ("mega", {8.0})


@pytest.fixture
def stopped_and_started(tmp_path: Path) -> Iterator[Callable[[], EmbeddedAws]]:
    """Start an emulator, again on each call, on the same state file."""
    running: list[EmbeddedAws] = []

    def start() -> EmbeddedAws:
        while running:
            running.pop().__exit__(None, None, None)
        clock = Clock(Latency.named("instant"), now=lambda: MONDAY)
        aws = EmbeddedAws(state_file=tmp_path / "state", clock=clock)
        running.append(aws.__enter__())
        return aws

    yield start
    while running:
        running.pop().__exit__(None, None, None)


def test_alarms_their_states_history_and_mails_survive_a_restart(
    stopped_and_started: Callable[[], EmbeddedAws],
) -> None:
    aws = stopped_and_started()
    sns, cloudwatch = connect(aws.endpoint, "sns"), connect(aws.endpoint, "cloudwatch")
    sns.create_topic(Name="alerts")
    sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="oncall@example.org")
    cloudwatch.put_metric_alarm(**own(AlarmActions=[TOPIC], TreatMissingData="ignore"))
    cloudwatch.put_composite_alarm(**composite())
    put(aws, cloudwatch, 9)
    before = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    history = cloudwatch.describe_alarm_history()["AlarmHistoryItems"]
    mails, now = list(aws.mailbox.mails), aws.clock.now()
    assert len(mails) == 2
    aws = stopped_and_started()
    cloudwatch = connect(aws.endpoint, "cloudwatch")
    after = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    for kind in ("MetricAlarms", "CompositeAlarms"):
        assert after[kind] == before[kind]
    assert cloudwatch.describe_alarm_history()["AlarmHistoryItems"] == history
    assert (aws.mailbox.mails, aws.clock.now()) == (mails, now)
    put(aws, cloudwatch, 1)
    assert cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"] == "OK"


def test_a_quiet_month_costs_nothing_and_a_noisy_one_only_its_noise(
    embedded: EmbeddedAws, cloudwatch: Any, flow_arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluations: list[float] = []
    engine = embedded._alarms
    judged = engine._judged

    def counted(*args: Any) -> Any:
        evaluations.append(args[-1])
        return judged(*args)

    monkeypatch.setattr(engine, "_judged", counted)
    for number in range(20):
        cloudwatch.put_metric_alarm(**source_lost(flow_arn, AlarmName=f"lost-{number}"))
    embedded.advance(3600)
    evaluations.clear()
    embedded.advance(30 * 86400)
    assert evaluations == []
    for _ in range(10):
        embedded.trigger("source-lost", "*")
        embedded.advance(86400)
        embedded.trigger("source-back", "*")
        embedded.advance(86400)
    # Two changes a round, and a change stays in the range of two of the periods for six minutes.
    assert len(evaluations) <= 20 * 10 * 2 * 8
    assert evaluations == sorted(evaluations)


def test_what_is_known_late_in_the_same_moment_is_evaluated_at_once(
    embedded: EmbeddedAws, cloudwatch: Any, flow_arn: str
) -> None:
    cloudwatch.put_metric_alarm(**source_lost(flow_arn))
    embedded.advance(3605)
    engine, now = embedded._alarms, embedded.clock.now()
    engine.run()
    (flow,) = embedded.regions["mediaconnect", "us-west-2"].flows.values()
    flow.enter("STANDBY", now - 1800)
    engine.run()
    due = engine.next_due()
    assert due is None or due > now
    assert cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"] == "ALARM"
