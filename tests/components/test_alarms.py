"""Alarms and events of a destination, and the topic that they go to."""

from __future__ import annotations

import json
from typing import Any

import pulumi
from pulumi.runtime import mocks

from catalog import alarms
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from components.flow_ingress import FlowIngress, FlowIngressArgs
from components.lookups import Flow
from components.monitoring import Monitoring
from components.notifications import Notifications, NotificationsArgs
from components.region_providers import RegionProviders
from components.stack_flows import StackFlow
from tests.support.pulumi_mocks import FLOW, KEY, TAGS, Echo, Recorder, build, inputs

ACCOUNT = "123456789012"


def notify(*emails: str) -> dict[str, Any]:
    """Build the notifications of a region and return what was registered, by name."""
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[Any]:
        options = RegionProviders("us-west-2", endpoint=None).options()
        args = NotificationsArgs("us-west-2", ACCOUNT, emails)
        return Notifications("told", args, options).topic_arn

    program()
    return recorder.registered


def of_alarms(registered: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removeprefix("one-alarms-"): inputs(resource)
        for name, resource in registered.items()
        if resource.type == "aws:cloudwatch/metricAlarm:MetricAlarm"
    }


def test_its_alarms_are_named_and_tagged_for_it_and_notify_nobody() -> None:
    alarms_of_one = of_alarms(build(flow=["main", "backup"]))
    assert alarms_of_one.keys() == {f"0-{name}" for name in alarms.alarm_definitions().channel}
    for name, alarm in alarms_of_one.items():
        assert alarm["name"] == f"lunora-player-test-one-{name}"
        assert alarm["tags"] == TAGS
        assert not {"alarmActions", "okActions"} & alarm.keys()


def test_one_alarm_of_all_notifies_unless_the_flow_explains_it() -> None:
    registered = build()
    alarm = inputs(registered["one-alarm"])
    assert alarm["alarmName"] == "lunora-player-test-one"
    assert alarm["alarmRule"].split(" OR ") == [
        f'ALARM("lunora-player-test-one-{name}")' for name in of_alarms(registered)
    ]
    assert alarm["actionsSuppressor"]["alarm"] == "source-lost"
    assert alarm["alarmActions"] == alarm["okActions"] == ["arn:topic"]
    assert alarm["actionsEnabled"] is False, "the watchdog notifies"


def of_flow(source: FlowSource, *analyses: str, watched: bool = True) -> dict[str, Any]:
    """Build the alarms of a flow that feeds one destination; returns what was registered."""
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[Any]:
        providers = RegionProviders("us-west-2", endpoint=None)
        described = Flow(FLOW, "router", "203.0.113.10", "us-west-2a", (), analyses=analyses)
        spec = DestinationSpec.model_validate(
            {"name": "one", "platform": "youtube", "preset": "1080p30"}
        )
        flow = StackFlow("main", described, source, providers, (spec,))
        args = FlowIngressArgs("main", described, source, providers)
        ingress = FlowIngress("flow-main", args, providers.options())
        monitoring = Monitoring((), watched=watched)
        monitoring.watch_flow(flow, ingress)
        notifying = monitoring.notifying(ingress)
        return pulumi.Output.all(notifying.suppressor, notifying.silence).apply(explaining.append)

    explaining: list[Any] = []
    program()
    return {**recorder.registered, "explaining": explaining}


PREFIX = "lunora-player-test-flow-main"


def test_a_flow_whose_only_fault_is_a_lost_source_needs_no_second_alarm() -> None:
    registered = of_flow(FlowSource(), watched=False)
    assert "flow-main-alarm" not in registered
    alarm = inputs(registered["flow-main-source-lost"])
    assert alarm["alarmActions"] == ["arn:notifications-us-west-2-topic"]
    assert registered["explaining"] == [[f"{PREFIX}-source-lost", None]]


def test_of_the_alarms_of_a_flow_one_notifies() -> None:
    analyses = ("BlackFrames", "FrozenFrames", "SilentAudio")
    registered = of_flow(FlowSource(minimum_mbps=4), *analyses, watched=False)
    names = ("source-lost", "black-source", "frozen-source", "silent-source", "low-bitrate")
    for name in names:
        assert not {"alarmActions", "okActions"} & inputs(registered[f"flow-main-{name}"]).keys()
    alarm = inputs(registered["flow-main-alarm"])
    assert alarm["alarmName"] == PREFIX
    assert alarm["alarmRule"] == " OR ".join(f'ALARM("{PREFIX}-{name}")' for name in names)
    assert alarm["alarmActions"] == ["arn:notifications-us-west-2-topic"]
    assert "actionsSuppressor" not in alarm
    assert registered["explaining"] == [[f"{PREFIX}-source-lost", f"{PREFIX}-silent-source"]]


def test_with_a_watchdog_a_flows_alarm_notifies_nobody() -> None:
    registered = of_flow(FlowSource(minimum_mbps=4))
    assert inputs(registered["flow-main-alarm"])["actionsEnabled"] is False


def test_its_alarms_look_at_its_own_channel() -> None:
    for alarm in of_alarms(build()).values():
        queries = [query["metric"] for query in alarm.get("metricQueries", []) if "metric" in query]
        for metric in queries or [alarm]:
            assert metric["namespace"] == "AWS/MediaLive"
            assert metric["dimensions"]["ChannelId"] == "one-channel-id"
            assert metric["dimensions"]["Pipeline"] == "0"


def test_a_stopped_destination_is_not_missed() -> None:
    assert "0-not-running" in of_alarms(build())
    assert "0-not-running" not in of_alarms(build(state="stopped"))


def test_nothing_that_watches_holds_the_key() -> None:
    for name, resource in build().items():
        if name.startswith("one-alarm"):
            assert KEY not in str(resource), name


def test_each_address_is_subscribed_to_the_one_topic() -> None:
    registered = notify("a@example.org", "b@example.org")
    topic = inputs(registered["told-topic"])
    assert topic["name"] == "lunora-player-test-alerts"
    subscribed = [inputs(registered[f"told-{who}@example.org"]) for who in "ab"]
    assert subscribed == [
        {"topic": "arn:told-topic", "protocol": "email", "endpoint": f"{who}@example.org"}
        for who in "ab"
    ]


def test_without_addresses_there_is_still_a_topic_to_subscribe_to() -> None:
    kinds = {resource.type for resource in notify().values()}
    assert "aws:sns/topic:Topic" in kinds
    assert "aws:sns/topicSubscription:TopicSubscription" not in kinds


def test_of_services_only_the_stacks_alarms_may_publish() -> None:
    policy = json.loads(inputs(notify()["told-policy"])["policy"])
    (alarms_of_stack,) = policy["Statement"]
    assert alarms_of_stack["Action"] == "sns:Publish"
    assert alarms_of_stack["Resource"] == "arn:told-topic"
    assert alarms_of_stack["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms_of_stack["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {
            "aws:SourceArn": f"arn:aws:cloudwatch:us-west-2:{ACCOUNT}:alarm:lunora-player-test-*"
        },
    }
