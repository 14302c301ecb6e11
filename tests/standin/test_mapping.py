"""Properties of pulumi-aws to members of the API and back."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from localaws.standin.mapping import declared_part, from_api, normalised, to_api
from provider.resource import ResourceError


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


def test_what_the_real_provider_never_sends_is_not_sent(shape: Any) -> None:
    settings = shape.members["InputAttachments"].member.members["InputSettings"]
    assert to_api(settings, {"videoSelector": {"colorSpace": "FOLLOW"}}) == {}


def test_a_property_that_the_api_does_not_know_is_refused(shape: Any) -> None:
    with pytest.raises(ResourceError, match="has no property colour"):
        to_api(shape, {"colour": "red"})


def test_only_what_is_declared_is_compared() -> None:
    actual = {"a": 1, "b": [{"c": 2, "filled": 3}], "filled": 4}
    assert declared_part({"a": 0, "b": [{"c": 0}], "gone": 1}, actual) == {"a": 1, "b": [{"c": 2}]}
    assert declared_part({"b": [{}, {}]}, actual) == {"b": actual["b"]}


def test_sets_have_no_order_and_lists_have() -> None:
    assert normalised({"destinations": [{"id": "b"}, {"id": "a"}]}) == normalised(
        {"destinations": [{"id": "a"}, {"id": "b"}]}
    )
    assert normalised({"outputGroups": [2, 1]}) != normalised({"outputGroups": [1, 2]})
