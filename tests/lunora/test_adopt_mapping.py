"""Streams of another system as destinations, and the reasons against some."""

from __future__ import annotations

import base64
import copy
import dataclasses
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import pytest

from catalog import import_manifest
from catalog.flow_source import FlowSource
from lunora.adopt.encoding import encoding, picture, retry
from lunora.adopt.errors import STREAM_KEY, NotAdoptableError
from lunora.adopt.mapping import to_destination
from lunora.adopt.naming import Naming
from lunora.adopt.platform import candidates
from lunora.adopt.topology import DiscoveredStream, Feed
from lunora.ops.flows import FlowOutput
from tests.support.legacy_system import H264

KEY = "made-up-key-of-one"
VIDEO: dict[str, Any] = {
    "Name": "v",
    "Width": 1920,
    "Height": 1080,
    "CodecSettings": {"H264Settings": H264},
}
AUDIO: dict[str, Any] = {"Name": "a", "CodecSettings": {"AacSettings": {"Bitrate": 128000.0}}}
CHANNEL: dict[str, Any] = {
    "Id": "1",
    "Name": "old-one",
    "ChannelClass": "SINGLE_PIPELINE",
    "State": "RUNNING",
    "Destinations": [
        {"Id": "d", "Settings": [{"Url": "rtmp://live.restream.io/live", "StreamName": KEY}]}
    ],
    "EncoderSettings": {
        "VideoDescriptions": [VIDEO],
        "AudioDescriptions": [AUDIO],
        "OutputGroups": [
            {
                "Name": "g",
                "OutputGroupSettings": {"RtmpGroupSettings": {}},
                "Outputs": [
                    {
                        "VideoDescriptionName": "v",
                        "AudioDescriptionNames": ["a"],
                        "OutputSettings": {"RtmpOutputSettings": {}},
                    }
                ],
            }
        ],
    },
}
OUTPUT = FlowOutput("old-one-output", "arn:o", "ENABLED", "198.51.100.1:5000")


def chain(name: str = "one", feeds: Any = None, **changed: Any) -> DiscoveredStream:
    return DiscoveredStream(
        name=name,
        channel={**copy.deepcopy(CHANNEL), **changed},
        inputs=({"Id": "2", "Name": "in", "Type": "RTP_PUSH", "SecurityGroups": ["3"]},),
        feeds={0: (Feed("main", OUTPUT),)} if feeds is None else feeds,
    )


def h264(**more: Any) -> dict[str, Any]:
    video = copy.deepcopy(VIDEO)
    video["CodecSettings"]["H264Settings"] |= more
    return video


def encoded(**more: Any) -> dict[str, Any]:
    return {"EncoderSettings": {**copy.deepcopy(CHANNEL["EncoderSettings"]), **more}}


