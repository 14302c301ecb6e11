"""MediaLive settings to ffmpeg's arguments, from the encoder settings that destinations get."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from localaws.media.encoding import Image, arguments, pushes
from localaws.media.outlets import Archive, Hls, Srt
from localaws.media.unencodable import UnencodableError
from tests.support.media_channels import KEY, channel

URL = "rtmp://ingest.example.org/app"


def options(words: tuple[str, ...]) -> dict[str, str]:
    """Return the values by option; `-map` by its stream."""
    pairs = zip(words[::2], words[1::2], strict=True)
    return {f"{name} {value}" if name == "-map" else name: value for name, value in pairs}


def of(described: Mapping[str, Any]) -> dict[str, str]:
    (push,) = pushes(described, 0)
    return options(push.arguments)


def altered(described: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a channel with other H.264 settings; None takes one away."""
    made = copy.deepcopy(dict(described))
    h264 = made["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]
    for key, value in changes.items():
        h264[key] = value
        if value is None:
            del h264[key]
    return made


def test_a_preset_becomes_arguments() -> None:
    assert of(channel("720p30")) == {
        "-map 0:v:0": "0:v:0",
        "-vf": (
            "scale=1280:720:force_original_aspect_ratio=decrease:force_divisible_by=2,"
            "pad=1280:720:(ow-iw)/2:(oh-ih)/2,setsar=1/1,fps=30/1"
        ),
        "-c:v": "libx264",
        "-preset": "ultrafast",
        "-threads": "1",
        "-pix_fmt": "yuv420p",
        "-b:v": "3000000",
        "-bufsize": "6000000",
        "-rc_init_occupancy": "5400000",
        "-minrate": "3000000",
        "-maxrate": "3000000",
        "-profile:v": "high",
        "-g": "60",
        "-keyint_min": "60",
        "-sc_threshold": "0",
        "-flags": "+cgop",
        "-bf": "3",
        "-refs": "3",
        "-x264-params": (
            "cabac=1:8x8dct=1:b-pyramid=normal:"
            "colorprim=bt709:transfer=bt709:colormatrix=bt709:nal-hrd=cbr"
        ),
        "-map 0:a:0": "0:a:0",
        "-c:a": "aac",
        "-profile:a": "aac_low",
        "-b:a": "128000",
        "-ar": "48000",
        "-ac": "2",
    }


def test_a_group_of_pictures_is_counted_in_frames_of_the_declared_rate() -> None:
    assert of(channel("1080p60"))["-g"] == "120"
    in_frames = altered(channel("1080p60"), GopSize=48.0, GopSizeUnits="FRAMES")
    assert of(in_frames)["-g"] == "48"


def test_a_fraction_of_a_rate_stays_one() -> None:
    ntsc = of(channel("720p29.97"))
    assert "fps=30000/1001" in ntsc["-vf"]
    assert ntsc["-g"] == "60"


def test_a_group_that_drops_filler_does_not_pad() -> None:
    made = channel("720p30")
    group = made["EncoderSettings"]["OutputGroups"][0]["OutputGroupSettings"]["RtmpGroupSettings"]
    group["IncludeFillerNalUnits"] = "DROP"
    assert "nal-hrd" not in of(made)["-x264-params"]


@pytest.mark.parametrize(
    ("changes", "marked"),
    [
        ({"ColorSpaceSettings": {"Rec601Settings": {}}}, "smpte170m"),
        ({"ColorSpaceSettings": {"ColorSpacePassthroughSettings": {}}}, None),
        ({"ColorMetadata": "IGNORE"}, None),
        ({"ColorSpaceSettings": None}, None),
    ],
)
def test_colours_are_marked_as_what_they_are_converted_to(
    changes: dict[str, Any], marked: str | None
) -> None:
    used = of(altered(channel("720p30"), **changes))["-x264-params"]
    assert ("colormatrix" in used) is (marked is not None)
    assert marked is None or f"colormatrix={marked}:" in used


def test_a_rate_of_the_source_is_left_as_it_comes() -> None:
    source = {"FramerateControl": "INITIALIZE_FROM_SOURCE", "GopSizeUnits": "FRAMES"}
    assert "fps" not in of(altered(channel("720p30"), **source, GopSize=60.0))["-vf"]


def test_a_rate_of_the_source_has_no_group_of_pictures_in_seconds() -> None:
    source = altered(channel("720p30"), FramerateControl="INITIALIZE_FROM_SOURCE")
    with pytest.raises(UnencodableError, match="needs a specified frame rate"):
        pushes(source, 0)


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("BASELINE", ("baseline", "0", "cabac=0:8x8dct=0:b-pyramid=none:")),
        ("MAIN", ("main", "3", "cabac=1:8x8dct=0:b-pyramid=normal:")),
        ("HIGH", ("high", "3", "cabac=1:8x8dct=1:b-pyramid=normal:")),
    ],
)
def test_each_profile_uses_what_makes_it_that_profile(
    profile: str, expected: tuple[str, str, str]
) -> None:
    options = of(altered(channel("720p30"), Profile=profile))
    used, colours, filler = options["-x264-params"].partition("colorprim")
    assert (options["-profile:v"], options["-bf"], used) == expected
    assert colours
    assert filler.endswith(":nal-hrd=cbr")


