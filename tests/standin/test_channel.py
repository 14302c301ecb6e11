"""A channel behaves as the real AWS provider's."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from localaws.standin.channel import Channel
from provider.aws import Aws
from provider.resource import Change, PartialFailure, Properties, ResourceError
from tests.helpers import settle


@pytest.fixture
def channel(aws: Aws) -> Channel:
    return Channel(aws)


@pytest.fixture
def medialive(client: Callable[[str], Any]) -> Any:
    return client("medialive")


def operations(embedded: EmbeddedAws) -> list[str]:
    quiet = ("Describe", "List")
    return [c.operation for c in embedded.calls if not c.operation.startswith(quiet)]


def state_of(medialive: Any, channel_id: str) -> str:
    return str(medialive.describe_channel(ChannelId=channel_id)["State"])


def other_preset(inputs: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(inputs)
    changed["encoderSettings"]["videoDescriptions"][0]["height"] = 720
    return changed


def test_it_is_created_idle_and_without_its_log_level(
    channel: Channel, channel_inputs: Properties, medialive: Any
) -> None:
    made = channel.create("urn", {**channel_inputs, "logLevel": "INFO"})
    found = medialive.describe_channel(ChannelId=made.id)
    assert (found["State"], found["LogLevel"]) == ("IDLE", "DISABLED")
    assert made.state["channelId"] == made.id
    assert made.state["arn"] == found["Arn"]
    assert made.state["tagsAll"] == {"Owner": "someone"}


def test_start_channel_starts_it(
    channel: Channel, channel_inputs: Properties, medialive: Any
) -> None:
    made = channel.create("urn", {**channel_inputs, "startChannel": True})
    assert state_of(medialive, made.id) == "RUNNING"


@pytest.mark.parametrize(("start", "after"), [(False, "IDLE"), (True, "RUNNING")])
def test_a_change_stops_a_running_channel_first(  # noqa: PLR0913 - fixtures
    channel: Channel,
    channel_inputs: dict[str, Any],
    medialive: Any,
    embedded: EmbeddedAws,
    *,
    start: bool,
    after: str,
) -> None:
    before = {**channel_inputs, **({"startChannel": True} if start else {})}
    made = channel.create("urn", before)
    if not start:
        medialive.start_channel(ChannelId=made.id)
        settle(lambda: state_of(medialive, made.id), "RUNNING")
    embedded.calls.clear()
    channel.update(made.id, before, made.state, other_preset(before))
    started = ["StartChannel"] if start else []
    assert operations(embedded) == ["StopChannel", "UpdateChannel", *started]
    assert state_of(medialive, made.id) == after


def test_other_tags_stop_nothing(
    channel: Channel, channel_inputs: Properties, medialive: Any, embedded: EmbeddedAws
) -> None:
    made = channel.create("urn", channel_inputs)
    medialive.start_channel(ChannelId=made.id)
    settle(lambda: state_of(medialive, made.id), "RUNNING")
    embedded.calls.clear()
    channel.update(made.id, channel_inputs, made.state, {**channel_inputs, "tags": {"New": "x"}})
    assert operations(embedded) == ["CreateTags", "DeleteTags"]
    assert medialive.describe_channel(ChannelId=made.id)["Tags"] == {"New": "x"}


def test_a_refresh_of_an_untouched_channel_finds_what_was_declared(
    channel: Channel, channel_inputs: Properties
) -> None:
    made = channel.create("urn", channel_inputs)
    found = channel.read("urn", made.id, channel_inputs, made.state)
    assert found is not None
    assert not channel.diff(made.id, channel_inputs, made.state, found.inputs).changed
    h264 = found.state["encoderSettings"]["videoDescriptions"][0]["codecSettings"]["h264Settings"]
    assert h264["entropyEncoding"] == "CABAC"


def test_a_change_made_elsewhere_is_drift(
    channel: Channel, channel_inputs: Properties, medialive: Any
) -> None:
    made = channel.create("urn", channel_inputs)
    medialive.update_channel(ChannelId=made.id, Name="another")
    found = channel.read("urn", made.id, channel_inputs, made.state)
    assert found is not None
    assert found.inputs["name"] == "another"


def test_an_import_gives_inputs_that_declare_it(
    channel: Channel, channel_inputs: Properties
) -> None:
    made = channel.create("urn", channel_inputs)
    found = channel.read("urn", made.id, {}, {})
    assert found is not None
    assert channel.check("urn", None, found.inputs).failures == ()
    assert found.inputs["destinations"] == channel_inputs["destinations"]


def test_deletion_stops_it_first_and_one_that_is_gone_is_deleted(
    channel: Channel, channel_inputs: Properties, medialive: Any
) -> None:
    made = channel.create("urn", {**channel_inputs, "startChannel": True})
    channel.delete(made.id, made.state)
    assert medialive.list_channels()["Channels"] == []
    channel.delete(made.id, made.state)
    assert channel.read("urn", made.id, channel_inputs, made.state) is None


def test_a_refused_channel_is_one_sentence_without_its_key(
    channel: Channel, channel_inputs: Properties
) -> None:
    with pytest.raises(ResourceError, match="could not create channel one") as caught:
        channel.create("urn", {**channel_inputs, "channelClass": "STANDARD"})
    assert "made-up" not in str(caught.value)


def test_a_channel_that_fails_on_its_way_is_remembered(
    channel: Channel, channel_inputs: Properties, embedded: EmbeddedAws
) -> None:
    real = channel._describe

    def broken(channel_id: str) -> Any:
        embedded.medialive().region.channels[channel_id].members["State"] = "CREATE_FAILED"
        embedded.medialive().region.channels[channel_id].transition = None
        return real(channel_id)

    channel._describe = broken  # type: ignore[method-assign]
    with pytest.raises(PartialFailure, match="became CREATE_FAILED where IDLE was") as caught:
        channel.create("urn", channel_inputs)
    assert caught.value.resource_id in embedded.medialive().region.channels


def test_only_class_and_vpc_replace(channel: Channel, channel_inputs: dict[str, Any]) -> None:
    def diff(**changes: Any) -> Any:
        return channel.diff("1", channel_inputs, {}, {**channel_inputs, **changes})

    assert diff(channelClass="STANDARD").replaces == {"channelClass"}
    assert diff(name="two").changes == {"name": Change.UPDATE}
    assert diff(name="two").replaces == frozenset()
    assert not diff().changed


def test_what_is_missing_or_not_served_is_named(
    channel: Channel, channel_inputs: dict[str, Any]
) -> None:
    given = {**channel_inputs, "colour": "red"}
    del given["destinations"]
    assert [failure.reason for failure in channel.check("urn", None, given).failures] == [
        "destinations is required",
        "the stand-in AWS plugin does not serve colour of aws:medialive/channel:Channel",
    ]
