"""Effect of a change on the viewers of a stream: the interruption, its reasons and its length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.durations import durations
from catalog.frame_rate import FrameRate
from lunora.plan.preview import ResourceState, Step
from provider import interruption
from provider.resource import root_of

CHANNEL = "livestream:index:Channel"
"""The type token of a channel."""

_INPUTS = frozenset({"livestream:index:FlowInput", "livestream:index:PushInput"})
_OUTPUT = "livestream:index:FlowOutput"
_STATES = {"ENABLED": "running", "DISABLED": "stopped", "SCHEDULED": "scheduled"}
_REPLACING = frozenset({"create-replacement", "delete-replaced", "replace"})

# The property path in the provider's replacement of a channel that is gone in AWS.
_GONE = "arn"

# Properties of a flow output whose change leaves the stream as it is; `status` switches it.
_UNNOTICED = frozenset({"description", "existingId", "marginMinutes", "schedule", "status", "tags"})
_REASONS_OF_OUTPUT = {
    "protocol": "its protocol",
    "rtmpPush": "ingest or stream key",
    "smoothingLatency": "its RTP settings",
    "srt": "its SRT settings",
    "flowArn": "the flow that sends it",
}

_VIDEO_ENCODING = "video encoding"
_VIDEO_MEMBER = re.compile(r"VideoDescriptions\[\d+\](?:\.CodecSettings\.\w+)?\.(\w+)")
_SHOWN_MEMBERS = 3
_INPUT_LOSS = "what it sends without a source"
_RTMP_GROUP = "encoderSettings.OutputGroups[0].OutputGroupSettings.RtmpGroupSettings"

# Meaning of a changed property of the channel, by the beginning of its path.
_REASONS = {
    "encoderSettings.VideoDescriptions": _VIDEO_ENCODING,
    "encoderSettings.AudioDescriptions": "audio encoding",
    "encoderSettings.GlobalConfiguration": _INPUT_LOSS,
    interruption.STAYS: "its first logo",
    f"{_RTMP_GROUP}.InputLossAction": _INPUT_LOSS,
    # The second group and its destination are of the recording (`catalog.encoder`).
    "encoderSettings.OutputGroups[1]": "its recording",
    "destinations[1]": "its recording",
    "encoderSettings.OutputGroups": "retry or output settings",
    "encoderSettings": "encoding",
    "destinations": "ingest",
    "inputSpecification": "what the flow carries",
    "inputAttachments[0].AutomaticInputFailoverSettings.": "failover",
    **{f"inputAttachments[{number}].InputSettings": "audio selection" for number in (0, 1)},
    "inputAttachments": "its input",
    "channelClass": "redundancy",
    "roleArn": "the channels' role",
    "maintenance": "its maintenance window",
    "channelSecurityGroups": "the group of its callers",
    "secretVersions": "its passphrase",
    "name": "its name",
}
_STREAM_KEY = re.compile(r"destinations\[\d+\]\.(Srt)?Settings\[\d+\]\.Stream(Name|Id)")


@dataclass(frozen=True, slots=True)
class Impact:
    """Effect of a change on a stream.

    Attributes:
        does: the action of the channel, for example `restarts`.
        because: the reasons, a phrase each.
        interrupts: whether a stream on air ends or pauses.
        seconds: approximate length of the interruption; None where the file declares it, 0 for
            less than a minute.
        by_hours: whether it ends or pauses only outside the hours of its schedule.
    """

    does: str
    because: tuple[str, ...]
    interrupts: bool
    seconds: int | None = None
    by_hours: bool = False


def impact(steps: Sequence[Step], deployed: object) -> Impact | None:
    """Return the effect of *steps* on the viewers of one destination; None without one.

    Args:
        steps: steps of its resources that change.
        deployed: state of its channel in the last deployment, for a channel without a step; None
            without a channel.
    """
    channel = [step for step in steps if step.state.type == CHANNEL]
    paths = {path for step in channel for path in step.detailed_diff or {}}
    if _stays_on(channel):
        paths.discard(interruption.STAYS)
    was = _declared((step.old_state for step in channel), deployed)
    removed = any(step.op == "delete" for step in channel)
    will = None if removed else _declared((step.new_state for step in channel), was)
    if was is None:
        return _switched(steps) or _redirected(steps, will)
    because = _because(steps, paths)
    if removed or (was != will and ("stopped" in (was, will) or not because)):
        return _declared_otherwise(was, will)
    if was == will and not paths.isdisjoint({"state", _GONE}):
        return _not_as_declared(will, gone=_GONE in paths)
    if not channel and not because:
        return _switched(steps) or _fed_otherwise(steps)
    scheduled = will == "scheduled"
    if because and will != "stopped":
        return _restart(channel, because, scheduled=scheduled)
    return (_other_hours(paths) if scheduled else None) or _other_logo(channel, paths)


def _stays_on(channel: Iterable[Step]) -> bool:
    """Tell whether the declaration of a member goes that stays in the channel."""
    return any(
        (step.detailed_diff or {}).get(interruption.STAYS, {}).get("kind") == "delete"
        for step in channel
    )


def _other_logo(channel: Iterable[Step], paths: Iterable[str]) -> Impact | None:
    """Return the effect of a logo that changes without a stop."""
    if not any(root_of(path) == "logo" for path in paths):
        return None
    shows = any(step.new_state and step.new_state.inputs.get("logo") for step in channel)
    does = "shows another logo" if shows else "hides its logo"
    return Impact(does, ("its file says",), interrupts=False)


def _other_hours(paths: Iterable[str]) -> Impact | None:
    if not any(root_of(path) == "schedule" for path in paths):
        return None
    return Impact("follows other hours", ("its schedule",), interrupts=True, by_hours=True)


def _switched(steps: Iterable[Step]) -> Impact | None:
    """Return the effect of a flow output whose status changes without its channel."""
    for step in steps:
        if step.state.type == _OUTPUT and "status" in (step.detailed_diff or {}):
            was, will = (_status(state) for state in (step.old_state, step.new_state))
            if was != will:
                return _declared_otherwise(was, will)
            if will == "running":
                return Impact("is fed again", ("its flow output is disabled",), interrupts=False)
            # The output of a stopped channel has no viewers.
            feeds = str(step.state.inputs.get("protocol", "")).startswith("rtp")
            return Impact("stops", ("its flow output is enabled",), interrupts=not feeds)
    return None


def _fed_otherwise(steps: Iterable[Step]) -> Impact | None:
    """Return the effect of another transport from the flow to the channel."""
    for step in steps:
        if step.state.type == _OUTPUT and "protocol" in (step.detailed_diff or {}):
            return Impact("is fed anew", ("its transport",), interrupts=True, seconds=0)
    return None


def _redirected(steps: Iterable[Step], channel: object) -> Impact | None:
    """Return the effect of other settings of an output that sends without a channel.

    Args:
        steps: steps of the destination's resources.
        channel: declared state of the channel that it is to have; None without one.
    """
    for step in steps:
        old = step.old_state
        if step.state.type != _OUTPUT or old is None or _status(old) == "stopped":
            continue
        roots = {root_of(path) for path in step.detailed_diff or {}}
        because = dict.fromkeys(
            _REASONS_OF_OUTPUT.get(root, "ingest") for root in sorted(roots - _UNNOTICED)
        )
        when = ", if on air" if _status(old) == "scheduled" else ""
        if channel is not None:
            seconds = durations().of("channel.create", "channel.start")
            does = f"is encoded by a channel{when}"
            return Impact(does, ("another route",), interrupts=True, seconds=seconds)
        if because:
            does = "is replaced" if step.op in _REPLACING else "reconnects"
            return Impact(f"{does}{when}", tuple(because), interrupts=True, seconds=0)
        if when and (hours := _other_hours(roots)):
            return hours
    return None


def _status(state: ResourceState | None) -> object:
    return _STATES.get((state or ResourceState()).inputs.get("status", ""))


def _declared_otherwise(was: object, will: object) -> Impact:
    if will is None:
        return Impact("is removed", ("another route",), interrupts=was != "stopped")
    does = "stops" if will == "stopped" else f"is {will}"
    interrupts = was != "stopped" and will != "running"
    by_hours = interrupts and will == "scheduled"
    return Impact(does, (f"it was declared {was}",), interrupts=interrupts, by_hours=by_hours)


def _not_as_declared(declared: object, *, gone: bool) -> Impact:
    if gone:
        return Impact("is created again", ("it is gone",), interrupts=False)
    if declared == "stopped":
        return Impact("stops", ("it is declared stopped, but may run",), interrupts=True)
    return Impact("starts", (f"it is declared {declared}, but does not run",), interrupts=False)


def _restart(channel: Sequence[Step], because: tuple[str, ...], *, scheduled: bool) -> Impact:
    replaced = any(step.op in _REPLACING for step in channel)
    does = "is replaced" if replaced else "restarts"
    moves = ("stop", "delete", "create", "start") if replaced else ("stop", "update", "start")
    seconds = durations().of(*(f"channel.{move}" for move in moves))
    when = ", if on air" if scheduled else ""
    return Impact(f"{does}{when}", because, interrupts=True, seconds=seconds)


def _declared(states: Iterable[ResourceState | None], default: object) -> object:
    return next((state.inputs.get("state") for state in states if state), default)


def _because(steps: Iterable[Step], paths: Iterable[str]) -> tuple[str, ...]:
    """Return the interrupting changes of the channel and its inputs, each once."""
    return tuple(dict.fromkeys(_reasons(steps, paths)))


def _reasons(steps: Iterable[Step], paths: Iterable[str]) -> Iterator[str]:
    for step in steps:
        if step.state.type in _INPUTS:
            yield from _reasons_of_input(step)
    video = next(filter(None, map(_video_change, steps)), None)
    interrupting = sorted(filter(interruption.of_channel, paths))
    for path in interrupting:
        reason = _reason(path)
        yield video or _encoding_reason(interrupting) if reason == _VIDEO_ENCODING else reason


def _reasons_of_input(step: Step) -> Iterator[str]:
    for path in filter(interruption.of_input, step.detailed_diff or {}):
        others = {"name": "the name of its input", "roleArn": "the channels' role"}
        yield others.get(path, "the flow that feeds it")


def _encoding_reason(paths: Iterable[str]) -> str:
    """Return the changed members of the video encoder, where picture and bitrate stay."""
    matches = filter(None, map(_VIDEO_MEMBER.search, paths))
    members = list(dict.fromkeys(match[1] for match in matches))
    if not members:
        return _VIDEO_ENCODING
    shown, more = members[:_SHOWN_MEMBERS], len(members) - _SHOWN_MEMBERS
    listed = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return f"{_VIDEO_ENCODING} ({listed})"


def _reason(path: str) -> str:
    if _STREAM_KEY.match(path):
        return "stream key"
    reasons = (reason for start, reason in _REASONS.items() if path.startswith(start))
    return next(reasons, "settings")


def _video_change(step: Step) -> str | None:
    before, after = _video(step.old_state), _video(step.new_state)
    return f"video {before} becomes {after}" if before and after and before != after else None


def _video(state: ResourceState | None) -> str | None:
    try:
        (video,) = (state or ResourceState()).inputs["encoderSettings"]["VideoDescriptions"]
        h264: Mapping[str, Any] = video["CodecSettings"]["H264Settings"]
        fps = FrameRate(int(h264["FramerateNumerator"]), int(h264["FramerateDenominator"]))
        kbps = int(h264["Bitrate"]) // 1000
        size = f"{int(video['Width'])}x{int(video['Height'])}"
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    quality = ", enhanced quality" if h264.get("QualityLevel") == "ENHANCED_QUALITY" else ""
    return f"{size} at {fps} fps and {kbps} kb/s{quality}"
