"""Properties of pulumi-aws to members of the API and back."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from offline.aws_plugin.api_mapping import declared_part, from_api, to_api
from provider.resource import UNKNOWN, ResourceError


@pytest.fixture(scope="module")
def shape() -> Any:
    model = botocore.session.get_session().get_service_model("medialive")
    return model.operation_model("CreateChannel").input_shape


def test_there_and_back(shape: Any) -> None:
    properties = {
        "name": "one",
        "inputSpecification": {"codec": "AVC", "resolution": "HD"},
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


def test_zeros_and_empty_lists_are_sent(shape: Any) -> None:
    group = shape.members["EncoderSettings"].members["OutputGroups"].member
    rtmp = group.members["OutputGroupSettings"].members["RtmpGroupSettings"]
    assert to_api(rtmp, {"restartDelay": 0, "adMarkers": []}) == {
        "RestartDelay": 0,
        "AdMarkers": [],
    }
    assert to_api(shape, {"dryRun": False}) == {"DryRun": False}


@pytest.mark.parametrize("nothing", [None, UNKNOWN])
def test_what_stands_for_nothing_is_left_out(shape: Any, nothing: object) -> None:
    assert to_api(shape, {"name": "one", "roleArn": nothing}) == {"Name": "one"}


def test_what_a_request_does_not_hold_is_not_read_back(shape: Any) -> None:
    described = {"Name": "one", "RoleArn": None, "State": "IDLE", "ChannelClass": "STANDARD"}
    assert from_api(shape, described) == {"name": "one", "channelClass": "STANDARD"}


def test_a_broken_number_stays_broken(shape: Any) -> None:
    h264 = shape.members["EncoderSettings"].members["VideoDescriptions"].member
    h264 = h264.members["CodecSettings"].members["H264Settings"]
    properties = from_api(h264, {"GopSize": 1.5, "Bitrate": 3000000})
    assert properties == {"gopSize": 1.5, "bitrate": 3000000}


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
    with pytest.raises(
        ResourceError, match=f"^LUN320: {holder} of the API has no property colour$"
    ):
        to_api(shape, properties)


def test_a_property_that_the_aws_provider_renamed_is_found() -> None:
    model = botocore.session.get_session().get_service_model("events")
    shape: Any = model.operation_model("PutTargets").input_shape
    transformer = shape.members["Targets"].member.members["InputTransformer"]
    properties = {"inputPaths": {"a": "$.b"}, "inputTemplate": "c"}
    members = {"InputPathsMap": {"a": "$.b"}, "InputTemplate": "c"}
    assert to_api(transformer, properties) == members
    assert from_api(transformer, members) == properties


def test_only_what_is_declared_is_compared() -> None:
    actual = {"a": 1, "b": [{"c": 2, "filled": 3}], "filled": 4}
    assert declared_part({"a": 0, "b": [{"c": 0}], "gone": 1}, actual) == {"a": 1, "b": [{"c": 2}]}
    assert declared_part({"b": [{}, {}]}, actual) == {"b": actual["b"]}
