"""A channel's MediaLive settings as ffmpeg's arguments and targets.

Taken from the settings: size, frame rate, rate control, bitrate, GOP, scene cuts, profile, level,
and the audio's bitrate, rate and channels. The encoder's speed is ours: x264's fastest, so that
several streams fit on two cores; it costs quality at the same bitrate, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

_SPEED = "ultrafast"
# MediaLive's default (botocore's model of it), in frames.
_GOP_FRAMES = 90
_CHANNELS = {"CODING_MODE_1_0": "1", "CODING_MODE_2_0": "2", "CODING_MODE_5_1": "6"}
_AAC_PROFILES = {"LC": "aac_low"}

Settings = Mapping[str, Any]


class UnencodableError(Exception):
    """The settings ask for what the media plane cannot do; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Push:
    """One RTMP output of one pipeline.

    Attributes:
        group: name of its output group.
        url: where it goes, without the key.
        key: the stream's name there, which is secret.
        arguments: ffmpeg's, between its input and its output.
        retry_seconds: from a lost connection to the next try.
        retries: tries in a row before the pause.
        pause_seconds: from the last of these tries to the first of the next.
    """

    group: str
    url: str
    key: str = field(repr=False)
    arguments: tuple[str, ...]
    retry_seconds: float
    retries: int
    pause_seconds: float


def pushes(channel: Settings, pipeline: int) -> tuple[Push, ...]:
    """Return the RTMP outputs of a *pipeline* (0 or 1) of a *channel* as DescribeChannel shows it.

    Raises:
        UnencodableError: for codecs other than H.264 and AAC-LC.
    """
    encoder = channel["EncoderSettings"]
    return tuple(
        _push(channel, pipeline, group.get("Name") or str(index), group)
        for index, group in enumerate(encoder["OutputGroups"])
        if "RtmpGroupSettings" in group["OutputGroupSettings"]
    )


def arguments(encoder: Settings, output: Settings) -> tuple[str, ...]:
    """Return ffmpeg's arguments for one *output* of the EncoderSettings *encoder*.

    Raises:
        UnencodableError: for codecs other than H.264 and AAC-LC.
    """
    videos = {video["Name"]: video for video in encoder["VideoDescriptions"]}
    audios = {audio["Name"]: audio for audio in encoder["AudioDescriptions"]}
    video = output.get("VideoDescriptionName")
    arguments = list(_video(videos[video])) if video else []
    for name in output.get("AudioDescriptionNames", []):
        arguments += _audio(audios[name])
    return tuple(arguments)


def _push(channel: Settings, pipeline: int, name: str, group: Settings) -> Push:
    output = group["Outputs"][0]
    sending = output["OutputSettings"]["RtmpOutputSettings"]
    ends = {destination["Id"]: destination["Settings"] for destination in channel["Destinations"]}
    end = ends[sending["Destination"]["DestinationRefId"]][pipeline]
    url, key = _application_and_name(end)
    return Push(
        group=name,
        url=url,
        key=key,
        arguments=arguments(channel["EncoderSettings"], output),
        retry_seconds=sending["ConnectionRetryInterval"],
        retries=sending["NumRetries"],
        pause_seconds=group["OutputGroupSettings"]["RtmpGroupSettings"]["RestartDelay"],
    )


def _application_and_name(end: Settings) -> tuple[str, str]:
    url = urlsplit(end["Url"])
    application, _, rest = url.path.strip("/").partition("/")
    # What follows the application is part of the stream's name, and as secret.
    name = "/".join(part for part in (rest, end.get("StreamName", "")) if part)
    return f"{url.scheme}://{url.netloc}/{application}", name


def _video(description: Settings) -> Iterator[str]:
    h264 = description["CodecSettings"].get("H264Settings")
    if h264 is None:
        raise UnencodableError("the media plane encodes video as H.264 only")
    yield from ("-map", "0:v:0", "-vf", ",".join(_filters(description, h264)))
    yield from ("-c:v", "libx264", "-preset", _SPEED, "-threads", "1", "-pix_fmt", "yuv420p")
    yield from _rate(h264)
    yield from _structure(h264)


def _filters(description: Settings, h264: Settings) -> Iterator[str]:
    width, height = description.get("Width"), description.get("Height")
    if width and height:
        if description["ScalingBehavior"] == "STRETCH_TO_OUTPUT":
            yield f"scale={width}:{height}"
        else:
            yield (
                f"scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2"
            )
            yield f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2"
    if h264.get("ParControl") == "SPECIFIED":
        yield f"setsar={h264['ParNumerator']}/{h264['ParDenominator']}"
    rate = _frame_rate(h264)
    if rate is not None:
        yield f"fps={rate.numerator}/{rate.denominator}"


def _frame_rate(h264: Settings) -> Fraction | None:
    if h264.get("FramerateControl") != "SPECIFIED":
        return None
    return Fraction(h264["FramerateNumerator"], h264["FramerateDenominator"])


def _rate(h264: Settings) -> Iterator[str]:
    bitrate = str(h264["Bitrate"])
    yield from ("-b:v", bitrate, "-bufsize", str(h264.get("BufSize", bitrate)))
    if h264.get("RateControlMode") == "CBR":
        yield from ("-minrate", bitrate, "-maxrate", bitrate)
    else:
        yield from ("-maxrate", str(h264.get("MaxBitrate", bitrate)))


def _structure(h264: Settings) -> Iterator[str]:
    profile = h264["Profile"].partition("_")[0].lower()
    level = h264["Level"].removeprefix("H264_LEVEL_")
    frames = str(_gop_frames(h264))
    yield from ("-profile:v", profile, "-g", frames, "-keyint_min", frames)
    if level != "AUTO":
        yield from ("-level", level.replace("_", "."))
    if h264.get("SceneChangeDetect") == "DISABLED":
        yield from ("-sc_threshold", "0")
    if h264.get("GopClosedCadence"):
        yield from ("-flags", "+cgop")
    is_baseline = profile == "baseline"
    yield from ("-bf", "0" if is_baseline else str(h264["GopNumBFrames"]))
    # The fastest speed leaves out what tells the profiles apart, and a stream that does not use
    # it would arrive as a lower profile than declared.
    uses: dict[str, int | str] = {"cabac": int(not is_baseline), "8x8dct": int(profile == "high")}
    if h264.get("RateControlMode") == "CBR":
        # Fills up what an easy picture leaves unused: without it the bitrate is only a maximum.
        uses |= {"nal-hrd": "cbr"}
    yield from ("-x264-params", ":".join(f"{key}={value}" for key, value in uses.items()))


def _gop_frames(h264: Settings) -> int:
    size = float(h264.get("GopSize", _GOP_FRAMES))
    rate = _frame_rate(h264)
    if h264.get("GopSizeUnits") == "SECONDS":
        if rate is None:
            raise UnencodableError("a GOP in seconds needs a specified frame rate")
        return round(size * rate)
    return round(size)


def _audio(description: Settings) -> Iterator[str]:
    aac = description.get("CodecSettings", {}).get("AacSettings")
    if aac is None or aac["Profile"] not in _AAC_PROFILES:
        raise UnencodableError("the media plane encodes audio as AAC-LC only")
    yield from ("-map", "0:a:0", "-c:a", "aac", "-profile:a", _AAC_PROFILES[aac["Profile"]])
    yield from ("-b:a", f"{aac['Bitrate']:.0f}", "-ar", f"{aac['SampleRate']:.0f}")
    yield from ("-ac", _CHANNELS[aac["CodingMode"]])
