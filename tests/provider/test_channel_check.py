"""Inputs of a channel, refused before AWS sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.session
import pytest

from provider.aws import AwsClients
from provider.channel_inputs import ChannelInputs
from provider.channel_resource import Channel
from provider.resource import UNKNOWN, CheckFailure
from tests.provider.channels import URN, as_properties, edited, two_pipelines
from tests.support.medialive import channel_request

Inputs = dict[str, Any]
Spoil = Callable[[Inputs], Inputs]

CHANNEL = Channel(AwsClients("us-west-2"))
H264 = "encoderSettings.VideoDescriptions[0].CodecSettings.H264Settings"
HOURS = {
    "timezone": "UTC",
    "windows": [{"days": ["mon"], "start": "09:00", "stop": "17:00"}],
}


@pytest.fixture
def inputs() -> Inputs:
    return as_properties(channel_request("1"))


def failures(inputs: Inputs) -> list[CheckFailure]:
    return list(CHANNEL.check(URN, None, inputs).failures)


def without(inputs: Inputs, *names: str) -> Inputs:
    return {name: value for name, value in inputs.items() if name not in names}


def test_every_setting_of_a_creation_is_an_input() -> None:
    model = botocore.session.get_session().get_service_model("medialive")
    shape: Any = model.operation_model("CreateChannel").input_shape
    taken = set(shape.members)
    declared = {
        alias[0].upper() + alias[1:]
        for field in ChannelInputs.model_fields.values()
        if (alias := field.alias)
    }
    assert declared - taken == {"State", "Schedule", "ExistingId", "SecretVersions", "Logo"}
    assert taken - declared == {"DryRun", "RequestId", "Reserved"}


def test_inputs_that_aws_takes_are_kept_as_they_are(inputs: Inputs) -> None:
    checked = CHANNEL.check(URN, None, inputs)
    assert (checked.failures, checked.inputs) == ((), inputs)


REFUSED: dict[str, tuple[Spoil, str, str]] = {
    "an unknown property": (
        lambda i: {**i, "colour": "red"},
        "colour",
        "LUN320",
    ),
    "an unknown member": (
        lambda i: edited(i, Bitrat=1),
        f"{H264}.Bitrat",
        "LUN321",
    ),
    "a wrong type": (lambda i: edited(i, Bitrate="fast"), f"{H264}.Bitrate", "LUN321"),
    "a word outside an enum": (
        lambda i: {**i, "logLevel": "LOUD"},
        "logLevel",
        "LUN321",
    ),
    "a number below its limit": (
        lambda i: edited(i, Bitrate=1),
        f"{H264}.Bitrate",
        "LUN321",
    ),
    "a missing setting": (
        lambda i: without(i, "encoderSettings"),
        "encoderSettings",
        "LUN320",
    ),
    "a missing class": (lambda i: without(i, "channelClass"), "channelClass", "LUN320"),
    "no name": (lambda i: without(i, "name"), "name", "LUN320"),
    "a rule on encoder settings": (
        lambda i: edited(i, GopSize=0),
        "encoderSettings",
        "LUN322",
    ),
    "a rule on destinations": (
        lambda i: {**i, "channelClass": "STANDARD"},
        "destinations",
        "LUN322",
    ),
    "an unknown state": (
        lambda i: {**i, "state": "paused"},
        "state",
        "LUN320",
    ),
    "no schedule": (
        lambda i: {**i, "state": "scheduled"},
        "",
        "LUN320",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_fault_is_named_with_its_path(inputs: Inputs, case: str) -> None:
    spoil, path, code = REFUSED[case]
    assert [(failure.path, failure.code) for failure in failures(spoil(inputs))] == [(path, code)]


@pytest.mark.parametrize("change", [{"state": "scheduled", "schedule": HOURS}, {"tags": {}}])
def test_a_run_state_and_tags_are_no_settings(inputs: Inputs, change: Inputs) -> None:
    assert failures({**inputs, **change}) == []


def test_two_pipelines_with_two_ingests_are_accepted(inputs: Inputs) -> None:
    assert failures(two_pipelines(inputs)) == []


def test_an_existing_channel_needs_no_settings(inputs: Inputs) -> None:
    declared = {"name": "one", "state": "running", "existingId": "7"}
    assert failures({**declared, "destinations": inputs["destinations"]}) == []
    assert failures(declared) == []
    assert failures({**declared, "logLevel": "LOUD"}) != []


UNKNOWNS: dict[str, Spoil] = {
    "the id of an input": lambda i: {
        **i,
        "inputAttachments": [{**i["inputAttachments"][0], "InputId": UNKNOWN}],
    },
    "the role": lambda i: {**i, "roleArn": UNKNOWN},
    "all destinations": lambda i: {**i, "destinations": UNKNOWN},
    "the settings of a destination": lambda i: {
        **i,
        "destinations": [{"Id": "rtmp", "Settings": UNKNOWN}],
    },
    "all encoder settings": lambda i: {**i, "encoderSettings": UNKNOWN},
    "a number": lambda i: edited(i, GopSize=UNKNOWN),
    "the class": lambda i: {**i, "channelClass": UNKNOWN},
}


@pytest.mark.parametrize("case", UNKNOWNS)
def test_a_value_that_a_preview_does_not_know_passes(inputs: Inputs, case: str) -> None:
    assert failures(UNKNOWNS[case](inputs)) == []


def test_a_fault_beside_an_unknown_id_is_named(inputs: Inputs) -> None:
    partly = UNKNOWNS["the id of an input"](inputs)
    assert [failure.path for failure in failures(edited(partly, GopSize=0))] == ["encoderSettings"]
    assert [failure.path for failure in failures(edited(partly, Bitrate=1))] == [f"{H264}.Bitrate"]


KEY = "made-up-key-0123"


@pytest.mark.parametrize(
    "misplaced",
    [
        KEY,
        [KEY],
        {"Settings": KEY},
        [{"Id": "rtmp", "Settings": KEY}],
        [{"Id": "rtmp", "Settings": [KEY]}],
        [{"Id": "rtmp", "Settings": [{"StreamName": [KEY]}]}],
        [{"Id": "rtmp", "Settings": [{"Url": 1, "StreamName": KEY}]}],
        [{"Id": "rtmp", "Settings": [{"StreamName": KEY}] * 2}],
    ],
)
def test_no_message_quotes_a_key(inputs: Inputs, misplaced: object) -> None:
    refused = failures({**inputs, "destinations": misplaced})
    assert refused
    assert KEY not in str(refused)
