"""What MediaLive refuses in a channel's settings beyond their types (422).

Rules from the MediaLive user guide: RTMP output groups, channel classes, encoding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Problem = tuple[str, str]
_MAX_GOP_SECONDS = 20
# That of an H.264 output in the console; unverified on an account.
_MOST_BITRATE = 100_000_000


def problems(channel: Mapping[str, Any]) -> list[Problem]:
    """Return (element path, message) for everything that contradicts itself."""
    settings = channel.get("EncoderSettings")
    if settings is None:
        return [("/encoderSettings", "encoder settings are required")]
    return [
        *_destinations(channel),
        *_attachments(channel),
        *_video(settings),
        *_audio(settings, channel.get("InputAttachments") or []),
        *_output_groups(settings, channel.get("Destinations") or []),
    ]


def _destinations(channel: Mapping[str, Any]) -> Iterator[Problem]:
    wanted = 2 if channel.get("ChannelClass") == "STANDARD" else 1
    for index, destination in enumerate(channel.get("Destinations") or []):
        path = f"/destinations/{index}"
        settings = destination.get("Settings") or []
        others = ("MediaPackageSettings", "MultiplexSettings", "SrtSettings")
        if not settings:
            if not any(destination.get(kind) for kind in others):
                yield (
                    path,
                    "Exactly one of settings, MediaPackage or Multiplex settings is required",
                )
            continue
        if len(settings) != wanted:
            yield f"{path}/settings", f"a channel of this class needs {wanted} destination settings"
        for number, one in enumerate(settings):
            if not one.get("Url"):
                yield f"{path}/settings/{number}/url", "a URL is required"
            elif one["Url"].startswith("rtmp") and not one.get("StreamName"):
                yield f"{path}/settings/{number}/streamName", "a stream name is required for RTMP"


def _attachments(channel: Mapping[str, Any]) -> Iterator[Problem]:
    if not channel.get("InputAttachments"):
        yield "/inputAttachments", "at least one input attachment is required"
    attachments = channel.get("InputAttachments") or []
    attached = {attachment.get("InputId") for attachment in attachments}
    for index, attachment in enumerate(attachments):
        settings = attachment.get("AutomaticInputFailoverSettings") or {}
        second = settings.get("SecondaryInputId")
        if settings and (second not in attached or second == attachment.get("InputId")):
            path = f"/inputAttachments/{index}/automaticInputFailoverSettings/secondaryInputId"
            yield path, "the secondary input has to be another one that is attached"


def _video(settings: Mapping[str, Any]) -> Iterator[Problem]:
    for index, video in enumerate(settings.get("VideoDescriptions") or []):
        path = f"/encoderSettings/videoDescriptions/{index}/codecSettings/h264Settings"
        h264 = (video.get("CodecSettings") or {}).get("H264Settings")
        if h264 is None:
            continue
        if h264.get("RateControlMode", "CBR") in {"CBR", "VBR"} and not h264.get("Bitrate"):
            yield f"{path}/bitrate", "a bitrate is required for CBR and VBR"
        elif h264.get("Bitrate", 0) > _MOST_BITRATE:
            yield f"{path}/bitrate", f"must be at most {_MOST_BITRATE}"
        specified = h264.get("FramerateControl") == "SPECIFIED"
        if specified and not (h264.get("FramerateNumerator") and h264.get("FramerateDenominator")):
            yield f"{path}/framerateNumerator", "a specified frame rate needs both its parts"
        gop = h264.get("GopSize", 1)
        in_seconds = h264.get("GopSizeUnits") == "SECONDS"
        if gop <= 0 or (in_seconds and gop > _MAX_GOP_SECONDS):
            yield f"{path}/gopSize", f"must be above 0 and at most {_MAX_GOP_SECONDS} seconds"


def _audio(
    settings: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]]
) -> Iterator[Problem]:
    selectors = {
        selector["Name"]
        for attachment in attachments
        for selector in (attachment.get("InputSettings") or {}).get("AudioSelectors") or []
    }
    for index, audio in enumerate(settings.get("AudioDescriptions") or []):
        name = audio.get("AudioSelectorName")
        if selectors and name not in selectors:
            path = f"/encoderSettings/audioDescriptions/{index}/audioSelectorName"
            yield path, f"no input attachment has an audio selector {name}"


def _output_groups(
    settings: Mapping[str, Any], destinations: Sequence[Mapping[str, Any]]
) -> Iterator[Problem]:
    videos = {video["Name"] for video in settings.get("VideoDescriptions") or []}
    audios = {audio["Name"] for audio in settings.get("AudioDescriptions") or []}
    refs = {destination.get("Id") for destination in destinations}
    if not settings.get("OutputGroups"):
        yield "/encoderSettings/outputGroups", "at least one output group is required"
    for index, group in enumerate(settings.get("OutputGroups") or []):
        path = f"/encoderSettings/outputGroups/{index}"
        outputs = group.get("Outputs") or []
        is_rtmp = "RtmpGroupSettings" in (group.get("OutputGroupSettings") or {})
        if is_rtmp and len(outputs) != 1:
            yield f"{path}/outputs", "an RTMP output group has exactly one output"
        for number, output in enumerate(outputs):
            yield from _output(
                f"{path}/outputs/{number}", output, videos, audios, refs, rtmp=is_rtmp
            )


def _output(  # noqa: PLR0913 - the path and the four things an output refers to
    path: str,
    output: Mapping[str, Any],
    videos: set[str],
    audios: set[str],
    refs: set[Any],
    *,
    rtmp: bool,
) -> Iterator[Problem]:
    video, used = output.get("VideoDescriptionName"), output.get("AudioDescriptionNames") or []
    if video is not None and video not in videos:
        yield f"{path}/videoDescriptionName", f"there is no video description {video}"
    for name in sorted(set(used) - audios):
        yield f"{path}/audioDescriptionNames", f"there is no audio description {name}"
    if not rtmp:
        return
    if len(used) > 1:
        yield f"{path}/audioDescriptionNames", "an RTMP output has one audio"
    rtmp_settings = (output.get("OutputSettings") or {}).get("RtmpOutputSettings")
    if rtmp_settings is None:
        yield f"{path}/outputSettings", "OutputSettings must contain exactly one property"
    elif rtmp_settings["Destination"].get("DestinationRefId") not in refs:
        ref = rtmp_settings["Destination"].get("DestinationRefId")
        yield f"{path}/outputSettings", f"there is no destination {ref}"
