"""The life of a channel is the same in every reading of what is disputed about AWS."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.medialive.readings import DISPUTED
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.channel_resource import Channel
from provider.input_security_group import InputSecurityGroup
from provider.push_input import PushInput
from tests.provider.channels import (
    TAGS,
    URN,
    as_properties,
    describe,
    edited,
    interrupted,
    sends_to,
    stop,
    writes,
)
from tests.support.medialive import channel_request

READINGS = [
    (name, reading) for name, behaviour in DISPUTED.items() for reading in behaviour["readings"]
]
LIFE = [
    "CreateInputSecurityGroup",
    "CreateInput",
    "CreateChannel",
    "StartChannel",
    *interrupted("UpdateChannel"),
    "CreateTags",
    "StopChannel",
    "DeleteChannel",
    # Of what is gone: AWS is asked again, and it is a success.
    "DeleteChannel",
    "DeleteInput",
    "DeleteInputSecurityGroup",
]


def live_and_die(aws: AwsClients, medialive: Any) -> Any:
    """Create, change and delete a channel with its input; returns the channel as it was changed."""
    groups, pushes, channels = InputSecurityGroup(aws), PushInput(aws), Channel(aws)
    group = groups.create("urn", {"cidrs": ["203.0.113.10/32"], "tags": TAGS})
    wanted_input = {"name": "one", "securityGroupIds": [group.id], "tags": TAGS}
    push = pushes.create("urn", wanted_input)
    first = as_properties(channel_request(push.id), state="running")
    made = channels.create(URN, first)
    again = channels.diff(made.id, first, made.state, first)
    assert not again.changed
    second = sends_to(edited(first, Bitrate=2_000_000), "rotated")
    state = channels.update(made.id, first, made.state, second)
    live = describe(medialive, made.id)
    for _ in range(2):
        channels.delete(made.id, state)
    assert channels.read(URN, made.id, second, state) is None
    pushes.delete(push.id, push.state)
    groups.delete(group.id, group.state)
    return live


@pytest.mark.parametrize(("name", "reading"), READINGS)
def test_a_channel_lives_the_same(
    aws: AwsClients, embedded: EmbeddedAws, medialive: Any, name: str, reading: str
) -> None:
    embedded.readings.choose({name: reading})
    live = live_and_die(aws, medialive)
    assert live["State"] == "RUNNING"
    assert live["Destinations"][0]["Settings"][0]["StreamName"] == "rotated"
    assert writes(embedded) == LIFE
    assert medialive.list_channels()["Channels"] == []
    assert medialive.list_inputs()["Inputs"] == []
    assert medialive.list_input_security_groups()["InputSecurityGroups"] == []


@pytest.mark.parametrize("reading", DISPUTED["stop-idle"]["readings"])
def test_one_that_others_stopped_is_deleted(
    aws: AwsClients, embedded: EmbeddedAws, medialive: Any, reading: str
) -> None:
    embedded.readings.choose({"stop-idle": reading, "delete-stopping": "accepted"})
    channels = Channel(aws)
    push = PushInput(aws).create(
        "urn", {"name": "one", "securityGroupIds": [made_group(medialive)], "tags": TAGS}
    )
    made = channels.create(URN, as_properties(channel_request(push.id), state="running"))
    stop(medialive, made.id)
    channels.delete(made.id, made.state)
    assert medialive.list_channels()["Channels"] == []


def made_group(medialive: Any) -> str:
    made = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
    return str(made["SecurityGroup"]["Id"])