def test_a_variable_bitrate_is_bounded_but_not_filled_up() -> None:
    variable = {"RateControlMode": "VBR", "MaxBitrate": 4_000_000, "BufSize": 8_000_000}
    options = of(altered(channel("720p30"), **variable))
    assert (options["-maxrate"], options["-bufsize"]) == ("4000000", "8000000")
    assert "-minrate" not in options
    assert "nal-hrd" not in options["-x264-params"]


def test_scene_cuts_open_groups_and_level_are_as_set() -> None:
    options = of(
        altered(
            channel("720p30"),
            SceneChangeDetect="ENABLED",
            GopClosedCadence=0,
            Level="H264_LEVEL_4_1",
            ParControl=None,
        )
    )
    assert {"-sc_threshold", "-flags"}.isdisjoint(options)
    assert options["-level"] == "4.1"
    assert "setsar" not in options["-vf"]


def test_images_of_all_outputs_lie_on_what_comes_in_and_those_of_one_on_what_goes_out() -> None:
    made = channel("720p30")
    made["EncoderSettings"]["OutputGroups"][0]["Outputs"][0]["OutputName"] = "main"
    images = [
        Image(None, Path("/a.png"), {"ImageX": 8, "ImageY": 9, "Opacity": 50}),
        Image("main", Path("/b.png"), {"Width": 100}),
        Image("other", Path("/c.png"), {}),
    ]
    (push,) = pushes(made, 0, images)
    scaled = of(channel("720p30"))["-vf"]
    graph = (
        "[1:v]format=rgba,colorchannelmixer=aa=0.5[image1];[0:v:0][image1]overlay=8:9[source];"
        f"[source]{scaled}[scaled];"
        "[2:v]scale=100:-1,format=rgba,colorchannelmixer=aa=1.0[image2];"
        "[scaled][image2]overlay=0:0[video]"
    )
    inputs = ("-i", "/a.png", "-i", "/b.png")
    assert push.arguments[:8] == (*inputs, "-filter_complex", graph, "-map", "[video]")


def test_a_picture_is_stretched_only_when_told_to() -> None:
    made = channel("720p30")
    made["EncoderSettings"]["VideoDescriptions"][0]["ScalingBehavior"] = "STRETCH_TO_OUTPUT"
    assert of(made)["-vf"].startswith("scale=1280:720,setsar")


def test_a_picture_is_cropped_scaled_and_placed_in_this_order() -> None:
    made = channel("720p30")
    made["EncoderSettings"]["VideoDescriptions"][0] |= {
        "CropRectangle": {"X": 2, "Y": 4, "Width": 6, "Height": 8},
        "OutputPositionRectangle": {"X": 640, "Y": 360, "Width": 320, "Height": 180},
    }
    assert of(made)["-vf"].split(",") == [
        "crop=6:8:2:4:exact=1",
        "scale=320:180:force_original_aspect_ratio=decrease:force_divisible_by=2",
        "pad=320:180:(ow-iw)/2:(oh-ih)/2",
        "pad=1280:720:640:360",
        "setsar=1/1",
        "fps=30/1",
    ]


def test_a_border_is_around_the_video() -> None:
    made = channel("720p30", picture={"fit": "stretch", "border_pixels": 20})
    assert of(made)["-vf"].split(",")[:2] == ["scale=1240:680", "pad=1280:720:20:20"]


def test_a_smart_crop_is_refused_in_one_sentence() -> None:
    made = channel("720p30")
    made["EncoderSettings"]["VideoDescriptions"][0]["ScalingBehavior"] = "SMART_CROP"
    with pytest.raises(UnencodableError, match="SMART_CROP"):
        pushes(made, 0)


def test_a_picture_without_a_size_keeps_its_own() -> None:
    made = channel("720p30")
    del made["EncoderSettings"]["VideoDescriptions"][0]["Width"]
    assert of(made)["-vf"] == "setsar=1/1,fps=30/1"


def test_other_codecs_are_refused_in_one_sentence() -> None:
    encoder = channel("720p30")["EncoderSettings"]
    output = encoder["OutputGroups"][0]["Outputs"][0]
    h265 = copy.deepcopy(encoder)
    h265["VideoDescriptions"][0]["CodecSettings"] = {"H265Settings": {}}
    with pytest.raises(UnencodableError, match=r"H\.264 only"):
        arguments(h265, output)
    he_aac = copy.deepcopy(encoder)
    he_aac["AudioDescriptions"][0]["CodecSettings"]["AacSettings"]["Profile"] = "HEV1"
    with pytest.raises(UnencodableError, match="AAC-LC only"):
        arguments(he_aac, output)


