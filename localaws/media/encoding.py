"""A channel's MediaLive settings as ffmpeg's arguments and targets.

Taken from the settings: size, frame rate, rate control, bitrate, buffer, filler, GOP, B-frames,
references, scene cuts, profile, level, colour metadata, and the audio's bitrate, rate and channels.
The encoder's speed is ours: x264's fastest, so that several streams fit on two cores; it costs
quality at the same bitrate, nothing else. Colours are marked and not converted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from localaws.media import audio, outlets
from localaws.media.outlets import Archive, Hls, Outlet, ReadSecret, Srt
from localaws.media.unencodable import UnencodableError
from localaws.medialive.input_loss import drops

_SPEED = "ultrafast"
# MediaLive's default (botocore's model of it), in frames.
_GOP_FRAMES = 90
_ENDLESS = 2**31
# botocore, RtmpGroupSettings.IncludeFillerNalUnits: without padding "the bandwidth varies".
_UNPADDED = "DROP"
# x264's names of the colour spaces that H264ColorSpaceSettings converts to.
_COLOURS = {"Rec601Settings": "smpte170m", "Rec709Settings": "bt709"}

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Push:
    """One output of one pipeline.

    Attributes:
        group: name of its output group.
        url: where it goes, without the key.
        key: the stream's name there, which is secret.
        arguments: ffmpeg's, between its input and its output.
        retry_seconds: from a lost connection to the next try.
        retries: tries in a row before the pause.
        pause_seconds: from the last of these tries to the first of the next.
        drops: whether it sends nothing once the last frame of a lost input is over.
        outlet: settings of what is no RTMP; None for RTMP.
        credentials: user and password of RTMP; None where it needs none.
    """

    group: str
    url: str
    key: str = field(repr=False)
    arguments: tuple[str, ...]
    retry_seconds: float
    retries: int
    pause_seconds: float
    drops: bool = False
    outlet: Srt | Hls | Archive | None = None
    credentials: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Image:
    """An image on the video.

    Attributes:
        output: the name of the only output that has it, once it is scaled; None for an image on
            what comes in, which all outputs have.
        file: where it is.
        settings: of the action that shows it.
    """

    output: str | None
    file: Path
    settings: Settings = field(hash=False)


def pushes(
    channel: Settings,
    pipeline: int,
    images: Sequence[Image] = (),
    read_secret: ReadSecret = lambda _: None,
) -> tuple[Push, ...]:
    """Return the outputs of a *pipeline* (0 or 1) of a *channel* as DescribeChannel shows it.

    Groups other than of RTMP, SRT, HLS and archives are left out.

    Args:
        channel: as DescribeChannel shows it.
        pipeline: 0 or 1.
        images: the lowest first.
        read_secret: returns the text of a secret by its ARN.

    Raises:
        UnencodableError: for codecs other than H.264 and AAC-LC, SRT without its passphrase, and
            RTMP without its password.
    """
    made: list[Push] = []
    for index, group in enumerate(channel["EncoderSettings"]["OutputGroups"]):
        name, settings = group.get("Name") or str(index), group["OutputGroupSettings"]
        if "RtmpGroupSettings" in settings:
            end = _end(channel, pipeline, group)
            push = _push(channel, name, group, images, end)
            credentials = _credentials(channel, end, read_secret)
            made.append(dataclasses.replace(push, credentials=credentials))
        elif "SrtGroupSettings" in settings:
            outlet = outlets.srt(channel, pipeline, group, read_secret)
            if isinstance(outlet.settings, Srt) and outlet.settings.passphrase is None:
                raise UnencodableError("the passphrase of SRT cannot be read")
            made.append(_pushed(channel, name, group, images, outlet))
        elif "HlsGroupSettings" in settings:
            outlet = outlets.hls(channel, pipeline, group)
            made.append(_pushed(channel, name, group, images, outlet))
        elif "ArchiveGroupSettings" in settings:
            outlet = outlets.archive(channel, pipeline, group)
            made.append(_pushed(channel, name, group, images, outlet))
    return tuple(made)


def _pushed(
    channel: Settings, name: str, group: Settings, images: Sequence[Image], outlet: Outlet
) -> Push:
    return Push(
        group=name,
        url=outlet.url,
        key=outlet.key,
        arguments=arguments(
            channel["EncoderSettings"], group["Outputs"][0], images, audio.selectors(channel)
        ),
        drops=drops(group),
        retry_seconds=outlet.retry_seconds,
        # Only of RTMP the user guide says that a channel stops as its output gives up.
        retries=_ENDLESS,
        pause_seconds=outlet.retry_seconds,
        outlet=outlet.settings,
    )


def arguments(
    encoder: Settings,
    output: Settings,
    images: Sequence[Image] = (),
    selectors: Mapping[str, Settings] | None = None,
    *,
    padded: bool = True,
) -> tuple[str, ...]:
    """Return ffmpeg's arguments for one *output* of the EncoderSettings *encoder*.

    Args:
        encoder: the EncoderSettings.
        output: one of their outputs.
        images: the lowest first.
        selectors: the audio selectors of the inputs, by name.
        padded: whether a constant bitrate is filled up.

    Raises:
        UnencodableError: for codecs other than H.264 and AAC-LC.
    """
    videos = {video["Name"]: video for video in encoder["VideoDescriptions"]}
    audios = {audio["Name"]: audio for audio in encoder["AudioDescriptions"]}
    video = output.get("VideoDescriptionName")
    name = output.get("OutputName")
    shown = [image for image in images if image.output in {None, name}]
    arguments = list(_video(videos[video], shown, padded=padded)) if video else []
    for name in output.get("AudioDescriptionNames", []):
        selector = (selectors or {}).get(audios[name]["AudioSelectorName"], {})
        arguments += audio.arguments(audios[name], selector)
    return tuple(arguments)


def _end(channel: Settings, pipeline: int, group: Settings) -> Settings:
    """Return where a *pipeline* sends the output of an RTMP group."""
    sending = group["Outputs"][0]["OutputSettings"]["RtmpOutputSettings"]
    ends = {end["Id"]: end.get("Settings", []) for end in channel["Destinations"]}
    end: Settings = ends[sending["Destination"]["DestinationRefId"]][pipeline]
    return end


def _push(
    channel: Settings, name: str, group: Settings, images: Sequence[Image], end: Settings
) -> Push:
    output = group["Outputs"][0]
    rtmp = group["OutputGroupSettings"]["RtmpGroupSettings"]
    sending = output["OutputSettings"]["RtmpOutputSettings"]
    url, key = _application_and_name(end)
    padded = rtmp.get("IncludeFillerNalUnits") != _UNPADDED
    return Push(
        group=name,
        url=url,
        key=key,
        arguments=arguments(
            channel["EncoderSettings"], output, images, audio.selectors(channel), padded=padded
        ),
        retry_seconds=sending["ConnectionRetryInterval"],
        retries=sending["NumRetries"],
        pause_seconds=rtmp["RestartDelay"],
        drops=drops(group),
    )


def _credentials(
    channel: Settings, end: Settings, read_secret: ReadSecret
) -> tuple[str, str] | None:
    user, parameter = end.get("Username"), end.get("PasswordParam")
    if not user or not parameter:
        return None
    region, account = channel["Arn"].split(":")[3:5]
    password = read_secret(f"arn:aws:ssm:{region}:{account}:parameter{parameter}")
    if password is None:
        raise UnencodableError("the password of RTMP cannot be read")
    return user, password


def _application_and_name(end: Settings) -> tuple[str, str]:
    url = urlsplit(end["Url"])
    application, _, rest = url.path.strip("/").partition("/")
    # What follows the application is part of the stream's name, and as secret.
    name = "/".join(part for part in (rest, end.get("StreamName", "")) if part)
    return f"{url.scheme}://{url.netloc}/{application}", name


def _video(description: Settings, images: Sequence[Image], *, padded: bool) -> Iterator[str]:
    h264 = description["CodecSettings"].get("H264Settings")
    if h264 is None:
        raise UnencodableError("the media plane encodes video as H.264 only")
    filters = ",".join(_filters(description, h264))
    if images:
        for image in images:
            yield from ("-i", str(image.file))
        yield from ("-filter_complex", _graph(images, filters), "-map", "[video]")
    else:
        yield from ("-map", "0:v:0", "-vf", filters)
    yield from ("-c:v", "libx264", "-preset", _SPEED, "-threads", "1", "-pix_fmt", "yuv420p")
    yield from _rate(h264)
    yield from _structure(h264, padded=padded)


def _graph(images: Sequence[Image], filters: str) -> str:
    """Return the graph of the video with its *images*, the inputs from 1 on.

    Those of all outputs lie on what comes in. Those of one output lie on the scaled video, above
    the others (user guide, image-overlay-features).
    """
    numbered = list(enumerate(images, 1))
    below = [item for item in numbered if item[1].output is None]
    above = [item for item in numbered if item[1].output is not None]
    scaled = "scaled" if above else "video"
    steps = [
        *_overlays(below, "0:v:0", "source"),
        f"[{'source' if below else '0:v:0'}]{filters}[{scaled}]",
        *_overlays(above, scaled, "video"),
    ]
    return ";".join(steps)


def _overlays(images: Sequence[tuple[int, Image]], below: str, result: str) -> Iterator[str]:
    """Yield the steps that lay numbered *images* over the video *below*."""
    for number, image in images:
        settings = image.settings
        # botocore, Width and Height: without either, the native size; Opacity: 100 by default.
        width, height = settings.get("Width", -1), settings.get("Height", -1)
        opacity = settings.get("Opacity", 100) / 100
        place = f"{settings.get('ImageX', 0)}:{settings.get('ImageY', 0)}"
        sized = "" if width == height == -1 else f"scale={width}:{height},"
        yield f"[{number}:v]{sized}format=rgba,colorchannelmixer=aa={opacity}[image{number}]"
        above = result if number == images[-1][0] else f"over{number}"
        yield f"[{below}][image{number}]overlay={place}[{above}]"
        below = above


def _filters(description: Settings, h264: Settings) -> Iterator[str]:
    # botocore, VideoDescription.CropRectangle: a region "of the input video to crop before
    # scaling".
    if crop := description.get("CropRectangle"):
        yield f"crop={crop['Width']}:{crop['Height']}:{crop['X']}:{crop['Y']}:exact=1"
    width, height = description.get("Width"), description.get("Height")
    if width and height:
        yield from _placed(description, width, height)
    if h264.get("ParControl") == "SPECIFIED":
        yield f"setsar={h264['ParNumerator']}/{h264['ParDenominator']}"
    rate = _frame_rate(h264)
    if rate is not None:
        yield f"fps={rate.numerator}/{rate.denominator}"


def _placed(description: Settings, width: int, height: int) -> Iterator[str]:
    """Yield what scales the video and places it in a picture of *width* x *height*."""
    if description["ScalingBehavior"] not in {"DEFAULT", "STRETCH_TO_OUTPUT"}:
        behavior = description["ScalingBehavior"]
        raise UnencodableError(f"the media plane does not have the scaling behavior {behavior}")
    border = description.get("Border") or 0
    frame = description.get("OutputPositionRectangle") or {
        "X": border,
        "Y": border,
        "Width": width - 2 * border,
        "Height": height - 2 * border,
    }
    inner = f"{frame['Width']}:{frame['Height']}"
    if description["ScalingBehavior"] == "STRETCH_TO_OUTPUT":
        yield f"scale={inner}"
    else:
        yield f"scale={inner}:force_original_aspect_ratio=decrease:force_divisible_by=2"
        yield f"pad={inner}:(ow-iw)/2:(oh-ih)/2"
    if (frame["Width"], frame["Height"]) != (width, height):
        yield f"pad={width}:{height}:{frame['X']}:{frame['Y']}"


def _frame_rate(h264: Settings) -> Fraction | None:
    if h264.get("FramerateControl") != "SPECIFIED":
        return None
    return Fraction(h264["FramerateNumerator"], h264["FramerateDenominator"])


def _rate(h264: Settings) -> Iterator[str]:
    bitrate = str(h264["Bitrate"])
    buffer = int(h264.get("BufSize", bitrate))
    yield from ("-b:v", bitrate, "-bufsize", str(buffer))
    if "BufFillPct" in h264:
        yield from ("-rc_init_occupancy", str(buffer * h264["BufFillPct"] // 100))
    if h264.get("RateControlMode") == "CBR":
        yield from ("-minrate", bitrate, "-maxrate", bitrate)
    else:
        yield from ("-maxrate", str(h264.get("MaxBitrate", bitrate)))


def _structure(h264: Settings, *, padded: bool) -> Iterator[str]:
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
    yield from ("-refs", str(h264["NumRefFrames"]))
    # The fastest speed leaves out what tells the profiles apart, and a stream that does not use
    # it would arrive as a lower profile than declared.
    uses: dict[str, int | str] = {"cabac": int(not is_baseline), "8x8dct": int(profile == "high")}
    pyramid = h264.get("GopBReference") == "ENABLED" and not is_baseline
    uses |= {"b-pyramid": "normal" if pyramid else "none", **_colours(h264)}
    if h264.get("RateControlMode") == "CBR" and padded:
        # Fills up what an easy picture leaves unused: without it the bitrate is only a maximum.
        uses |= {"nal-hrd": "cbr"}
    yield from ("-x264-params", ":".join(f"{key}={value}" for key, value in uses.items()))


def _colours(h264: Settings) -> dict[str, str]:
    """Return what marks the video as being of the colour space that it is converted to."""
    if h264.get("ColorMetadata") != "INSERT":
        return {}
    for kind in h264.get("ColorSpaceSettings") or {}:
        if name := _COLOURS.get(kind):
            return dict.fromkeys(("colorprim", "transfer", "colormatrix"), name)
    return {}


def _gop_frames(h264: Settings) -> int:
    size = float(h264.get("GopSize", _GOP_FRAMES))
    rate = _frame_rate(h264)
    if h264.get("GopSizeUnits") == "SECONDS":
        if rate is None:
            raise UnencodableError("a GOP in seconds needs a specified frame rate")
        return round(size * rate)
    return round(size)
