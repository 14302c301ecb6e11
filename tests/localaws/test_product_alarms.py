"""The alarms of the catalog go off for what they are made for, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from catalog import alarms
from catalog.flow_source import FlowSource
from localaws.server import EmbeddedAws
from tests.support.medialive import channel_request, idle_channel, settle

GROUP = "0"
SOURCE = FlowSource(minimum_mbps=4)


def request(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an alarm, as pulumi-aws takes them, in members of PutMetricAlarm."""
    members = {pascal(key): value for key, value in settings.items() if key != "metric_queries"}
    if "Dimensions" in members:
        members["Dimensions"] = dimensions(members["Dimensions"])
    if "metric_queries" in settings:
        members["Metrics"] = [query(item) for item in settings["metric_queries"]]
    return {"AlarmName": name, **members}


def pascal(key: str) -> str:
    return "".join(word.capitalize() for word in key.split("_"))


def dimensions(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def query(item: Mapping[str, Any]) -> dict[str, Any]:
    if "expression" in item:
        return {"Id": item["id"], "Expression": item["expression"], "ReturnData": True}
    metric = item["metric"]
    identity = {
        "Namespace": metric["namespace"],
        "MetricName": metric["metric_name"],
        "Dimensions": dimensions(metric["dimensions"]),
    }
    stat = {"Metric": identity, "Period": metric["period"], "Stat": metric["stat"]}
    return {"Id": item["id"], "MetricStat": stat, "ReturnData": False}


@pytest.fixture
def channel(medialive: Any, mediaconnect: Any, flow_arn: str) -> str:
    """A running channel that the flow feeds; returns its id."""
    made = idle_channel(medialive)
    (item,) = medialive.list_inputs()["Inputs"]
    output = {"Name": "one", "Protocol": "rtp", "Port": 5000}
    output["Destination"] = item["Destinations"][0]["Ip"]
    mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output])
    medialive.start_channel(ChannelId=made)
    settle(lambda: medialive.describe_channel(ChannelId=made)["State"], "RUNNING")
    return made


@pytest.fixture
def alarmed(
    embedded: EmbeddedAws, client: Callable[[str], Any], channel: str, flow_arn: str
) -> Callable[[], set[str]]:
    """Put all alarms of a channel and its flow; reads the names of those in ALARM."""
    cloudwatch = client("cloudwatch")
    client("mediaconnect").update_flow(
        FlowArn=flow_arn, SourceMonitoringConfig={"ContentQualityAnalysisState": "ENABLED"}
    )
    of_channel = alarms.channel_dimensions(channel, 0)
    definitions = alarms.alarm_definitions()
    (audio,) = channel_request("1")["EncoderSettings"]["AudioDescriptions"]
    parts = alarms.MetricNames(GROUP, audio["Name"])
    for name, general in definitions.channel.items():
        definition = general.for_channel(parts, has_video=True)
        if definition and not definition.failover:
            settings = alarms.settings(definition, alarms.MEDIALIVE, of_channel, parts)
            cloudwatch.put_metric_alarm(**request(name, settings))
    for name, definition in alarms.source_definitions(SOURCE).items():
        settings = alarms.settings(definition, alarms.MEDIACONNECT, {"FlowARN": flow_arn})
        cloudwatch.put_metric_alarm(**request(name, settings))

    def read() -> set[str]:
        answer = cloudwatch.describe_alarms(StateValue="ALARM")
        return {alarm["AlarmName"] for alarm in answer["MetricAlarms"]}

    embedded.advance(1800)
    assert read() == set(), "all is well"
    return read


MISHAPS = [
    ("output-lost", "output-back", {"no-signal"}),
    ("source-lost", "source-back", {"no-signal", "silent-output", "source-lost", "low-bitrate"}),
    ("alert", "alert-cleared", {"channel-alert"}),
    ("drops-frames", "frames-back", {"frames-lost"}),
    ("loses-rtp", "rtp-back", {"frames-lost"}),
    ("loses-sound", "sound-back", {"silent-output"}),
    ("black-frames", "content-back", {"black-source"}),
    ("frozen-frames", "content-back", {"frozen-source"}),
    ("silent-audio", "content-back", {"silent-source", "silent-output"}),
    ("low-bitrate", "bitrate-back", {"low-bitrate"}),
]


@pytest.mark.parametrize(("mishap", "remedy", "expected"), MISHAPS)
def test_each_mishap_raises_its_alarms_until_it_is_over(
    embedded: EmbeddedAws,
    alarmed: Callable[[], set[str]],
    mishap: str,
    remedy: str,
    expected: set[str],
) -> None:
    embedded.trigger(mishap, "*")
    embedded.advance(30)
    assert alarmed() == set(), "a hiccup"
    embedded.advance(900)
    assert alarmed() == expected
    embedded.trigger(remedy, "*")
    embedded.advance(900)
    assert alarmed() == set()


def test_a_channel_that_ends_is_told_as_not_running_after_fourteen_minutes(
    embedded: EmbeddedAws, medialive: Any, channel: str, alarmed: Callable[[], set[str]]
) -> None:
    medialive.stop_channel(ChannelId=channel)
    # Twelve minutes of the definition, and the two that CloudWatch looks further back.
    embedded.advance(13 * 60)
    assert alarmed() == set()
    embedded.advance(2 * 60)
    assert alarmed() == {"not-running"}


def test_a_restart_with_a_start_of_ten_minutes_is_no_alarm(
    embedded: EmbeddedAws, medialive: Any, channel: str, alarmed: Callable[[], set[str]]
) -> None:
    """AWS: "a startup time up to 10 minutes is still normal"."""
    medialive.stop_channel(ChannelId=channel)
    embedded.advance(11 * 60)
    medialive.start_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    for _ in range(10):
        assert alarmed() == set()
        embedded.advance(60)


def test_a_silent_source_explains_a_silent_destination_and_no_other_fault(
    embedded: EmbeddedAws, client: Callable[[str], Any], alarmed: Callable[[], set[str]]
) -> None:
    cloudwatch = client("cloudwatch")
    rule = alarms.any_of(
        ["no-signal", "silent-output"], explained={"silent-output": "silent-source"}
    )
    cloudwatch.put_composite_alarm(AlarmName="destination", AlarmRule=rule)

    def state() -> str:
        (alarm,) = cloudwatch.describe_alarms(
            AlarmNames=["destination"], AlarmTypes=["CompositeAlarm"]
        )["CompositeAlarms"]
        return str(alarm["StateValue"])

    embedded.trigger("silent-audio", "*")
    for _ in range(10):
        embedded.advance(60)
        assert state() == "OK"
    embedded.trigger("output-lost", "*")
    embedded.advance(600)
    assert state() == "ALARM"
    embedded.trigger("output-back", "*")
    embedded.trigger("content-back", "*")
    embedded.advance(600)
    assert state() == "OK"
    embedded.trigger("loses-sound", "*")
    embedded.advance(600)
    assert state() == "ALARM"