def sent(*settings: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Destinations": [{"Id": "d", "Settings": list(settings)}], **more}


def test_a_chain_like_ours_needs_nothing_but_platform_and_preset() -> None:
    destination = to_destination(chain())
    assert destination.document == {"platform": "restream", "preset": "1080p30", "state": "running"}
    assert (destination.remarks, destination.changes, destination.key) == ((), ("tags",), KEY)
    assert KEY not in repr(destination)
    assert KEY not in repr(chain())


def test_the_entry_has_what_an_edit_changes_so_that_it_can_be_taken_back() -> None:
    named = {"Codec": "AVC", "MaximumBitrate": "MAX_10_MBPS", "Resolution": "HD"}
    mapped = to_destination(chain(InputSpecification=named, LogLevel="DEBUG"))
    settings = {"EncoderSettings": CHANNEL["EncoderSettings"], "InputSpecification": named}
    assert mapped.entry.channel.settings == settings
    assert import_manifest.text({"one": mapped.entry}).count("MAX_10_MBPS") == 1


def test_a_second_flow_and_an_output_that_is_off_are_said() -> None:
    off = FlowOutput("out", "arn:o", "DISABLED", "198.51.100.1:5000", "rtp-fec", "made by hand")
    destination = to_destination(chain(feeds={0: (Feed("second", off),)}, State="IDLE"))
    assert (destination.document["flow"], destination.document["state"]) == ("second", "stopped")
    assert destination.changes == ("tags", "out is enabled")
    (output,) = destination.entry.outputs
    assert (output.protocol, output.description) == ("rtp-fec", "made by hand")


@pytest.mark.parametrize("form", [KEY, quote(f"{KEY}/", safe=""), f'{{"key": "{KEY}"}}'])
def test_a_description_loses_the_key(form: str) -> None:
    output = dataclasses.replace(OUTPUT, description=f"to restream, key {form}")
    mapped = to_destination(chain(feeds={0: (Feed("main", output),)}))
    assert KEY not in import_manifest.text({"one": mapped.entry})
    assert len(mapped.changes) == 2


@pytest.mark.parametrize(
    "part", [{"name": f"old-{KEY}"}, {"name": base64.b64encode(KEY.encode()).decode()}]
)
def test_a_name_that_holds_the_key_is_refused(part: dict[str, str]) -> None:
    output = dataclasses.replace(OUTPUT, **part)
    with pytest.raises(NotAdoptableError) as refused:
        to_destination(chain(feeds={0: (Feed("main", output),)}))
    assert refused.value.code == STREAM_KEY
    assert KEY not in str(refused.value)


def test_tags_that_hold_the_key_in_another_form_go() -> None:
    coded = base64.b64encode(f"key={KEY}".encode()).decode()
    mapped = to_destination(chain(Tags={"event": "launch", "coded": coded, KEY: "name"}))
    assert mapped.document["tags"] == {"event": "launch"}


def test_tags_stay_but_for_ours_amazon_s_and_what_holds_the_key() -> None:
    tags = {"event": "launch", "Stack": "old", "aws:cloudformation:stack-id": "x", "note": KEY}
    assert to_destination(chain(Tags=tags)).document["tags"] == {"event": "launch"}


def test_an_owner_stays_the_owner() -> None:
    mapped = to_destination(chain(Tags={"Owner": "sports", "event": "launch"})).document
    assert (mapped["owner"], mapped["tags"]) == ("sports", {"event": "launch"})


def test_an_output_group_without_a_name_is_remarked() -> None:
    groups = copy.deepcopy(CHANNEL["EncoderSettings"]["OutputGroups"])
    del groups[0]["Name"]
    mapped = to_destination(chain(**encoded(OutputGroups=groups)))
    assert mapped.entry.channel.output_group == ""
    assert len(mapped.remarks) == 1


def test_what_a_platform_refuses_is_custom() -> None:
    video = h264(Bitrate=9_000_000)
    to = {"Url": "rtmp://live.twitch.tv/app", "StreamName": KEY}
    destination = to_destination(chain(**encoded(VideoDescriptions=[video]), **sent(to)))
    assert (destination.document["platform"], destination.document["url"]) == ("custom", to["Url"])


TWO = {"ChannelClass": "STANDARD"}
FEED = (Feed("main", OUTPUT),)
GROUPS = CHANNEL["EncoderSettings"]["OutputGroups"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "x"}, "LUN432"),
        ({"State": "STOPPING"}, "LUN433"),
        ({"Vpc": {"SubnetIds": ["s"]}}, "LUN434"),
        ({"Destinations": []}, "LUN434"),
        (sent(), "LUN434"),
        (sent({"Url": "https://host/app", "StreamName": KEY}), "LUN434"),
        (
            sent({"Url": "rtmp://host/app", "StreamName": KEY, "Username": "me"}),
            "LUN436",
        ),
        (sent({"Url": "rtmp://host/app", "StreamName": ""}), "LUN436"),
        (sent({"Url": f"rtmp://host/app/{KEY}", "StreamName": "x"}), "LUN437"),
        (
            {
                **TWO,
                **sent(
                    {"Url": "rtmp://a.example.org/app", "StreamName": KEY},
                    {"Url": "rtmp://b.example.org/app", "StreamName": "other"},
                ),
                "feeds": {0: FEED, 1: FEED},
            },
            "LUN436",
        ),
        (encoded(OutputGroups=[*GROUPS, *GROUPS]), "LUN434"),
        (
            encoded(OutputGroups=[{**GROUPS[0], "OutputGroupSettings": {"HlsGroupSettings": {}}}]),
            "LUN434",
        ),
        (encoded(VideoDescriptions=[]), "LUN434"),
        (encoded(AudioDescriptions=[]), "LUN434"),
        (
            encoded(VideoDescriptions=[{**VIDEO, "CodecSettings": {"H265Settings": {}}}]),
            "LUN434",
        ),
        (
            encoded(AudioDescriptions=[{**AUDIO, "CodecSettings": {"Ac3Settings": {}}}]),
            "LUN434",
        ),
        ({"feeds": {}}, "LUN435"),
        ({"feeds": {0: FEED * 2}}, "LUN435"),
        (
            {"feeds": {0: (Feed("main", FlowOutput("o", "a", "ENABLED", "x", "srt-caller")),)}},
            "LUN435",
        ),
        (
            {"feeds": {0: (Feed("main", FlowOutput("an output", "a", "ENABLED", "x")),)}},
            "LUN435",
        ),
    ],
)
def test_what_no_file_can_declare_is_left_alone(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(NotAdoptableError) as refused:
        to_destination(chain(**changed))
    assert refused.value.code == code
    assert KEY not in str(refused.value)


def test_pipelines_of_two_flows_are_left_alone() -> None:
    to = [{"Url": f"rtmp://{name}.example.org/app", "StreamName": KEY} for name in "ab"]
    feeds = {0: FEED, 1: (Feed("second", OUTPUT),)}
    with pytest.raises(NotAdoptableError, match=r"^LUN435"):
        to_destination(chain(feeds=feeds, **TWO, **sent(*to)))


def test_inputs_that_are_no_push_inputs_are_left_alone() -> None:
    stream = chain()
    other = DiscoveredStream(
        "one", stream.channel, ({"Id": "2", "Type": "MEDIACONNECT"},), stream.feeds
    )
    with pytest.raises(NotAdoptableError, match=r"^LUN434"):
        to_destination(other)


@pytest.mark.parametrize(
    ("video", "keys", "remarks"),
    [
        (VIDEO, {"preset": "1080p30"}, ()),
        (
            h264(GopSize=120, GopSizeUnits="FRAMES"),
            {"preset": "1080p30", "encoding": {"keyframe_seconds": 4}},
            (),
        ),
        (
            {**h264(FramerateNumerator=24), "Width": 640, "Height": 360},
            {
                "preset": "480p25",
                "encoding": {
                    "width_pixels": 640,
                    "height_pixels": 360,
                    "frames_per_second": 24,
                    "bitrate_kbps": 4500,
                },
            },
            (),
        ),
        (
            h264(FramerateNumerator=60000, FramerateDenominator=1001, Bitrate=6_000_000),
            {"preset": "1080p59.94"},
            (),
        ),
        (
            h264(FramerateNumerator=24000, FramerateDenominator=1001, Bitrate=4_500_000)
            | {"Width": 1280, "Height": 720},
            {
                "preset": "720p25",
                "encoding": {"frames_per_second": 23.976, "bitrate_kbps": 4500},
            },
            (),
        ),
        (
            h264(Profile="MAIN", QualityLevel="ENHANCED_QUALITY"),
            {"preset": "1080p30", "encoding": {"profile": "main", "quality": "enhanced"}},
            (),
        ),
        (
            h264(Profile="BASELINE", QualityLevel="STANDARD_QUALITY"),
            {"preset": "1080p30"},
            ("Profile BASELINE",),
        ),
        (
            h264(FramerateNumerator=15, FramerateDenominator=1),
            {"preset": "1080p23.976"},
            ("frames per second 15",),
        ),
        (
            {
                "CodecSettings": {
                    "H264Settings": {
                        "RateControlMode": "QVBR",
                        "FramerateControl": "INITIALIZE_FROM_SOURCE",
                        "MaxBitrate": 4_500_000,
                        "GopSize": 2.0,
                        "GopSizeUnits": "SECONDS",
                    }
                }
            },
            {"preset": "1080p30"},
            ("FramerateControl INITIALIZE_FROM_SOURCE", "RateControlMode QVBR"),
        ),
        (
            {**VIDEO, "Width": 3840, "Height": 2160},
            {"preset": "2160p30", "encoding": {"bitrate_kbps": 4500}},
            (),
        ),
        (
            {**VIDEO, "Width": 4096, "Height": 2160},
            {"preset": "2160p30", "encoding": {"bitrate_kbps": 4500}},
            ("width 4096", "height 2160"),
        ),
    ],
)
def test_the_nearest_preset_and_what_differs_from_it(
    video: dict[str, Any], keys: dict[str, Any], remarks: tuple[str, ...]
) -> None:
    mapped = encoding(video, AUDIO)
    assert (mapped.keys, mapped.remarks) == (keys, remarks)


RECTANGLE = {"X": 656, "Y": 0, "Width": 608, "Height": 1080}
AREA = {"left_pixels": 656, "top_pixels": 0, "width_pixels": 608, "height_pixels": 1080}


@pytest.mark.parametrize(
    ("video", "keys", "remarks"),
    [
        ({}, {}, ()),
        ({"ScalingBehavior": "DEFAULT"}, {}, ()),
        ({"ScalingBehavior": "STRETCH_TO_OUTPUT"}, {"fit": "stretch"}, ()),
        ({"CropRectangle": RECTANGLE}, {"fit": "crop", "area": AREA}, ()),
        ({"OutputPositionRectangle": RECTANGLE}, {"position": AREA}, ()),
        ({"Border": 20}, {"border_pixels": 20}, ()),
        ({"ScalingBehavior": "SMART_CROP"}, {}, ("ScalingBehavior SMART_CROP",)),
        (
            {"CropRectangle": RECTANGLE, "ScalingBehavior": "STRETCH_TO_OUTPUT"},
            {"fit": "crop", "area": AREA},
            ("ScalingBehavior STRETCH_TO_OUTPUT",),
        ),
    ],
)
def test_a_picture_becomes_keys_of_the_file(
    video: dict[str, Any], keys: dict[str, Any], remarks: tuple[str, ...]
) -> None:
    mapped = picture(video)
    assert (mapped.keys, mapped.remarks) == ({"picture": keys} if keys else {}, remarks)


def test_retries_that_a_file_cannot_say_are_remarked() -> None:
    mapped = retry({"RestartDelay": 0, "CacheLength": 5000}, {"NumRetries": 720})
    assert mapped.keys == {"retry": {"restart_delay_seconds": 0}}
    assert mapped.remarks == ("CacheLength 5000",)


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("one", "rtmps://a.rtmps.youtube.com:443/live2/", {"platform": "youtube"}),
        (
            "one",
            "rtmp://a.rtmp.youtube.com/live2",
            {"platform": "youtube", "url": "rtmp://a.rtmp.youtube.com/live2"},
        ),
        ("one", "rtmps://a.rtmps.youtube.com/live2", {"platform": "youtube"}),
        (
            "one",
            "rtmp://b.rtmp.youtube.com/live2?backup=1",
            {"platform": "youtube", "url": "rtmp://b.rtmp.youtube.com/live2?backup=1"},
        ),
        (
            "one",
            "rtmp://fra05.contribute.live-video.net/app",
            {"platform": "twitch", "url": "rtmp://fra05.contribute.live-video.net/app"},
        ),
        (
            "one",
            "rtmp://host/live/_definst_",
            {"platform": "custom", "url": "rtmp://host/live/_definst_"},
        ),
        (
            "kick-main",
            "rtmps://x.global-contribute.live-video.net/app",
            {"platform": "kick", "url": "rtmps://x.global-contribute.live-video.net/app"},
        ),
        (
            "custom",
            "rtmp://ingest.example.org/app",
            {"platform": "custom", "url": "rtmp://ingest.example.org/app"},
        ),
    ],
)
def test_the_platform_is_where_it_sends(name: str, url: str, said: dict[str, str]) -> None:
    assert next(candidates(name, [url])) == said


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        ("old-Main_Show-channel", "main-show"),
        ("old--channel", None),
        ("old-main", None),
        ("new-main-channel", None),
    ],
)
def test_a_pattern_chooses_channels_and_names_destinations(channel: str, name: str | None) -> None:
    assert Naming("old-{name}-channel").destination(channel) == name


