"""Properties of pulumi-aws to members of the API and back."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from localaws.standin.mapping import declared_part, from_api, normalised, to_api
from provider.resource import UNKNOWN, ResourceError


@pytest.fixture(scope="module")
def shape() -> Any:
    model = botocore.session.get_session().get_service_model("medialive")
    return model.operation_model("CreateChannel").input_shape


def test_there_and_back(shape: Any) -> None:
    properties = {
        "name": "one",
        "inputSpecification": {"codec": "AVC", "inputResolution": "HD"},
        "encoderSettings": {
            "outputGroups": [{"outputs": [{"audioDescriptionNames": ["audio"]}]}],
            "videoDescriptions": [{"codecSettings": {"h264Settings": {"gopSize": 2}}}],
        },
        "tags": {"owner": "someone"},
    }
    members = to_api(shape, properties)
    assert members["InputSpecification"] == {"Codec": "AVC", "Resolution": "HD"}
    assert members["Tags"] == {"owner": "someone"}
    gop = members["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]
    assert gop == {"GopSize": 2.0}
    assert isinstance(gop["GopSize"], float)
    assert from_api(shape, members) == properties


def test_an_integer_zero_is_left_out_but_false_is_not(shape: Any) -> None:
    assert to_api(shape, {"name": "one", "dryRun": False, "inputAttachments": []}) == {
        "Name": "one",
        "DryRun": False,
        "InputAttachments": [],
    }
    group = shape.members["EncoderSettings"].members["OutputGroups"].member
    rtmp = group.members["OutputGroupSettings"].members["RtmpGroupSettings"]
    assert to_api(rtmp, {"restartDelay": 0, "cacheLength": 30}) == {"CacheLength": 30}


@pytest.mark.parametrize("nothing", [0, 0.0, None, UNKNOWN])
def test_what_stands_for_nothing_is_left_out(shape: Any, nothing: object) -> None:
    assert to_api(shape, {"name": "one", "roleArn": nothing}) == {"Name": "one"}


def test_what_a_request_does_not_hold_is_not_read_back(shape: Any) -> None:
    described = {"Name": "one", "RoleArn": None, "State": "IDLE", "ChannelClass": "STANDARD"}
    assert from_api(shape, described) == {"name": "one", "channelClass": "STANDARD"}


def test_a_broken_number_stays_broken(shape: Any) -> None:
    h264 = shape.members["EncoderSettings"].members["VideoDescriptions"].member
    h264 = h264.members["CodecSettings"].members["H264Settings"]
    found = from_api(h264, {"GopSize": 1.5, "Bitrate": 3000000})
    assert found == {"gopSize": 1.5, "bitrate": 3000000}


def test_what_the_real_provider_never_sends_is_not_sent(shape: Any) -> None:
    settings = shape.members["InputAttachments"].member.members["InputSettings"]
    assert to_api(settings, {"videoSelector": {"colorSpace": "FOLLOW"}}) == {}


@pytest.mark.parametrize(
    ("properties", "holder"),
    [
        ({"colour": "red"}, "CreateChannelRequest"),
        ({"encoderSettings": {"colour": "red"}}, "EncoderSettings"),
        ({"inputAttachments": [{"colour": "red"}]}, "InputAttachment"),
    ],
)
def test_a_property_that_the_api_does_not_know_is_refused(
    shape: Any, properties: dict[str, Any], holder: str
) -> None:
    with pytest.raises(ResourceError, match=f"^{holder} of the API has no property colour$"):
        to_api(shape, properties)


def test_the_api_s_own_name_of_a_renamed_property_is_no_property_of_a_read(shape: Any) -> None:
    read = from_api(shape, {"InputSpecification": {"Resolution": "HD"}})
    assert read == {"inputSpecification": {"inputResolution": "HD"}}


def test_only_what_is_declared_is_compared() -> None:
    actual = {"a": 1, "b": [{"c": 2, "filled": 3}], "filled": 4}
    assert declared_part({"a": 0, "b": [{"c": 0}], "gone": 1}, actual) == {"a": 1, "b": [{"c": 2}]}
    assert declared_part({"b": [{}, {}]}, actual) == {"b": actual["b"]}


@pytest.mark.parametrize(
    ("key", "has_order"),
    [
        ("destinations", False),
        ("settings", False),
        ("inputAttachments", False),
        ("audioDescriptions", False),
        ("audioDescriptionNames", False),
        ("whitelistRules", False),
        ("outputGroups", True),
        ("outputs", True),
        ("videoDescriptions", True),
        ("audioSelectors", True),
    ],
)
def test_sets_have_no_order_and_lists_have(key: str, *, has_order: bool) -> None:
    def within(*items: str) -> Any:
        return normalised({"outer": [{key: [{"id": item} for item in items]}]})

    assert (within("b", "a") != within("a", "b")) == has_order
    assert within("a", "b") != within("a", "c")
