"""What viewers notice of a change, why, and for about how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.durations import durations
from lunora.plan.preview import State, Step

_CHANNEL = "aws:medialive/channel:Channel"
_INPUT = "livestream:index:PushInput"
_STATE = "livestream:index:ChannelState"
_REPLACING = frozenset({"create-replacement", "delete-replaced", "replace"})

# What a changed property of the channel means to people, by the beginning of its path.
_REASONS = {
    "encoderSettings.videoDescriptions": "video encoding",
    "encoderSettings.audioDescriptions": "audio encoding",
    "encoderSettings.outputGroups": "retry or output settings",
    "encoderSettings": "encoding",
    "destinations": "ingest or stream key",
    "inputSpecification": "what the flow carries",
    "inputAttachments": "its input",
    "channelClass": "redundancy",
    "roleArn": "the channels' role",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to a stream.

    Attributes:
        does: what the channel does, as in `restarts`.
        because: what about it changes.
        interrupts: whether a stream on air ends or pauses.
        seconds: for about how long nothing is sent; None where that is as declared.
    """

    does: str
    because: tuple[str, ...]
    interrupts: bool
    seconds: int | None = None


def effect(steps: Sequence[Step]) -> Effect | None:
    """Return what the viewers of one destination notice of its *steps*; None for nothing."""
    run_states = [step for step in steps if step.state.type == _STATE]
    was = _declared(step.old_state for step in run_states)
    will = _declared(step.new_state for step in run_states)
    if not run_states or (was, will) == ("stopped", "stopped"):
        return None
    if "stopped" in (was, will) or not _touches_the_channel(steps):
        return _declared_otherwise(was, will)
    return _restart(steps, scheduled=will == "scheduled")


def _declared_otherwise(was: object, will: object) -> Effect:
    if was == will:
        return Effect("starts", (f"it is declared {will}, but does not run",), interrupts=False)
    does = "stops" if will == "stopped" else f"is {will}"
    return Effect(does, (f"it was declared {was}",), interrupts=will != "running")


def _restart(steps: Sequence[Step], *, scheduled: bool) -> Effect:
    because = tuple(dict.fromkeys(_reasons(steps))) or ("its settings or its key",)
    replaced = any(step.op in _REPLACING for step in steps if step.state.type == _CHANNEL)
    does = "is replaced" if replaced else "restarts"
    moves = ("stop", "delete", "create", "start") if replaced else ("stop", "update", "start")
    seconds = sum(durations().seconds[f"channel.{move}"] for move in moves)
    when = ", if on air" if scheduled else ""
    return Effect(f"{does}{when}", because, interrupts=True, seconds=seconds)


def _touches_the_channel(steps: Iterable[Step]) -> bool:
    # A new revision announces the restart that an update of the channel brings.
    return any(
        step.op in _REPLACING or "revision" in (step.detailed_diff or {})
        for step in steps
        if step.state.type in {_CHANNEL, _STATE}
    )


def _declared(states: Iterable[State | None]) -> object:
    return next((state.inputs.get("state") for state in states if state), None)


def _reasons(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        if step.state.type == _INPUT and _changes(step, "securityGroupIds"):
            yield "the flow that feeds it"
        if step.state.type == _CHANNEL:
            for path in sorted(step.detailed_diff or {}):
                if not path.startswith("tags"):
                    yield _reason(path, step)


def _changes(step: Step, name: str) -> bool:
    return any(path.startswith(name) for path in step.detailed_diff or {})


def _reason(path: str, step: Step) -> str:
    reason = next((said for start, said in _REASONS.items() if path.startswith(start)), "settings")
    return _video_change(step) or reason if reason == "video encoding" else reason


def _video_change(step: Step) -> str | None:
    before, after = _video(step.old_state), _video(step.new_state)
    return f"video {before} becomes {after}" if before and after and before != after else None


def _video(state: State | None) -> str | None:
    try:
        (video,) = (state or State()).inputs["encoderSettings"]["videoDescriptions"]
        h264: Mapping[str, Any] = video["codecSettings"]["h264Settings"]
        fps = int(h264["framerateNumerator"]) // int(h264["framerateDenominator"])
        kbps = int(h264["bitrate"]) // 1000
        return f"{int(video['width'])}x{int(video['height'])} at {fps} fps and {kbps} kb/s"
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
