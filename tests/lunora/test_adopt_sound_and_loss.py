"""Audio and input loss of adopted channels: what a file declares is what the channel has."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from catalog import encoder
from catalog.attachments import input_settings
from lunora.adopt import sound_and_loss
from tests.support.media_channels import spec

AAC: dict[str, Any] = {"CodecSettings": {"AacSettings": {}}, "AudioSelectorName": "default"}


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"audio": {"track": 2, "channels": "mono"}},
        {"audio": {"pid": 258}},
        {"audio": {"language": "deu"}},
        {"audio": {"loudness": {"target_lkfs": -23.0}}},
        {"audio": {"loudness": {"target_lkfs": -16.0, "algorithm": "1770-4", "peak_dbtp": -1.0}}},
        {"on_input_loss": {"repeat_seconds": 0.5, "black_seconds": 1000.0}},
        {"on_input_loss": {"then": "color", "color": "#1A2B3C"}},
        {"on_input_loss": {"then": "slate", "slate": "s3://slates/a.png"}},
        {"on_input_loss": {"repeat_seconds": 5.0, "drop": True}},
    ],
)
def test_a_channel_of_ours_is_declared_as_it_was(keys: dict[str, Any]) -> None:
    declared = spec("480p30", **keys)
    settings = encoder.encoder_settings(declared)
    channel = {"InputAttachments": [{"InputSettings": input_settings(declared.audio)}]}
    group = settings["OutputGroups"][0]["OutputGroupSettings"]["RtmpGroupSettings"]
    audio = sound_and_loss.audio(channel, settings["AudioDescriptions"][0])
    loss = sound_and_loss.on_input_loss(settings, group)
    assert ({**audio.keys, **loss.keys}, audio.remarks, loss.remarks) == (keys, (), ())


@pytest.mark.parametrize(
    ("selector", "remark"),
    [
        ({"AudioTrackSelection": {"Tracks": [{"Track": 1}, {"Track": 2}]}}, "AudioTrackSelection"),
        ({"AudioPidSelection": {"Pid": 258, "Pids": [{"Pid": 258}]}}, "AudioPidSelection"),
        (
            {
                "AudioLanguageSelection": {
                    "LanguageCode": "deu",
                    "LanguageSelectionPolicy": "STRICT",
                }
            },
            "AudioLanguageSelection",
        ),
    ],
)
def test_a_selector_that_no_file_declares_is_remarked(
    selector: dict[str, Any], remark: str
) -> None:
    named = {"Name": "default", "SelectorSettings": selector}
    channel = {"InputAttachments": [{"InputSettings": {"AudioSelectors": [named]}}]}
    assert sound_and_loss.audio(channel, AAC).remarks == (f"audio selector with {remark}",)


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        (
            {"CodecSettings": {"AacSettings": {"CodingMode": "CODING_MODE_5_1"}}},
            "CodingMode CODING_MODE_5_1",
        ),
        ({"AudioNormalizationSettings": {"Algorithm": "ITU_1770_1"}}, "AudioNormalizationSettings"),
        ({"RemixSettings": {"ChannelMappings": []}}, "RemixSettings"),
    ],
)
def test_a_form_that_no_file_declares_is_remarked(changes: dict[str, Any], remark: str) -> None:
    assert sound_and_loss.audio({}, {**copy.deepcopy(AAC), **changes}).remarks == (remark,)


@pytest.mark.parametrize(
    "slate", [{"Uri": "https://example.org/a.png"}, {"Uri": "s3://b/a.png", "Username": "me"}]
)
def test_a_slate_elsewhere_is_remarked(slate: dict[str, str]) -> None:
    behavior = {"InputLossImageType": "SLATE", "InputLossImageSlate": slate}
    settings = {"GlobalConfiguration": {"InputLossBehavior": behavior}}
    assert sound_and_loss.on_input_loss(settings, {}).remarks == ("slate that is not in S3",)


def test_a_slate_that_medialive_takes_and_no_file_is_remarked() -> None:
    slate = {"Uri": "s3ssl://bucket/a.jpg"}
    behavior = {"InputLossImageType": "SLATE", "InputLossImageSlate": slate}
    settings = {"GlobalConfiguration": {"InputLossBehavior": behavior}}
    assert sound_and_loss.on_input_loss(settings, {}).remarks == (
        "settings that on_input_loss does not take",
    )
