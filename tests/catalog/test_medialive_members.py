"""Members of CreateChannel that a file declares over the generated ones."""

from __future__ import annotations

from typing import Any

import pytest

from catalog import attachments, encoder
from catalog.audio import Audio
from catalog.failover import Failover
from catalog.loader import findings
from catalog.medialive_members import merged
from catalog.model import DestinationSpec
from catalog.rules.members import warn_about_members
from catalog.schema import key_table


def spec(medialive: Any, **more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate(
        {"name": "one", "platform": "youtube", "preset": "1080p30", "medialive": medialive, **more}
    )


def settings(encoder_settings: Any) -> dict[str, Any]:
    return encoder.encoder_settings(spec({"EncoderSettings": encoder_settings}))


GENERATED = settings({})


def test_a_named_element_takes_the_declared_members_and_keeps_the_others() -> None:
    codec = {"H264Settings": {"Profile": "MAIN"}}
    (video,) = settings({"VideoDescriptions": [{"Name": "video", "CodecSettings": codec}]})[
        "VideoDescriptions"
    ]
    (generated,) = GENERATED["VideoDescriptions"]
    h264 = generated["CodecSettings"]["H264Settings"]
    assert video == {**generated, "CodecSettings": {"H264Settings": {**h264, "Profile": "MAIN"}}}


def test_an_element_of_another_name_is_added() -> None:
    second = {"Name": "second", "AudioSelectorName": "default"}
    merged_settings = settings({"AudioDescriptions": [second]})
    assert merged_settings["AudioDescriptions"] == [*GENERATED["AudioDescriptions"], second]


def test_a_list_without_names_replaces_the_generated_one() -> None:
    outputs = [{"OutputName": "rtmp", "AudioDescriptionNames": ["second"]}]
    group = {"Name": "rtmp", "Outputs": outputs}
    (output_group,) = settings({"OutputGroups": [group]})["OutputGroups"]
    (output,) = output_group["Outputs"]
    assert output["AudioDescriptionNames"] == ["second"]
    assert output["VideoDescriptionName"] == "video"


def test_a_member_without_value_is_removed() -> None:
    codec = {"H264Settings": {"LookAheadRateControl": None}}
    (video,) = settings({"VideoDescriptions": [{"Name": "video", "CodecSettings": codec}]})[
        "VideoDescriptions"
    ]
    assert "LookAheadRateControl" not in video["CodecSettings"]["H264Settings"]


def test_a_member_that_is_not_there_need_not_be_removed() -> None:
    codec = {"H264Settings": {"Softness": None}}
    assert settings({"VideoDescriptions": [{"Name": "video", "CodecSettings": codec}]}) == GENERATED


def test_nothing_declared_leaves_the_settings_as_they_are() -> None:
    assert encoder.encoder_settings(spec({})) == GENERATED


def test_an_attachment_without_a_name_stands_for_all() -> None:
    inputs = {"a": "1", "b": "2"}
    generated = {"InputAttachments": attachments.input_attachments(inputs, Audio(), Failover())}
    declared = {
        "InputAttachments": [
            {"InputSettings": {"SourceEndBehavior": "LOOP"}},
            {"InputAttachmentName": "b", "InputSettings": {"FilterStrength": 2}},
        ]
    }
    first, second = merged(generated, declared, "InputAttachments")
    assert (first["InputId"], second["InputId"]) == ("1", "2")
    assert first["InputSettings"]["SourceEndBehavior"] == "LOOP"
    assert second["InputSettings"]["SourceEndBehavior"] == "LOOP"
    assert "FilterStrength" not in first["InputSettings"]
    assert second["InputSettings"]["FilterStrength"] == 2


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({"Destinations": []}, "medialive.Destinations"),
        ({"Name": "other"}, "medialive.Name"),
        ({"RoleArn": "arn:aws:iam::123456789012:role/x"}, "medialive.RoleArn"),
        ({"Tags": {"a": "b"}}, "medialive.Tags"),
        ({"ChannelClass": "STANDARD"}, "medialive.ChannelClass"),
        (
            {"EncoderSettings": {"OutputGroups": [{"A": {"StaticKeyValue": "0"}}]}},
            "medialive.EncoderSettings.OutputGroups.0.A.StaticKeyValue",
        ),
    ],
)
def test_what_holds_secrets_or_is_the_program_s_is_refused(
    members: dict[str, Any], key: str
) -> None:
    assert [(finding.code, finding.key) for finding in findings(spec(members))] == [("LUN156", key)]


def test_a_member_with_a_key_of_its_own_is_announced() -> None:
    codec = {"H264Settings": {"Bitrate": 5_000_000, "Slices": 4}}
    members = {
        "EncoderSettings": {"VideoDescriptions": [{"Name": "video", "CodecSettings": codec}]}
    }
    (warning,) = warn_about_members(spec(members))
    path = "medialive.EncoderSettings.VideoDescriptions.0.CodecSettings.H264Settings.Bitrate"
    assert (warning.code, warning.key) == ("LUN158", path)
    assert "encoding.bitrate_kbps" in warning.message


def test_it_is_for_channels() -> None:
    flow = spec({"LogLevel": "INFO"}, route="flow", preset=None)
    codes = [(finding.code, finding.key) for finding in findings(flow)]
    assert ("LUN121", "medialive") in codes


def test_the_table_of_keys_says_what_it_is() -> None:
    (row,) = [line for line in key_table().splitlines() if line.startswith("| `medialive`")]
    assert "| map |" in row
