"""Whether a channel is built as a destination is: one input, one RTMP output, one key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog import stream_key
from lunora.adopt.errors import NotAdoptableError
from lunora.adopt.topology import DiscoveredStream, Feed

_PIPELINES = {"SINGLE_PIPELINE": 1, "STANDARD": 2}
_PROTOCOLS = frozenset({"rtp", "rtp-fec"})


@dataclass(frozen=True, slots=True)
class Structure:
    """The parts of a channel that a destination has one of.

    Attributes:
        destination: id of its destination.
        urls: of that, one a pipeline.
        group: its RTMP output group.
        output: the one output of that.
        video: the description of what it encodes.
        audio: likewise.
        input: the input attached to it, as ListInputs shows it.
        feeds: what sends to that, one a pipeline.
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


def structure(chain: DiscoveredStream) -> Structure:
    """Take *chain* apart.

    Raises:
        CannotAdopt: when it is built otherwise, with the first reason.
    """
    channel, encoder = chain.channel, chain.channel["EncoderSettings"]
    pipelines = _PIPELINES[channel["ChannelClass"]]
    if channel.get("Vpc"):
        raise NotAdoptableError("it runs in a VPC")
    target = _one(channel.get("Destinations", []), "destination")
    sent = target.get("Settings") or []
    if len(sent) != pipelines or not all(one.get("Url", "").startswith("rtmp") for one in sent):
        raise NotAdoptableError("it does not send RTMP")
    group = _one(encoder.get("OutputGroups", []), "output group")
    if "RtmpGroupSettings" not in group.get("OutputGroupSettings", {}):
        raise NotAdoptableError("it does not send RTMP")
    output = _one(group.get("Outputs", []), "output")
    video = _named(encoder, "VideoDescriptions", [output.get("VideoDescriptionName")], "video")
    audio = _named(encoder, "AudioDescriptions", output.get("AudioDescriptionNames", []), "sound")
    if "H264Settings" not in video.get("CodecSettings", {}):
        raise NotAdoptableError("it does not encode H.264")
    if "AacSettings" not in audio.get("CodecSettings", {}):
        raise NotAdoptableError("it does not encode AAC")
    return Structure(
        destination=target["Id"],
        urls=tuple(one["Url"] for one in sent),
        group=group,
        output=output,
        video=video,
        audio=audio,
        input=_input(chain),
        feeds=tuple(_feed(chain, pipeline) for pipeline in range(pipelines)),
        key=_key(sent),
    )


def _one(items: Sequence[Mapping[str, Any]], what: str) -> Mapping[str, Any]:
    if len(items) != 1:
        raise NotAdoptableError(f"it has {len(items)} {what}s where a destination has one")
    return items[0]


def _named(
    encoder: Mapping[str, Any], kind: str, names: Sequence[str | None], what: str
) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = [one for one in encoder.get(kind, []) if one["Name"] in names]
    if len(found) != 1:
        raise NotAdoptableError(
            f"it has no {what}" if not found else f"it has more than one {what}"
        )
    return found[0]


def _key(sent: Sequence[Mapping[str, Any]]) -> str:
    keys = {one.get("StreamName", "") for one in sent}
    if any(one.get("Username") or one.get("PasswordParam") for one in sent):
        raise NotAdoptableError("it signs in to its ingest with a user name")
    if len(keys) > 1:
        raise NotAdoptableError("its two pipelines have different stream keys")
    key: str = keys.pop()
    if not stream_key.is_possible(key):
        raise NotAdoptableError("its stream key is empty, has spaces or is a URL")
    return key


def _input(chain: DiscoveredStream) -> Mapping[str, Any]:
    found = _one(chain.inputs, "input")
    if found["Type"] != "RTP_PUSH":
        raise NotAdoptableError(
            f"its input is of type {found['Type']} where a destination has RTP_PUSH"
        )
    return found


def _feed(chain: DiscoveredStream, pipeline: int) -> Feed:
    feeds = chain.feeds.get(pipeline, ())
    if not feeds:
        raise NotAdoptableError(
            f"no flow of the stack's configuration sends to pipeline {pipeline} of its input"
        )
    if len(feeds) > 1:
        raise NotAdoptableError(
            f"{len(feeds)} flow outputs send to pipeline {pipeline} of its input"
        )
    if feeds[0].flow != chain.feeds[0][0].flow:
        raise NotAdoptableError("its pipelines are fed by two flows")
    output = feeds[0].output
    if output.protocol not in _PROTOCOLS:
        raise NotAdoptableError(f"its flow output sends {output.protocol}")
    if " " in output.name:
        raise NotAdoptableError("the name of its flow output has spaces")
    return feeds[0]
