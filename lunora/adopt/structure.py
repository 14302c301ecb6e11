"""Structure of a channel, which a destination has to share: one input, one RTMP output, one key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog import stream_key
from lunora.adopt.errors import FLOW, STREAM_KEY, STRUCTURE, NotAdoptableError
from lunora.adopt.topology import DiscoveredStream, Feed

_PIPELINES = {"SINGLE_PIPELINE": 1, "STANDARD": 2}
_PROTOCOLS = frozenset({"rtp", "rtp-fec"})


@dataclass(frozen=True, slots=True)
class Structure:
    """Parts of a channel; a destination has one of each.

    Attributes:
        destination: id of its destination.
        urls: URLs of its destination, one a pipeline.
        group: its RTMP output group.
        output: the output of the group.
        video: its video description.
        audio: its audio description.
        input: the input attached to it, as ListInputs shows it.
        feeds: the flow outputs that send to the input, one a pipeline.
        key: its stream key.
    """

    destination: str
    urls: tuple[str, ...]
    group: Mapping[str, Any]
    output: Mapping[str, Any]
    video: Mapping[str, Any]
    audio: Mapping[str, Any]
    input: Mapping[str, Any]
    feeds: tuple[Feed, ...]
    key: str


def structure(stream: DiscoveredStream) -> Structure:
    """Return the structure of *stream*.

    Raises:
        NotAdoptableError: when a destination has another structure, with the first difference.
    """
    channel, encoder = stream.channel, stream.channel["EncoderSettings"]
    pipelines = _PIPELINES[channel["ChannelClass"]]
    if channel.get("Vpc"):
        raise NotAdoptableError(STRUCTURE, "it runs in a VPC")
    target = _only(channel.get("Destinations", []), "destination")
    settings = target.get("Settings") or []
    if len(settings) != pipelines or not all(
        pipeline.get("Url", "").startswith("rtmp") for pipeline in settings
    ):
        raise NotAdoptableError(STRUCTURE, "it does not send RTMP")
    group = _only(encoder.get("OutputGroups", []), "output group")
    if "RtmpGroupSettings" not in group.get("OutputGroupSettings", {}):
        raise NotAdoptableError(STRUCTURE, "it does not send RTMP")
    output = _only(group.get("Outputs", []), "output")
    video = _named(encoder, "VideoDescriptions", [output.get("VideoDescriptionName")], "video")
    audio = _named(encoder, "AudioDescriptions", output.get("AudioDescriptionNames", []), "sound")
    if "H264Settings" not in video.get("CodecSettings", {}):
        raise NotAdoptableError(STRUCTURE, "it does not encode H.264")
    if "AacSettings" not in audio.get("CodecSettings", {}):
        raise NotAdoptableError(STRUCTURE, "it does not encode AAC")
    return Structure(
        destination=target["Id"],
        urls=tuple(pipeline["Url"] for pipeline in settings),
        group=group,
        output=output,
        video=video,
        audio=audio,
        input=_input(stream),
        feeds=tuple(_feed(stream, pipeline) for pipeline in range(pipelines)),
        key=_key(settings),
    )


def _only(items: Sequence[Mapping[str, Any]], what: str) -> Mapping[str, Any]:
    if len(items) != 1:
        raise NotAdoptableError(
            STRUCTURE, f"it has {len(items)} {what}s where a destination has one"
        )
    return items[0]


def _named(
    encoder: Mapping[str, Any], kind: str, names: Sequence[str | None], what: str
) -> Mapping[str, Any]:
    descriptions: list[Mapping[str, Any]] = [
        description for description in encoder.get(kind, []) if description["Name"] in names
    ]
    if len(descriptions) != 1:
        count = "more than one" if descriptions else "no"
        raise NotAdoptableError(STRUCTURE, f"it has {count} {what}")
    return descriptions[0]


def _key(settings: Sequence[Mapping[str, Any]]) -> str:
    keys = {pipeline.get("StreamName", "") for pipeline in settings}
    if any(pipeline.get("Username") or pipeline.get("PasswordParam") for pipeline in settings):
        raise NotAdoptableError(STREAM_KEY, "it signs in to its ingest with a user name")
    if len(keys) > 1:
        raise NotAdoptableError(STREAM_KEY, "its two pipelines have different stream keys")
    key: str = keys.pop()
    if not stream_key.is_possible(key):
        raise NotAdoptableError(
            STREAM_KEY, "its stream key is empty, a URL, or has spaces or invisible characters"
        )
    return key


def _input(stream: DiscoveredStream) -> Mapping[str, Any]:
    attached = _only(stream.inputs, "input")
    if attached["Type"] != "RTP_PUSH":
        raise NotAdoptableError(
            STRUCTURE, f"its input is of type {attached['Type']} where a destination has RTP_PUSH"
        )
    return attached


def _feed(stream: DiscoveredStream, pipeline: int) -> Feed:
    feeds = stream.feeds.get(pipeline, ())
    if not feeds:
        raise NotAdoptableError(
            FLOW, f"no flow of the stack's configuration sends to pipeline {pipeline} of its input"
        )
    if len(feeds) > 1:
        raise NotAdoptableError(
            FLOW, f"{len(feeds)} flow outputs send to pipeline {pipeline} of its input"
        )
    if feeds[0].flow != stream.feeds[0][0].flow:
        raise NotAdoptableError(FLOW, "its pipelines are fed by two flows")
    output = feeds[0].output
    if output.protocol not in _PROTOCOLS:
        raise NotAdoptableError(FLOW, f"its flow output sends {output.protocol}")
    if " " in output.name:
        raise NotAdoptableError(FLOW, "the name of its flow output has spaces")
    return feeds[0]
