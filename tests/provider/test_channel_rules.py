"""Rules of MediaLive on a channel's settings, each made to refuse once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from provider.channel_rules import missing, problems
from tests.support.medialive import channel_request

Spoil = Callable[[dict[str, Any]], Any]

H264 = "videoDescriptions[0].codecSettings.h264Settings"
OUTPUT = "outputGroups[0].outputs[0]"
SIZE: dict[str, Any] = {"Width": 1920, "Height": 1080}
NO_KIND = (
    "Exactly one of settings, MediaPackage settings, or Multiplex settings is required for"
    " destination rtmp."
)


def video(request: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = request["EncoderSettings"]["VideoDescriptions"][0]
    return first


def rectangle(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"X": x, "Y": y, "Width": width, "Height": height}


def h264(request: dict[str, Any]) -> dict[str, Any]:
    codecs: dict[str, Any] = request["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]
    settings: dict[str, Any] = codecs["H264Settings"]
    return settings


def aac(request: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "Profile": "LC",
        "CodingMode": "CODING_MODE_2_0",
        "SampleRate": 48000.0,
    }
    audio = request["EncoderSettings"]["AudioDescriptions"][0]
    audio["CodecSettings"] = {"AacSettings": settings}
    return settings


def output(request: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = request["EncoderSettings"]["OutputGroups"][0]["Outputs"][0]
    return first


def to_hls(request: dict[str, Any]) -> None:
    group = request["EncoderSettings"]["OutputGroups"][0]
    group["OutputGroupSettings"] = {"HlsGroupSettings": {"Destination": {"DestinationRefId": "x"}}}
    output(request)["OutputSettings"] = {"HlsOutputSettings": {"HlsSettings": {}}}


def to_smooth(request: dict[str, Any]) -> None:
    group = request["EncoderSettings"]["OutputGroups"][0]
    group["OutputGroupSettings"] = {
        "MsSmoothGroupSettings": {"Destination": {"DestinationRefId": "rtmp"}}
    }
    output(request)["OutputSettings"] = {"MsSmoothOutputSettings": {"NameModifier": "_1"}}
    group["Outputs"].append(copy.deepcopy(group["Outputs"][0]))


def to_media_package(request: dict[str, Any], channel_id: str) -> None:
    request["Destinations"] = [{"Id": "p", "MediaPackageSettings": [{"ChannelId": channel_id}]}]
    group = request["EncoderSettings"]["OutputGroups"][0]
    group["OutputGroupSettings"] = {
        "MediaPackageGroupSettings": {"Destination": {"DestinationRefId": "p"}}
    }
    output(request)["OutputSettings"] = {"MediaPackageOutputSettings": {}}


REFUSED: dict[str, tuple[Spoil, str, str]] = {
    "a destination without settings": (
        lambda r: r["Destinations"][0].update(Settings=[]),
        "destinations[0]",
        NO_KIND,
    ),
    "a destination with settings of two kinds": (
        lambda r: r["Destinations"][0].update(MediaPackageSettings=[{"ChannelId": "x"}]),
        "destinations[0]",
        NO_KIND,
    ),
    "a standard channel with one ingest": (
        lambda r: r.update(ChannelClass="STANDARD"),
        "destinations[0].settings",
        "a STANDARD channel needs 2 destination settings",
    ),
    "a single pipeline with two addresses": (
        lambda r: r.update(Vpc={"SubnetIds": ["s"], "PublicAddressAllocationIds": ["a", "b"]}),
        "vpc.publicAddressAllocationIds",
        "a SINGLE_PIPELINE channel needs 1 address allocations",
    ),
    "a crop at an odd place": (
        lambda r: video(r).update(CropRectangle=rectangle(1, 0, 640, 360)),
        "videoDescriptions[0].cropRectangle.x",
        "must be even",
    ),
    "an odd border": (
        lambda r: video(r).update(Border=3),
        "videoDescriptions[0].border",
        "must be even",
    ),
    "a border and a position": (
        lambda r: video(r).update(
            SIZE | {"Border": 2, "OutputPositionRectangle": rectangle(0, 0, 640, 360)}
        ),
        "videoDescriptions[0].border",
        "cannot be used together with outputPositionRectangle",
    ),
    "a border that leaves nothing": (
        lambda r: video(r).update(Border=100, Height=200),
        "videoDescriptions[0].border",
        "width and height must each be greater than twice the border",
    ),
    "a position in a picture of the source's size": (
        lambda r: video(r).update(OutputPositionRectangle=rectangle(0, 0, 640, 360)),
        "videoDescriptions[0].outputPositionRectangle",
        "needs a width and a height",
    ),
    "a position outside of the picture": (
        lambda r: video(r).update(SIZE | {"OutputPositionRectangle": rectangle(1400, 0, 640, 360)}),
        "videoDescriptions[0].outputPositionRectangle",
        "is not within the output frame",
    ),
    "CBR without a bitrate": (
        lambda r: h264(r).pop("Bitrate"),
        f"{H264}.bitrate",
        "a bitrate is required for CBR",
    ),
    "half a frame rate": (
        lambda r: h264(r).pop("FramerateDenominator"),
        f"{H264}.framerateDenominator",
        "a specified frame rate needs both its parts",
    ),
    "a GOP of no seconds": (
        lambda r: h264(r).update(GopSize=0.0),
        f"{H264}.gopSize",
        "must be greater than 0",
    ),
    "a GOP of a part of a frame": (
        lambda r: h264(r).update(GopSize=59.94, GopSizeUnits="FRAMES"),
        f"{H264}.gopSize",
        "a GOP in frames must be an integer of at least 1",
    ),
    "an audio description that no output uses": (
        lambda r: output(r).update(AudioDescriptionNames=[]),
        "audioDescriptions[0]",
        'Audio description "audio" is not referenced by any output',
    ),
    "an AAC bitrate that stereo does not take": (
        lambda r: aac(r).update(Bitrate=32_000.0),
        "audioDescriptions[0].codecSettings.aacSettings.bitrate",
        "must be 64 to 576 kb/s in this coding mode at this sample rate",
    ),
    "an AAC bitrate that mono does not take": (
        lambda r: aac(r).update(Bitrate=320_000.0, CodingMode="CODING_MODE_1_0"),
        "audioDescriptions[0].codecSettings.aacSettings.bitrate",
        "must be 56 to 288 kb/s in this coding mode at this sample rate",
    ),
    "two audio selectors of one name": (
        lambda r: r["InputAttachments"][0].update(
            InputSettings={"AudioSelectors": [{"Name": "a"}, {"Name": "a"}]}
        ),
        "inputAttachments[0].inputSettings.audioSelectors[1].name",
        "another selector of the input is named a",
    ),
    "more audio selectors than a channel has": (
        lambda r: r["InputAttachments"][0].update(
            InputSettings={"AudioSelectors": [{"Name": str(number)} for number in range(21)]}
        ),
        "inputAttachments",
        "a channel has at most 20 audio selectors",
    ),
    "two audio encodes in an RTMP output": (
        lambda r: output(r).update(AudioDescriptionNames=["audio", "audio"]),
        f"{OUTPUT}.audioDescriptionNames",
        "an RTMP output has at most one audio",
    ),
    "an RTMP output to an unknown destination": (
        lambda r: r["Destinations"][0].update(Id="other"),
        f"{OUTPUT}.outputSettings.destination",
        'Object references undefined destination "rtmp"',
    ),
    "a malformed channel id of MediaPackage": (
        lambda r: to_media_package(r, "a channel"),
        "outputGroups[0].outputGroupSettings.destination.channelId",
        (
            "MediaPackage channel ID is invalid. The ID can have numbers, letters, underscores, and"
            " dashes. The ID is case sensitive."
        ),
    ),
    "two outputs of MS Smooth with one name": (
        to_smooth,
        "outputGroups[0].outputs[1]",
        "Outputs must have unique destinations",
    ),
    "an HLS group to an unknown destination": (
        to_hls,
        "outputGroups[0].outputGroupSettings.destination",
        'Object references undefined destination "x"',
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_rule_refuses_at_its_path(case: str) -> None:
    spoil, path, message = REFUSED[case]
    request = channel_request("1")
    spoil(request)
    assert problems(request) == [(path, message)]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {
            "RtmpOutputSettings": {"Destination": {"DestinationRefId": "rtmp"}},
            "UdpOutputSettings": {"Destination": {"DestinationRefId": "rtmp"}},
        },
    ],
)
def test_an_output_has_settings_of_one_kind(settings: dict[str, Any]) -> None:
    request = channel_request("1")
    output(request)["OutputSettings"] = settings
    ((path, message),) = problems(request)
    assert path == f"{OUTPUT}.outputSettings"
    assert message.startswith("OutputSettings must contain exactly one property: cmafIngestOutput")


ACCEPTED: dict[str, Spoil] = {
    "a crop beyond any source": lambda r: video(r).update(
        CropRectangle=rectangle(8000, 0, 8192, 8192)
    ),
    "a position in the corner": lambda r: video(r).update(
        SIZE | {"OutputPositionRectangle": rectangle(1280, 720, 640, 360)}
    ),
    "as it is": lambda _: None,
    "several outputs in an RTMP group": lambda r: r["EncoderSettings"]["OutputGroups"][0][
        "Outputs"
    ].append(copy.deepcopy(output(r))),
    "an input without a real id": lambda r: r["InputAttachments"][0].pop("InputId"),
    "QVBR without a bitrate": lambda r: h264(r).update(RateControlMode="QVBR", Bitrate=None),
    "a bitrate of HE-AAC": lambda r: aac(r).update(Profile="HEV1", Bitrate=32_000.0),
    "no class": lambda r: r.pop("ChannelClass"),
    "settings of MediaPackage for both encoders": lambda r: r["Destinations"].append(
        {"Id": "package", "MediaPackageSettings": [{"ChannelId": "x"}]}
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_rule_accepts(case: str) -> None:
    request = channel_request("1")
    ACCEPTED[case](request)
    assert problems(request) == []


def test_a_missing_member_is_told_at_its_path_and_at_the_kinds_around_it() -> None:
    assert list(missing("OutputGroups[0].Outputs[1].OutputSettings.UdpOutputSettings.Destination"))[
        1:
    ] == [("outputGroups[0].outputs[1].outputSettings", 'Object does not match "udp"')]
    assert list(missing("VideoDescriptions[0].Name")) == [
        ("videoDescriptions[0].name", 'requires property "name"')
    ]


def test_a_channel_without_settings_has_no_contradiction() -> None:
    assert problems({"Name": "one"}) == []


def test_a_group_sends_to_a_channel_of_mediapackage() -> None:
    request = channel_request("1")
    to_media_package(request, "a-channel_1")
    assert problems(request) == []
