"""Rules that MediaLive applies to a channel's settings beyond their types.

Every rule here is documented by AWS or recorded from AWS, with its source in its docstring. Rules
without a source belong to the emulator (`localaws.medialive.validation`). The module is pure.

Members are those of CreateChannel as boto3 takes them. A problem is (path, message). AWS spells a
path in the wire's casing with indices in brackets, for members of the encoder settings without
their prefix: `outputGroups[0].outputGroupSettings.destination.uri`
(awsdocs/aws-elemental-medialive-user-guide issue 4), `audioDescriptions[5]`
(live-streaming-on-aws pull request 6). Messages in AWS's own words are marked; all others are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provider import audio_rules, output_rules

Members = Mapping[str, Any]
SettingsProblem = tuple[str, str]

# Of OutputDestination in botocore's model, "one destination for each redundant encoder".
_PER_PIPELINE = ("Settings", "SrtSettings", "MediaConnectRouterSettings")
# Structures with one member of several kinds -> the end of the kinds' names.
_KINDS = {
    "HlsSettings": "HlsSettings",
    "OutputGroupSettings": "GroupSettings",
    "OutputSettings": "OutputSettings",
}
_MEDIA_PACKAGE_ID = re.compile("[A-Za-z0-9_-]+")
_FOR_BOTH_PIPELINES = ("MediaPackageSettings", "MultiplexSettings")
_PIPELINES = {"STANDARD": 2, "SINGLE_PIPELINE": 1}

# In AWS's words (aws-sdk-java-v2 issue 5716).
_MALFORMED_ID = (
    "MediaPackage channel ID is invalid. The ID can have numbers, letters, underscores, and dashes."
    " The ID is case sensitive."
)

# Codec settings -> rate control modes with which botocore's model requires a bitrate.
_NEED_BITRATE = {
    "H264Settings": {"CBR", "VBR"},
    "H265Settings": {"CBR", "VBR"},
    "Av1Settings": {"CBR"},
}

# In AWS's words (terraform-provider-aws issue 30659).
_ONE_KIND = (
    "Exactly one of settings, MediaPackage settings, or Multiplex settings is required for"
    " destination {}."
)
# In AWS's words and order (terraform-provider-aws issue 39516, recorded in 2024).
_ONE_OUTPUT_SETTING = (
    "OutputSettings must contain exactly one property: cmafIngestOutputSettings,"
    " hlsOutputSettings, rtmpOutputSettings, udpOutputSettings, msSmoothOutputSettings,"
    " archiveOutputSettings, frameCaptureOutputSettings, mediaPackageOutputSettings,"
    " multiplexOutputSettings, srtOutputSettings"
)


def problems(members: Members) -> list[SettingsProblem]:
    """Return every problem of a CreateChannel.

    Args:
        members: of CreateChannel in boto3's casing; ids of inputs may be placeholders.

    Returns:
        (path, message), those first that AWS answers with 400.
    """
    return [*bad_requests(members), *contradictions(members)]


def missing(path: str) -> Iterator[SettingsProblem]:
    """Yield what AWS answers with 422 where the encoder settings lack a required member.

    Recorded of M3u8Settings in a channel that the CDK project Auto_live_subtitling deployed
    (its README, "Current deployment error"); that all other members are alike is inferred.

    Args:
        path: of the member from the encoder settings on, in boto3's casing.
    """
    steps = path.split(".")
    spelled = [_wire_name(step) for step in steps]
    kinds = [index for index, step in enumerate(steps[:-1], 1) if step in _KINDS]
    shown = ".".join(step for index, step in enumerate(spelled) if index not in kinds)
    yield shown, f'requires property "{spelled[-1]}"'
    for index in reversed(kinds):
        kind = _wire_name(steps[index].removesuffix(_KINDS[steps[index - 1]]))
        yield ".".join(spelled[:index]), f'Object does not match "{kind}"'


def bad_requests(members: Members) -> Iterator[SettingsProblem]:
    """Yield the problems that AWS answers with 400 (BadRequestException).

    The message is AWS's: terraform-provider-aws issue 30659, aws-sdk-php issue 2087. Both records
    are of destinations without settings; that settings of two kinds are refused is what it says.
    """
    kinds = (*_PER_PIPELINE, *_FOR_BOTH_PIPELINES)
    for index, destination in enumerate(members.get("Destinations") or []):
        if sum(bool(destination.get(kind)) for kind in kinds) != 1:
            message = _ONE_KIND.format(destination.get("Id"))
            yield f"destinations[{index}]", message


def contradictions(members: Members) -> Iterator[SettingsProblem]:
    """Yield the problems that AWS answers with 422 (UnprocessableEntityException)."""
    settings = members.get("EncoderSettings") or {}
    yield from _settings_per_pipeline(members)
    yield from _addresses_per_pipeline(members)
    yield from _pictures(settings)
    yield from _bitrates(settings)
    yield from _frame_rates(settings)
    yield from _gop_sizes(settings)
    yield from _unreferenced_audio(settings)
    yield from audio_rules.contradictions(members)
    yield from _output_settings(settings)
    yield from _rtmp_outputs(settings)
    yield from _smooth_outputs(settings)
    yield from _undefined_destinations(members)
    yield from _media_package_ids(members)
    yield from output_rules.problems(members)


def _settings_per_pipeline(members: Members) -> Iterator[SettingsProblem]:
    """Yield the destinations that do not have settings for each pipeline.

    botocore, OutputDestination: "one destination for each redundant encoder"; MediaLive user
    guide, origin-server-rtmp: two for a standard channel.
    """
    pipelines = _PIPELINES.get(str(members.get("ChannelClass")))
    for index, destination in enumerate(members.get("Destinations") or []):
        for kind in _PER_PIPELINE:
            settings = destination.get(kind)
            if pipelines and settings and len(settings) != pipelines:
                yield (
                    f"destinations[{index}].{_wire_name(kind)}",
                    f"a {members['ChannelClass']} channel needs {pipelines} destination settings",
                )


def _addresses_per_pipeline(members: Members) -> Iterator[SettingsProblem]:
    """Yield VPC settings that do not have an address for each pipeline.

    botocore, VpcOutputSettings.PublicAddressAllocationIds: "Must specify one for SINGLE_PIPELINE,
    two for STANDARD channels".
    """
    pipelines = _PIPELINES.get(str(members.get("ChannelClass")))
    addresses = (members.get("Vpc") or {}).get("PublicAddressAllocationIds")
    if pipelines and addresses and len(addresses) != pipelines:
        yield (
            "vpc.publicAddressAllocationIds",
            f"a {members['ChannelClass']} channel needs {pipelines} address allocations",
        )


def _pictures(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the borders and positions that do not fit into their picture.

    botocore, VideoDescription.OutputPositionRectangle: with it, "width and height [...] must be
    explicitly specified so that the rectangle can be validated against the output frame"; Border:
    "The width and height [...] must each be greater than twice this value. Cannot be used together
    with outputPositionRectangle". VideoPositionRectangle and Border: even numbers.
    """
    for index, video in enumerate(settings.get("VideoDescriptions") or []):
        path = f"videoDescriptions[{index}]"
        size = video.get("Width"), video.get("Height")
        border, position = video.get("Border") or 0, video.get("OutputPositionRectangle")
        for kind in ("CropRectangle", "OutputPositionRectangle"):
            for member, pixels in (video.get(kind) or {}).items():
                if pixels % 2:
                    yield f"{path}.{_wire_name(kind)}.{_wire_name(member)}", "must be even"
        if border % 2:
            yield f"{path}.border", "must be even"
        if border and position:
            yield f"{path}.border", "cannot be used together with outputPositionRectangle"
        if border and any(side is not None and side <= 2 * border for side in size):
            yield f"{path}.border", "width and height must each be greater than twice the border"
        if position and None in size:
            yield f"{path}.outputPositionRectangle", "needs a width and a height"
        elif position and any(
            position.get(place, 0) + position.get(length, 0) > video[length]
            for place, length in (("X", "Width"), ("Y", "Height"))
        ):
            yield f"{path}.outputPositionRectangle", "is not within the output frame"


