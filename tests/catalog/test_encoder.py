"""MediaLive settings, compared with golden files; UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from catalog import attachments, encoder
from catalog.encoder import DestinationSecrets
from catalog.encoder_defaults import encoder_defaults
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from catalog.presets import presets
from catalog.video_settings import video_description
from provider import channel_rules
from tests.support.encoder_settings import leaves

GOLDEN = Path(__file__).with_name("golden")


def spec(preset: str = "1080p30", **more: Any) -> DestinationSpec:
    url = "rtmp://ingest.example.org/app"
    return DestinationSpec.model_validate(
        {"name": "one", "platform": "custom", "url": url, "preset": preset, **more}
    )


def settings(declared: DestinationSpec) -> dict[str, Any]:
    return {
        "EncoderSettings": encoder.encoder_settings(declared),
        "InputSettings": attachments.input_settings(declared.audio),
        "InputSpecification": attachments.input_specification(FlowSource()),
    }


@pytest.mark.parametrize("preset", presets())
def test_a_preset_is_encoded_as_its_golden_file_says(preset: str) -> None:
    golden = GOLDEN / f"{preset}.json"
    text = json.dumps(settings(spec(preset)), indent=2, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert golden.is_file(), "run with UPDATE_GOLDEN=1 and review the new file"
    assert text == golden.read_text(), "run with UPDATE_GOLDEN=1 and review the difference"


def test_every_golden_file_belongs_to_a_preset() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == presets().keys()


VIDEO = ".EncoderSettings.VideoDescriptions.0.CodecSettings.H264Settings"
AUDIO = ".EncoderSettings.AudioDescriptions.0.CodecSettings.AacSettings"
GROUP = ".EncoderSettings.OutputGroups.0.OutputGroupSettings.RtmpGroupSettings"
OUTPUT = ".EncoderSettings.OutputGroups.0.Outputs.0.OutputSettings.RtmpOutputSettings"


@pytest.mark.parametrize(
    ("section", "key", "value", "changed"),
    [
        (
            "encoding",
            "bitrate_kbps",
            5000,
            {f"{VIDEO}.Bitrate": 5_000_000, f"{VIDEO}.BufSize": 10_000_000},
        ),
        ("encoding", "profile", "main", {f"{VIDEO}.Profile": "MAIN"}),
        ("encoding", "quality", "enhanced", {f"{VIDEO}.QualityLevel": "ENHANCED_QUALITY"}),
        ("encoding", "audio_bitrate_kbps", 192, {f"{AUDIO}.Bitrate": 192_000.0}),
        ("encoding", "keyframe_seconds", 1, {f"{VIDEO}.GopSize": 1}),
        ("retry", "attempts", 7, {f"{OUTPUT}.NumRetries": 7}),
        ("retry", "interval_seconds", 8, {f"{OUTPUT}.ConnectionRetryInterval": 8}),
        ("retry", "restart_delay_seconds", 9, {f"{GROUP}.RestartDelay": 9}),
        ("retry", "restart_delay_seconds", 0, {f"{GROUP}.RestartDelay": 0}),
        ("retry", "cache_seconds", 31, {f"{GROUP}.CacheLength": 31}),
    ],
)
def test_an_override_changes_only_what_it_names(
    section: str, key: str, value: float | str, changed: dict[str, Any]
) -> None:
    before = leaves(settings(spec()))
    more: dict[str, Any] = {section: {key: value}}
    after = leaves(settings(spec(**more)))
    assert before.keys() == after.keys()
    assert {path: after[path] for path in after if after[path] != before[path]} == changed


def test_what_says_nothing_of_the_stream_leaves_the_encoder_alone() -> None:
    more: dict[str, Any] = {
        "owner": "someone",
        "description": "main show",
        "state": "stopped",
        "protected": True,
    }
    assert settings(spec(**more)) == settings(spec())


@pytest.fixture(scope="module")
def create_channel() -> Any:
    model = botocore.session.get_session().get_service_model("medialive")
    return model.operation_model("CreateChannel").input_shape


def not_in_enum(shape: Any, value: Any) -> Iterator[str]:
    # botocore's validation knows types and required members, but lets any word pass.
    if shape.type_name == "structure":
        for key, item in value.items():
            yield from not_in_enum(shape.members[key], item)
    elif shape.type_name == "list":
        for item in value:
            yield from not_in_enum(shape.member, item)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{shape.name}: {value}"


def request(declared: DestinationSpec) -> dict[str, Any]:
    return {
        "Name": declared.name,
        "ChannelClass": encoder.channel_class(declared),
        "EncoderSettings": encoder.encoder_settings(declared),
        "InputSpecification": attachments.input_specification(FlowSource()),
        "InputAttachments": attachments.input_attachments(
            {flow: f"id-{flow}" for flow in declared.flows}, declared.audio, declared.failover
        ),
        "Destinations": encoder.destinations(declared, DestinationSecrets("made-up")),
    }


@pytest.mark.parametrize("url", ["rtmp://host/app", "rtmps://host/app"])
@pytest.mark.parametrize("preset", presets())
def test_the_api_takes_every_preset(create_channel: Any, preset: str, url: str) -> None:
    members = request(spec(preset, url=url))
    assert ParamValidator().validate(members, create_channel).generate_report() == ""
    assert list(not_in_enum(create_channel, members)) == []
    assert channel_rules.problems(members) == []


@pytest.mark.parametrize(
    ("mbps", "declared"),
    [(1, "MAX_10_MBPS"), (10, "MAX_10_MBPS"), (11, "MAX_20_MBPS"), (50, "MAX_50_MBPS")],
)
def test_a_source_is_declared_in_the_lowest_class_that_takes_it(mbps: int, declared: str) -> None:
    source = FlowSource(codec="HEVC", resolution="SD", mbps=mbps)
    assert attachments.input_specification(source) == {
        "Codec": "HEVC",
        "Resolution": "SD",
        "MaximumBitrate": declared,
    }


def test_certificates_are_verified_where_there_is_tls() -> None:
    def output(url: str) -> dict[str, Any]:
        group = encoder.encoder_settings(spec(url=url))["OutputGroups"][0]
        settings: dict[str, Any] = group["Outputs"][0]["OutputSettings"]["RtmpOutputSettings"]
        return settings

    assert output("rtmps://host/app")["CertificateMode"] == "VERIFY_AUTHENTICITY"
    assert "CertificateMode" not in output("rtmp://host/app")


def test_the_key_is_apart_from_the_url() -> None:
    assert encoder.destinations(spec(), DestinationSecrets("made-up")) == [
        {
            "Id": "rtmp",
            "Settings": [{"Url": "rtmp://ingest.example.org/app", "StreamName": "made-up"}],
        }
    ]


@pytest.mark.parametrize(
    ("platform", "overrides", "profile", "hertz"),
    [
        ("twitch", {}, "MAIN", 48_000.0),
        ("twitch", {"profile": "high"}, "HIGH", 48_000.0),
        ("youtube", {}, "HIGH", 44_100.0),
        ("youtube", {"profile": "main"}, "MAIN", 44_100.0),
        ("restream", {}, "HIGH", 48_000.0),
    ],
)
def test_the_platform_decides_what_the_file_leaves_open(
    platform: str, overrides: dict[str, str], profile: str, hertz: float
) -> None:
    values = leaves(settings(spec(platform=platform, url=None, encoding=overrides)))
    assert values[f"{VIDEO}.Profile"] == profile
    assert values[f"{AUDIO}.SampleRate"] == hertz


def test_every_default_has_a_source_and_is_a_member_of_medialive(create_channel: Any) -> None:
    defaults = encoder_defaults()
    every = [defaults.buffer_seconds, defaults.profile, defaults.audio_hz]
    every += [*defaults.h264.values(), *defaults.rtmp_group.values()]
    assert {default.source for default in every} <= defaults.sources.keys()
    encoder_shape = create_channel.members["EncoderSettings"]
    video = encoder_shape.members["VideoDescriptions"].member.members["CodecSettings"]
    group = encoder_shape.members["OutputGroups"].member.members["OutputGroupSettings"]
    assert defaults.h264.keys() <= video.members["H264Settings"].members.keys()
    assert defaults.rtmp_group.keys() <= group.members["RtmpGroupSettings"].members.keys()
    for source in defaults.sources.values():
        assert source.url.startswith("https://")
        assert dt.date.fromisoformat(source.date)


def test_nobody_changes_the_defaults_of_others() -> None:
    description = video_description(spec())
    h264 = description["CodecSettings"]["H264Settings"]
    h264["ColorSpaceSettings"].clear()
    assert video_description(spec())["CodecSettings"]["H264Settings"]["ColorSpaceSettings"]
