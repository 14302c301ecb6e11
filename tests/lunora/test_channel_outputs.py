"""Channels with outputs beside RTMP, as the command shows and compares them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.model import DestinationSpec
from lunora.ops.channels import channels
from lunora.ops.drift import DestinationDeclaration, differences
from tests.support.media_channels import settings, spec
from tests.support.stage import TAGS, Stage, run

ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:made-up-abcdef"
KEY = "made-up-key-of-a-server"
LISTENER = """\
platform: custom
preset: 720p30
url: srt://:5000
srt: {passphrase: {}, callers: [198.51.100.7/32]}
record: {s3: my-bucket/shows}
"""


def replaced(stage: Stage, name: str, declared: DestinationSpec) -> None:
    """Give a destination that runs the outputs of *declared*."""
    about = {"ChannelId": stage.destination(name, runs=False)}
    group = stage.medialive.create_input_security_group(WhitelistRules=[{"Cidr": "10.0.0.0/8"}])
    callers = [group["SecurityGroup"]["Id"]] if declared.srt.callers else []
    members = settings(declared, KEY, ARN)
    stage.medialive.update_channel(**about, **members, ChannelSecurityGroups=callers)
    stage.until(name, "IDLE")
    stage.switch(name, "ENABLED")
    stage.medialive.start_channel(**about)
    stage.until(name, "RUNNING")
    stage.aws.clock.advance(600)


def drift_of(stage: Stage, name: str, declared: DestinationSpec) -> tuple[str, ...]:
    """Return how outputs in AWS differ from *declared*."""
    live = stage.medialive.describe_channel(ChannelId=stage.ids[name])
    shape = stage.medialive.meta.service_model.operation_model("DescribeChannel").output_shape
    phrases = differences(DestinationDeclaration(stage.stack, declared), live, {}, shape)
    outputs = ("it streams", "EncoderSettings")
    return tuple(phrase for phrase in phrases if phrase.startswith(outputs))


def test_a_listener_and_a_recording_are_shown_beside_the_stream(stage: Stage) -> None:
    more = {"callers": ["198.51.100.7/32"], "passphrase": {}}
    declared = spec("720p30", url="srt://:5000", srt=more, record={"s3": "my-bucket/shows"})
    replaced(stage, "venue", declared)
    (stage.folder / "destinations/venue.yaml").write_text(LISTENER)
    (channel,) = channels(stage.medialive, TAGS)
    assert (channel.output_group, channel.records) == ("srt", True)
    document = json.loads(run("show", "venue", "--json").stdout)
    assert document["listeners"] == list(channel.listeners)
    assert document["listeners"][0].endswith(":5000")
    assert document["ingest"] == "callers from 198.51.100.7/32"
    assert document["recording"] == "s3://my-bucket/shows, 10 min a file: writes"
    assert document["status"]["condition"] == "live"
    metrics = json.loads(run("metrics", "venue", "--json").stdout)["metrics"]
    assert {point["value"] for point in metrics["recording_outputs"]} == {1}
    assert {point["value"] for point in metrics["active_outputs"]} == {1}, "of the platform alone"
    assert drift_of(stage, "venue", declared) == ()
    other = spec("720p30", url="srt://:5001", srt=more, record={"s3": "my-bucket/shows"})
    assert drift_of(stage, "venue", other) == ("it streams to another address",)


@pytest.mark.parametrize(
    "more",
    [
        {"url": "https://ingest.example.org/live/{key}/index"},
        {"url": "https://ingest.example.org/live/index?cid={key}&copy=0"},
    ],
)
def test_the_key_of_a_server_is_masked_and_no_drift(stage: Stage, more: dict[str, Any]) -> None:
    declared = spec("720p30", **more)
    replaced(stage, "files", declared)
    (channel,) = channels(stage.medialive, TAGS)
    assert channel.output_group == "hls"
    assert KEY not in channel.mask(f"it says {KEY}")
    assert drift_of(stage, "files", declared) == ()
