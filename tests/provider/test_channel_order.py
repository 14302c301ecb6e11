"""Pipelines and inputs are in the declared order, whatever order the AWS provider sent them in."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from provider.aws import Aws
from provider.channel_order import put_right
from provider.channel_state import ChannelState
from provider.resource import Change
from tests.helpers import channel_request, push_input, settle

A, B = "rtmp://a.example.org/app", "rtmp://b.example.org/app"
FAILOVER = {"InputPreference": "PRIMARY_INPUT_PREFERRED", "ErrorClearTimeMsec": 30000}


@pytest.fixture
def disordered(medialive: Any) -> str:
    """A channel whose second pipeline has the first ingest, and that begins with its backup."""
    first, second = push_input(medialive, "first"), push_input(medialive, "second")
    request = channel_request(first, ChannelClass="STANDARD")
    (attachment,) = request["InputAttachments"]
    request["Destinations"][0]["Settings"] = [
        {"Url": url, "StreamName": "made-up"} for url in (B, A)
    ]
    request["InputAttachments"] = [
        {**attachment, "InputAttachmentName": "second", "InputId": second},
        {
            **attachment,
            "InputAttachmentName": "first",
            "AutomaticInputFailoverSettings": {**FAILOVER, "SecondaryInputId": second},
        },
    ]
    made: str = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: medialive.describe_channel(ChannelId=made)["State"], "IDLE")
    return made


def declared(channel_id: str, state: str = "running") -> dict[str, Any]:
    return {
        "channelId": channel_id,
        "state": state,
        "revision": "",
        "ingests": [A, B],
        "attachments": ["first", "second"],
    }


def order(medialive: Any, channel_id: str) -> tuple[list[str], list[str]]:
    found = medialive.describe_channel(ChannelId=channel_id)
    return (
        [one["Url"] for one in found["Destinations"][0]["Settings"]],
        [one["InputAttachmentName"] for one in found["InputAttachments"]],
    )


def test_a_channel_is_put_in_order_before_it_starts(
    aws: Aws, medialive: Any, embedded: EmbeddedAws, disordered: str
) -> None:
    made = ChannelState(aws).create("urn", declared(disordered))
    assert made.state["channelState"] == "RUNNING"
    assert order(medialive, disordered) == ([A, B], ["first", "second"])
    steering = {"UpdateChannel", "StartChannel", "StopChannel"}
    steps = [call.operation for call in embedded.calls if call.operation in steering]
    assert steps == ["UpdateChannel", "StartChannel"]


def test_a_stopped_channel_is_put_in_order_too(aws: Aws, medialive: Any, disordered: str) -> None:
    made = ChannelState(aws).create("urn", declared(disordered, "stopped"))
    assert made.state["channelState"] == "IDLE"
    assert order(medialive, disordered) == ([A, B], ["first", "second"])


def test_a_channel_in_order_is_left_alone(aws: Aws, embedded: EmbeddedAws, disordered: str) -> None:
    resource, inputs = ChannelState(aws), declared(disordered)
    state = resource.create("urn", inputs).state
    assert not resource.diff(disordered, inputs, state, inputs).changed
    embedded.calls.clear()
    resource.update(disordered, inputs, state, inputs)
    assert "UpdateChannel" not in {call.operation for call in embedded.calls}


def test_disorder_shows_in_the_next_preview_and_is_mended_with_a_restart(
    aws: Aws, medialive: Any, disordered: str
) -> None:
    resource, inputs = ChannelState(aws), declared(disordered)
    medialive.start_channel(ChannelId=disordered)
    settle(lambda: medialive.describe_channel(ChannelId=disordered)["State"], "RUNNING")
    found = resource.diff(disordered, inputs, inputs, inputs)
    assert found.changes == {"ingests": Change.UPDATE, "attachments": Change.UPDATE}
    assert resource.update(disordered, inputs, inputs, inputs)["channelState"] == "RUNNING"
    assert order(medialive, disordered) == ([A, B], ["first", "second"])


def test_a_read_keeps_what_is_declared_of_the_order(aws: Aws, disordered: str) -> None:
    inputs = declared(disordered)
    found = ChannelState(aws).read("urn", disordered, inputs, {})
    assert found is not None
    assert found.inputs == {**inputs, "state": "stopped"}


def test_the_role_is_given_again_or_it_would_be_removed() -> None:
    settings = [{"Url": B}, {"Url": A}]
    channel = {"Destinations": [{"Id": "rtmp", "Settings": settings}], "RoleArn": "arn:role"}
    assert put_right(channel, ingests=[A, B], attachments=[]) == {
        "Destinations": [{"Id": "rtmp", "Settings": [{"Url": A}, {"Url": B}]}],
        "RoleArn": "arn:role",
    }


def test_what_nobody_expects_is_left_to_the_aws_provider() -> None:
    settings = [{"Url": A}, {"Url": "rtmp://elsewhere.example.org/app"}]
    channel = {"Destinations": [{"Id": "rtmp", "Settings": settings}], "RoleArn": "arn:role"}
    assert put_right(channel, ingests=[A, B], attachments=[]) == {}
