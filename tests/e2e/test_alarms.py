"""Alarms of the streams are created, changed and deleted with them."""

from __future__ import annotations

import json

import pytest

from catalog import alarms
from tests.support.workspace import EXAMPLES, PROJECT, Workspace

pytestmark = pytest.mark.e2e

STACK = "lunora-player-local"


def test_every_destination_is_watched_and_everybody_is_told(workspace: Workspace) -> None:
    workspace.pulumi(
        "config", "set", "--path", f"{PROJECT}:alertEmails[0]", "operations@example.org"
    )
    workspace.up()
    workspace.up("--expect-no-changes")
    run = workspace.pulumi("preview", "--refresh", "--expect-no-changes")
    assert run.code == 0, run.text

    watchers = workspace.watchers()
    # None of them has a backup flow.
    watches = [
        name
        for name, definition in alarms.alarm_definitions().channel.items()
        if not definition.failover
    ]
    of_channels = {f"{STACK}-{name}-0-{watch}" for name in EXAMPLES for watch in watches}
    assert set(watchers["alarms"]) == of_channels | {f"{STACK}-flow-main-source-lost"}
    assert watchers["dashboards"] == [STACK]
    assert set(watchers["rules"]) == {
        f"{STACK}-{name}-{kind}" for name in EXAMPLES for kind in ("alerts", "states")
    }
    (subscription,) = workspace.client("sns").list_subscriptions()["Subscriptions"]
    assert subscription["Endpoint"] == "operations@example.org"
    assert [subscription["TopicArn"]] == watchers["topics"]

    path = workspace.destinations / "twitch-main.yaml"
    path.write_text(path.read_text() + "state: stopped\n")
    workspace.up()
    after = set(workspace.watchers()["alarms"])
    assert set(watchers["alarms"]) - after == {f"{STACK}-twitch-main-0-not-running"}

    path.unlink()
    workspace.up()
    left = workspace.watchers()
    assert not [name for names in left.values() for name in names if "twitch-main" in name]
    body = workspace.client("cloudwatch").get_dashboard(DashboardName=STACK)["DashboardBody"]
    headings = [w["properties"].get("markdown", "") for w in json.loads(body)["widgets"]]
    assert not [text for text in headings if "twitch-main" in text]

    run = workspace.pulumi("destroy", "--yes", "--skip-preview")
    assert run.code == 0, run.text
    assert not any(workspace.watchers().values())


def test_an_alert_is_told_without_the_key_that_its_message_holds(live: Workspace) -> None:
    sns, sqs = live.client("sns"), live.client("sqs")
    (topic,) = live.watchers()["topics"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    channel_id = live.channels()["youtube-main"]["Id"]

    assert live.aws.trigger("alert", "*youtube-main") == [f"{STACK}-youtube-main"]
    (alert,) = live.client("medialive").list_alerts(ChannelId=channel_id)["Alerts"]
    assert live.keys["youtube-main"] in alert["Message"], "this alert would prove nothing"
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    told = [json.loads(message["Body"])["Message"] for message in received]
    assert len(told) == 1, told
    assert "youtube-main of lunora-player local: alert SET: " in told[0]
    assert alert["AlertType"] in told[0]
    assert not [key for key in live.keys.values() if key in told[0]]
    assert "://" not in told[0]