def test_a_push_knows_its_retries_and_its_pause() -> None:
    (push,) = pushes(channel("720p30", retry={"attempts": 3, "interval_seconds": 1}), 0)
    assert (push.retries, push.retry_seconds, push.pause_seconds) == (3, 1, 15)
    assert (push.url, push.key) == (URL, KEY)


def test_a_push_has_the_credentials_of_its_ingest() -> None:
    password = {"username": "lunora", "password": {"ssm": "/a/password"}}
    made = channel("720p30", authentication=password)
    made["Arn"] = "arn:aws:medialive:us-west-2:123456789012:channel:1"
    arn = "arn:aws:ssm:us-west-2:123456789012:parameter/a/password"
    (push,) = pushes(made, 0, read_secret={arn: "made-up"}.get)
    assert push.credentials == ("lunora", "made-up")
    assert "made-up" not in repr(push)
    with pytest.raises(UnencodableError, match="password"):
        pushes(made, 0)
    assert pushes(channel("720p30"), 0)[0].credentials is None


def test_a_pushs_key_is_in_neither_its_arguments_nor_its_text() -> None:
    (push,) = pushes(channel("720p30"), 0)
    assert KEY not in repr(push)
    assert KEY not in " ".join(push.arguments)


@pytest.mark.parametrize("end", [{"Url": f"{URL}/{KEY}"}, {"Url": f"{URL}/", "StreamName": KEY}])
def test_a_key_at_the_end_of_a_url_is_a_key_too(end: dict[str, str]) -> None:
    made = channel("720p30")
    made["Destinations"][0]["Settings"] = [end]
    (push,) = pushes(made, 0)
    assert (push.url, push.key) == (URL, KEY)


def test_each_pipeline_pushes_to_its_own_ingest() -> None:
    made = channel("720p30")
    second = {"Url": "rtmps://backup.example.org/app", "StreamName": KEY}
    made["Destinations"][0]["Settings"].append(second)
    assert pushes(made, 1)[0].url == "rtmps://backup.example.org/app"


def test_a_preset_of_sound_alone_has_no_picture() -> None:
    assert of(channel("audio-only")).keys() == {
        "-map 0:a:0",
        "-c:a",
        "-profile:a",
        "-b:a",
        "-ar",
        "-ac",
    }


def test_groups_that_go_to_other_services_of_aws_are_left_out() -> None:
    made = channel("720p30")
    made["EncoderSettings"]["OutputGroups"].append(
        {"OutputGroupSettings": {"MediaPackageGroupSettings": {}}}
    )
    assert len(pushes(made, 0)) == 1


def test_srt_is_called_or_waited_for_with_its_passphrase() -> None:
    srt = {"passphrase": {}, "latency_ms": 120, "key_bits": 256}
    made = channel("720p30", url="srt://203.0.113.9:9000", srt=srt)
    (push,) = pushes(made, 0, read_secret=lambda _: "made-up-passphrase")
    assert push.outlet == Srt(("203.0.113.9", 9000), False, 120, 256, "made-up-passphrase")  # noqa: FBT003 - listens
    assert (push.group, push.key) == ("srt", KEY)
    assert "made-up-passphrase" not in repr(push)
    with pytest.raises(UnencodableError):
        pushes(made, 0)

    waiting = {**srt, "callers": ["198.51.100.7/32"]}
    made = channel("720p30", url="srt://:5000", srt=waiting)
    made["EgressEndpoints"] = [{"SourceIp": "192.0.2.1"}]
    (push,) = pushes(made, 0, read_secret=lambda _: "made-up-passphrase")
    assert push.outlet == Srt(("192.0.2.1", 5000), True, 120, 256, "made-up-passphrase")  # noqa: FBT003 - listens


def test_hls_goes_below_the_name_that_its_url_ends_with() -> None:
    (push,) = pushes(channel("720p30", platform="youtube", hls={"segment_seconds": 2}), 0)
    assert push.outlet == Hls("index", "_media", 2, 10, 21, master=False)
    assert push.url == "https://a.upload.youtube.com"
    assert KEY in push.key
    assert KEY not in repr(push)


def test_a_recording_is_a_second_push() -> None:
    record = {"s3": "bucket/shows", "segment_minutes": 1}
    first, second = pushes(channel("720p30", record=record), 0)
    assert (first.group, second.group) == ("rtmp", "recording")
    assert (second.url, second.outlet) == ("s3ssl://bucket/shows/one-0", Archive("_$dt$", 60))
    assert second.arguments == first.arguments