@pytest.mark.parametrize(
    ("rate", "fps"),
    [
        ({"FramerateNumerator": 30000, "FramerateDenominator": 1001}, Fraction(30000, 1001)),
        ({"FramerateNumerator": 25, "FramerateDenominator": 2}, 13),
        (
            {
                "FramerateNumerator": 60,
                "FramerateDenominator": 1,
                "QualityLevel": "ENHANCED_QUALITY",
            },
            60,
        ),
        ({"FramerateControl": "INITIALIZE_FROM_SOURCE", "FramerateNumerator": 0}, 60),
    ],
)
def test_what_a_channel_is_billed_by_is_recorded(rate: dict[str, Any], fps: Fraction) -> None:
    video = {**h264(Bitrate=60_000_000, **rate), "Width": 3840, "Height": 2160}
    specification = {"Codec": "HEVC", "Resolution": "UHD", "MaximumBitrate": "MAX_50_MBPS"}
    stream = chain(**encoded(VideoDescriptions=[video]), InputSpecification=specification)
    billed = to_destination(stream).entry.channel.billed
    assert billed is not None
    assert billed.source == FlowSource(codec="HEVC", resolution="UHD", mbps=50)
    encoding = billed.encoding
    assert (encoding.width, encoding.height, encoding.video_kbps) == (3840, 2160, 60_000)
    assert encoding.frames_per_second == fps
    assert encoding.quality == ("enhanced" if "QualityLevel" in rate else "standard")
