"""A channel behaves as the real AWS provider's."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from localaws.standin.channel import Channel
from localaws.standin.mapping import normalised
from provider.aws import Aws
from provider.resource import Change, Diff, PartialFailure, Properties, ResourceError
from tests.helpers import settle


@pytest.fixture
def channel(aws: Aws) -> Channel:
    return Channel(aws)


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


def test_a_start_that_is_no_longer_declared_stops_it(
    channel: Channel, channel_inputs: Properties, medialive: Any, embedded: EmbeddedAws
) -> None:
    before = {**channel_inputs, "startChannel": True}
    made = channel.create("urn", before)
    embedded.calls.clear()
    channel.update(made.id, before, made.state, channel_inputs)
    assert operations(embedded) == ["StopChannel"]
    assert state_of(medialive, made.id) == "IDLE"


def test_a_log_level_is_sent_by_an_update(
    channel: Channel, channel_inputs: Properties, medialive: Any
) -> None:
    made = channel.create("urn", channel_inputs)
    state = channel.update(
        made.id, channel_inputs, made.state, {**channel_inputs, "logLevel": "INFO"}
    )
    assert state["logLevel"] == "INFO"
    assert medialive.describe_channel(ChannelId=made.id)["LogLevel"] == "INFO"


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
    found = medialive.describe_channel(ChannelId=made.id)
    assert found["State"] == after
    assert found["EncoderSettings"]["VideoDescriptions"][0]["Height"] == 720


def test_other_tags_stop_nothing(
    channel: Channel, channel_inputs: Properties, medialive: Any, embedded: EmbeddedAws
) -> None:
    made = channel.create("urn", channel_inputs)
    medialive.start_channel(ChannelId=made.id)
    settle(lambda: state_of(medialive, made.id), "RUNNING")
    embedded.calls.clear()
    channel.update(made.id, channel_inputs, made.state, {**channel_inputs, "tags": {"New": "x"}})
    assert operations(embedded) == ["CreateTags", "DeleteTags"]
    found = medialive.describe_channel(ChannelId=made.id)
    assert (found["Tags"], found["State"]) == ({"New": "x"}, "RUNNING")


def test_a_refresh_of_an_untouched_channel_finds_what_was_declared(
    channel: Channel, channel_inputs: Properties
) -> None:
    made = channel.create("urn", channel_inputs)
    found = channel.read("urn", made.id, channel_inputs, made.state)
    assert found is not None
    assert found.inputs == normalised(channel_inputs)
    assert not channel.diff(made.id, channel_inputs, made.state, found.inputs).changed
    h264 = found.state["encoderSettings"]["videoDescriptions"][0]["codecSettings"]["h264Settings"]
    assert h264["entropyEncoding"] == "CABAC"


@pytest.mark.parametrize("start", [True, False])
def test_whether_it_is_to_be_started_is_not_read_back(
    channel: Channel, channel_inputs: Properties, medialive: Any, *, start: bool
) -> None:
    declared = {**channel_inputs, "startChannel": start}
    made = channel.create("urn", declared)
    turn = medialive.stop_channel if start else medialive.start_channel
    turn(ChannelId=made.id)
    found = channel.read("urn", made.id, declared, made.state)
    assert found is not None
    assert found.inputs["startChannel"] is start


def test_a_change_made_elsewhere_is_drift(
    channel: Channel, channel_inputs: Properties, medialive: Any
) -> None:
    made = channel.create("urn", channel_inputs)
    medialive.update_channel(ChannelId=made.id, Name="another")
    found = channel.read("urn", made.id, channel_inputs, made.state)
    assert found is not None
    assert found.inputs["name"] == "another"
    back = channel.diff(made.id, found.inputs, found.state, channel_inputs)
    assert back == Diff({"name": Change.UPDATE})


def test_an_import_gives_inputs_that_declare_it(
    channel: Channel, channel_inputs: Properties
) -> None:
    made = channel.create("urn", channel_inputs)
    found = channel.read("urn", made.id, {}, {})
    assert found is not None
    assert channel.check("urn", None, found.inputs).failures == ()
    assert found.inputs["destinations"] == channel_inputs["destinations"]
    assert found.inputs["inputSpecification"] == channel_inputs["inputSpecification"]
    assert found.inputs["tags"] == channel_inputs["tags"]


def test_deletion_stops_it_first_and_waits_until_it_is_gone(
    channel: Channel, channel_inputs: Properties, medialive: Any, embedded: EmbeddedAws
) -> None:
    made = channel.create("urn", {**channel_inputs, "startChannel": True})
    embedded.calls.clear()
    channel.delete(made.id, made.state)
    assert operations(embedded) == ["StopChannel", "DeleteChannel"]
    assert state_of(medialive, made.id) == "DELETED"


def test_one_that_is_gone_is_deleted_and_not_found(
    channel: Channel, channel_inputs: Properties
) -> None:
    made = channel.create("urn", channel_inputs)
    channel.delete(made.id, made.state)
    for gone in (made.id, "7"):
        channel.delete(gone, made.state)
        assert channel.read("urn", gone, channel_inputs, made.state) is None


def test_a_refused_channel_is_one_sentence_without_its_key(
    channel: Channel, channel_inputs: Properties
) -> None:
    with pytest.raises(ResourceError, match="could not create channel one") as caught:
        channel.create("urn", {**channel_inputs, "channelClass": "STANDARD"})
    assert "made-up" not in str(caught.value)


@pytest.mark.parametrize(
    ("start", "broken", "sentence"),
    [
        (False, "CREATE_FAILED", "became CREATE_FAILED where IDLE was expected"),
        (True, "CREATE_FAILED", "became CREATE_FAILED where IDLE was expected"),
        (True, "IDLE", "became IDLE where RUNNING was expected"),
        (False, "DELETED", "became DELETED where IDLE was expected"),
    ],
)
def test_a_channel_that_fails_on_its_way_is_remembered(
    channel_inputs: Properties, embedded: EmbeddedAws, *, start: bool, broken: str, sentence: str
) -> None:
    channels = embedded.medialive().region.channels
    while_it_is = "STARTING" if broken == "IDLE" else "CREATING"

    def break_it(_: float) -> None:
        (item,) = channels.values()
        if item.state == while_it_is:
            item.members["State"], item.transition = broken, None

    channel = Channel(Aws("us-west-2", endpoint=embedded.endpoint, sleep=break_it))
    with pytest.raises(PartialFailure, match=sentence) as caught:
        channel.create("urn", {**channel_inputs, "startChannel": start})
    (made,) = channels
    assert caught.value.resource_id == made
    assert caught.value.state["channelId"] == made
    assert caught.value.state["arn"] == channels[made].members["Arn"]
    assert caught.value.state["destinations"] == channel_inputs["destinations"]
    assert "made-up" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "changes", "replaces"),
    [
        ({}, {}, set()),
        ({"name": "two"}, {"name": Change.UPDATE}, set()),
        ({"tags": {"Owner": "another"}}, {"tags.Owner": Change.UPDATE}, set()),
        ({"logLevel": "INFO"}, {"logLevel": Change.ADD}, set()),
        ({"startChannel": True}, {"startChannel": Change.ADD}, set()),
        ({"channelClass": "STANDARD"}, {"channelClass": Change.UPDATE}, {"channelClass"}),
        ({"vpc": {"subnetIds": ["a"]}}, {"vpc": Change.ADD}, {"vpc"}),
        (
            {"inputSpecification": {"inputResolution": "UHD"}},
            {
                "inputSpecification.codec": Change.DELETE,
                "inputSpecification.inputResolution": Change.UPDATE,
                "inputSpecification.maximumBitrate": Change.DELETE,
            },
            set(),
        ),
    ],
)
def test_only_class_and_vpc_replace(
    channel: Channel,
    channel_inputs: dict[str, Any],
    given: dict[str, Any],
    changes: dict[str, Change],
    replaces: set[str],
) -> None:
    found = channel.diff("1", channel_inputs, {}, {**channel_inputs, **given})
    assert found == Diff(changes, frozenset(replaces))


def test_a_change_within_the_vpc_replaces(channel: Channel, channel_inputs: dict[str, Any]) -> None:
    before, after = ({**channel_inputs, "vpc": {"subnetIds": [name]}} for name in "ab")
    assert channel.diff("1", before, {}, after).replaces == {"vpc.subnetIds"}


def test_the_order_of_a_set_is_no_change_and_that_of_a_list_is(
    channel: Channel, channel_inputs: dict[str, Any], embedded: EmbeddedAws
) -> None:
    def declared(*names: str) -> dict[str, Any]:
        found = copy.deepcopy(channel_inputs)
        (first,) = found["encoderSettings"]["audioDescriptions"]
        more = [{**first, "name": name} for name in names]
        found["encoderSettings"]["audioDescriptions"] = [first, *more]
        return found

    before, after = declared("b", "c"), declared("c", "b")
    assert not channel.diff("1", before, {}, after).changed
    made = channel.create("urn", before)
    embedded.calls.clear()
    channel.update(made.id, before, made.state, after)
    assert operations(embedded) == []
    groups = (
        {"outputGroups": [{"name": "x"}, {"name": "y"}]},
        {"outputGroups": [{"name": "y"}, {"name": "x"}]},
    )
    one, other = ({**channel_inputs, "encoderSettings": group} for group in groups)
    assert channel.diff("1", one, {}, other).changed


def test_what_is_declared_in_full_is_accepted_as_it_is(
    channel: Channel, channel_inputs: dict[str, Any]
) -> None:
    declared = {**channel_inputs, "startChannel": False, "logLevel": "INFO", "roleArn": "arn"}
    checked = channel.check("urn", None, declared)
    assert (checked.inputs, checked.failures) == (declared, ())


@pytest.mark.parametrize(
    "missing",
    [
        *("channelClass", "destinations", "encoderSettings", "inputAttachments"),
        *("inputSpecification", "name"),
    ],
)
def test_what_is_missing_is_named(
    channel: Channel, channel_inputs: dict[str, Any], missing: str
) -> None:
    del channel_inputs[missing]
    (failure,) = channel.check("urn", None, channel_inputs).failures
    assert (failure.property, failure.reason) == (missing, f"{missing} is required")


def test_what_is_not_served_is_named(channel: Channel, channel_inputs: dict[str, Any]) -> None:
    (failure,) = channel.check("urn", None, {**channel_inputs, "colour": "red"}).failures
    assert failure.property == "colour"
    assert failure.reason == (
        "the stand-in AWS plugin does not serve colour of aws:medialive/channel:Channel"
    )