def _bitrates(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the encodes of a constant or variable rate without a bitrate.

    botocore, H264Settings.Bitrate and H265Settings.Bitrate: "Required when the rate control mode
    is VBR or CBR"; Av1Settings.Bitrate: "Required when the rate control mode is CBR".
    """
    for path, kind, codec in _video_codecs(settings):
        mode = codec.get("RateControlMode")
        if mode in _NEED_BITRATE.get(kind, ()) and not codec.get("Bitrate"):
            yield f"{path}.bitrate", f"a bitrate is required for {mode}"


def _frame_rates(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the specified frame rates that lack a part.

    botocore, H264Settings.FramerateControl: with "specified", the frame rate "is determined by
    framerateNumerator and framerateDenominator".
    """
    for path, _, codec in _video_codecs(settings):
        if codec.get("FramerateControl") != "SPECIFIED":
            continue
        for part in ("FramerateNumerator", "FramerateDenominator"):
            if not codec.get(part):
                yield f"{path}.{_wire_name(part)}", "a specified frame rate needs both its parts"


def _gop_sizes(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the GOP sizes that are not above 0, or in frames not whole.

    botocore, GopSize of all codecs: "If gopSizeUnits is frames, gopSize must be an integer and
    must be greater than or equal to 1. If gopSizeUnits is seconds, gopSize must be greater than 0".
    """
    for path, _, codec in _video_codecs(settings):
        size = codec.get("GopSize", 1)
        in_frames = codec.get("GopSizeUnits") == "FRAMES"
        if in_frames and (size < 1 or not float(size).is_integer()):
            yield f"{path}.gopSize", "a GOP in frames must be an integer of at least 1"
        elif size <= 0:
            yield f"{path}.gopSize", "must be greater than 0"


def _unreferenced_audio(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the audio descriptions that no output uses.

    AWS's path and message: aws-solutions-library-samples/live-streaming-on-aws pull request 6.
    """
    referenced = {
        name
        for _, output in _outputs(settings)
        for name in output.get("AudioDescriptionNames") or []
    }
    for index, audio in enumerate(settings.get("AudioDescriptions") or []):
        if audio.get("Name") not in referenced:
            yield (
                f"audioDescriptions[{index}]",
                f'Audio description "{audio.get("Name")}" is not referenced by any output',
            )


def _output_settings(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the outputs that do not have settings of exactly one kind.

    AWS's message, recorded without a path: terraform-provider-aws issue 39516.
    """
    for path, output in _outputs(settings):
        kinds = output.get("OutputSettings") or {}
        if sum(value is not None for value in kinds.values()) != 1:
            yield f"{path}.outputSettings", _ONE_OUTPUT_SETTING


def _rtmp_outputs(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the RTMP outputs with several audio or several captions encodes.

    MediaLive user guide, design-rtmp-package: a group contains "One or more outputs", each "Zero
    or one audio encodes", "Zero or one captions encodes".
    """
    for path, output in _outputs(settings):
        if not (output.get("OutputSettings") or {}).get("RtmpOutputSettings"):
            continue
        for kind, encode in (
            ("AudioDescriptionNames", "audio"),
            ("CaptionDescriptionNames", "caption"),
        ):
            if len(output.get(kind) or []) > 1:
                yield f"{path}.{_wire_name(kind)}", f"an RTMP output has at most one {encode}"


def _smooth_outputs(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the outputs of an MS Smooth group that go to the destination of another one.

    AWS's message, recorded without a path: aws-cdk, aws-medialive-alpha/lib/output-group.ts, which
    says that the outputs share the group's destination and differ by their name modifiers alone.
    """
    for index, group in enumerate(settings.get("OutputGroups") or []):
        modifiers: list[Any] = []
        for number, output in enumerate(group.get("Outputs") or []):
            smooth = (output.get("OutputSettings") or {}).get("MsSmoothOutputSettings")
            if smooth is None:
                continue
            if smooth.get("NameModifier") in modifiers:
                path = f"outputGroups[{index}].outputs[{number}]"
                yield path, "Outputs must have unique destinations"
            modifiers.append(smooth.get("NameModifier"))


def _undefined_destinations(members: Members) -> Iterator[SettingsProblem]:
    """Yield the references to destinations that do not exist.

    AWS's message, recorded without a path: aws-sdk-java issue 1525.
    """
    defined = {destination.get("Id") for destination in members.get("Destinations") or []}
    groups = (members.get("EncoderSettings") or {}).get("OutputGroups") or []
    for path, reference in _references(groups, "outputGroups"):
        if reference not in defined:
            yield path, f'Object references undefined destination "{reference}"'


def _media_package_ids(members: Members) -> Iterator[SettingsProblem]:
    """Yield the groups that send to a malformed channel id of MediaPackage.

    AWS's path and message: aws-sdk-java-v2 issue 5716.
    """
    malformed = {
        destination.get("Id")
        for destination in members.get("Destinations") or []
        for settings in destination.get("MediaPackageSettings") or []
        if not _MEDIA_PACKAGE_ID.fullmatch(settings.get("ChannelId", "valid"))
    }
    groups = (members.get("EncoderSettings") or {}).get("OutputGroups") or []
    for index, group in enumerate(groups):
        settings = (group.get("OutputGroupSettings") or {}).get("MediaPackageGroupSettings") or {}
        if (settings.get("Destination") or {}).get("DestinationRefId") in malformed - {None}:
            yield (
                f"outputGroups[{index}].outputGroupSettings.destination.channelId",
                _MALFORMED_ID,
            )


def _references(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, id) of each reference to a destination, at any depth.

    The recorded paths into settings of a group or an output leave out their kind.
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "DestinationRefId":
                yield path, item
            elif key in _KINDS:
                for settings in (item or {}).values():
                    yield from _references(settings, f"{path}.{_wire_name(key)}")
            else:
                yield from _references(item, f"{path}.{_wire_name(key)}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _references(item, f"{path}[{index}]")


def _video_codecs(settings: Members) -> Iterator[tuple[str, str, Members]]:
    """Yield (path, kind, settings) of the codec of each video description."""
    for index, video in enumerate(settings.get("VideoDescriptions") or []):
        for kind, codec in (video.get("CodecSettings") or {}).items():
            yield f"videoDescriptions[{index}].codecSettings.{_wire_name(kind)}", kind, codec or {}


def _outputs(settings: Members) -> Iterator[tuple[str, Members]]:
    """Yield (path, output) of the outputs of all groups."""
    for index, group in enumerate(settings.get("OutputGroups") or []):
        for number, output in enumerate(group.get("Outputs") or []):
            yield f"outputGroups[{index}].outputs[{number}]", output


def _wire_name(member: str) -> str:
    """Return a member's name on the wire, which begins small."""
    return member[:1].lower() + member[1:]
