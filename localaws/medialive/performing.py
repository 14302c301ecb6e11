"""Effects of a schedule's actions on a running channel, at their times.

User guide: "How schedule actions work", "Starting and restarting a channel that has multiple
inputs".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localaws.history import since
from localaws.medialive.schedule import (
    IMMEDIATE,
    SWITCH,
    Entry,
    InputChange,
    Schedule,
    active_input,
    attachment_named,
    ends,
    timecode_seconds,
)
from localaws.resource import Resource

_MOTION_ENDS = "MotionGraphicsImageDeactivateSettings"
_IMAGE_ENDS = "StaticImageDeactivateSettings"
_OUTPUT_IMAGE_ENDS = "StaticImageOutputDeactivateSettings"
# Ours: how long a file is whose clip has no stop. The emulator never reads the file.
_FILE_SECONDS = 60.0
_NONE: Mapping[str, Any] = {}
RUNS = frozenset({"RUNNING", "RECOVERING"})


def paused(number: int) -> str:
    """Return the condition of a channel whose pipeline of that *number* is paused."""
    return f"paused-{number}"


_PAUSED = frozenset(map(paused, range(2)))


def perform(
    schedule: Schedule,
    channel: Resource,
    inputs: Mapping[str, Resource],
    now: float,
    *,
    keeps_images: bool = False,
) -> Iterator[InputChange]:
    """Perform what has come due on a running channel; yields its switches of inputs.

    A channel that recovers goes on where it was (user guide, ips-manage-schedule); that it stays
    paused is unverified, as is that a channel starts unpaused.

    Args:
        schedule: of the channel.
        channel: the channel.
        inputs: of the region, by id.
        now: in seconds since the epoch.
        keeps_images: whether images outlive a stop; a disputed reading.
    """
    if channel.state not in RUNS:
        for condition in channel.conditions & _PAUSED:
            channel.clear_condition(condition, channel.history[-1].time)
    if channel.state == "RUNNING":
        running_since = since(channel.history, now, lambda moment: moment.state in RUNS)
        if schedule.running_since != running_since:
            schedule.running_since = running_since
            _take_images(schedule, channel.members, keeps=keeps_images)
            yield from _begin(schedule, channel, running_since)
        while (entry := _next_due(schedule, channel, inputs, now)) is not None:
            entry.done = max(entry.start or 0.0, running_since)
            yield from _performed(schedule, channel, entry, entry.done)
    schedule.clean(now)


def _take_images(schedule: Schedule, channel: Mapping[str, Any], *, keeps: bool) -> None:
    """Leave to a channel that begins to run what it keeps of the images before."""
    if not keeps:
        schedule.images.clear()
        schedule.ends.clear()
        return
    encoder = channel["EncoderSettings"]
    features = encoder.get("FeatureActivations") or {}
    groups = encoder["OutputGroups"]
    names: set[str | None] = {None}
    if features.get("OutputStaticImageOverlayScheduleActions") == "ENABLED":
        names |= {output.get("OutputName") for group in groups for output in group["Outputs"]}
    for key in [key for key in schedule.images if key[1] not in names]:
        del schedule.images[key]


def _begin(schedule: Schedule, channel: Resource, time: float) -> Iterator[InputChange]:
    """Switch a channel that begins to run to the input that the schedule says it is at.

    The other actions that are overdue: a fixed one is passed over, which is unverified. An
    immediate one is performed now (user guide, cli-schedule-fields-for-activate-image-per-output:
    "as soon as the channel starts"; unverified of other actions than that one).
    """
    for entry in schedule.entries:
        waits = IMMEDIATE in entry.action["ScheduleActionStartSettings"] and entry.kind != SWITCH
        if entry.done is None and entry.has_begun(time) and not waits:
            entry.done = entry.start
    latest = schedule.latest(SWITCH, time)
    if latest is not None and not _is_active(channel, latest):
        # "It starts ingesting the input at the start of the file", and what follows follows again.
        for link in schedule.chain(latest)[1:]:
            link.start = link.done = None
        latest.done = time
        yield from _switch(schedule, channel, latest, time)


def _next_due(
    schedule: Schedule, channel: Resource, inputs: Mapping[str, Resource], now: float
) -> Entry | None:
    for entry in schedule.entries:
        if entry.follows is not None and entry.done is None:
            entry.start = _start_of_follower(schedule, channel, inputs, entry)
    due = (
        entry
        for entry in (*schedule.entries, *schedule.ends)
        if entry.done is None and entry.has_begun(now)
    )
    return min(due, key=lambda entry: (entry.start or 0.0, entry.follows is not None), default=None)


def _start_of_follower(
    schedule: Schedule, channel: Resource, inputs: Mapping[str, Resource], entry: Entry
) -> float | None:
    follow = entry.follows or {}
    reference = schedule.find(follow["ReferenceActionName"])
    if reference is None or reference.done is None or not _is_active(channel, reference):
        return None
    seconds = (
        0.0 if follow["FollowPoint"] == "START" else _seconds(channel.members, inputs, reference)
    )
    return None if seconds is None else max(reference.done + seconds, entry.created)


def _seconds(
    channel: Mapping[str, Any], inputs: Mapping[str, Resource], switch: Entry
) -> float | None:
    """Return how long the input of a *switch* lasts; None where it does not end."""
    attachment = attachment_named(channel, switch.settings["InputAttachmentNameReference"])
    if attachment is None or not ends(attachment, inputs):
        return None
    clip = switch.settings.get("InputClippingSettings") or {}
    begin, end = (
        timecode_seconds((clip.get(side) or {}).get("Timecode") or "")
        for side in ("StartTimecode", "StopTimecode")
    )
    return _FILE_SECONDS if end is None else max(end - (begin or 0.0), 0.0)


def _is_active(channel: Resource, switch: Entry) -> bool:
    return any(
        detail.get("ActiveInputSwitchActionName") == switch.name
        for detail in channel.members["PipelineDetails"]
    )


def _performed(
    schedule: Schedule, channel: Resource, entry: Entry, time: float
) -> Iterator[InputChange]:
    match entry.kind:
        case "InputSwitchSettings":
            yield from _switch(schedule, channel, entry, time)
        case "PauseStateSettings":
            _pause(channel, entry.settings, time)
        case "MotionGraphicsImageActivateSettings":
            _show_motion_graphics(channel, entry)
            _end_after(schedule, entry, time, _MOTION_ENDS)
        case "MotionGraphicsImageDeactivateSettings":
            _show_motion_graphics(channel, None)
            _forget_end(schedule, _MOTION_ENDS)
        case "StaticImageActivateSettings" | "StaticImageOutputActivateSettings":
            for about, key in _images(entry):
                schedule.images[key] = entry.settings
                _end_after(schedule, entry, time, *about)
        case "StaticImageDeactivateSettings" | "StaticImageOutputDeactivateSettings":
            for about, key in _images(entry):
                schedule.images.pop(key, None)
                _forget_end(schedule, *about)


def _switch(
    schedule: Schedule, channel: Resource, entry: Entry, time: float
) -> Iterator[InputChange]:
    name = entry.settings["InputAttachmentNameReference"]
    attachment = attachment_named(channel.members, name)
    if attachment is None:
        return
    for detail in channel.members["PipelineDetails"]:
        detail.pop("ActiveInputAttachmentName", None)
        detail.update(active_input(attachment, entry.name))
        change = InputChange(time, detail["PipelineId"], name, entry.name)
        schedule.switches.append(change)
        yield change


def _pause(channel: Resource, settings: Mapping[str, Any], time: float) -> None:
    """Pause the pipelines that are named; "always set to unpaused" are the others (user guide)."""
    named = {item["PipelineId"] for item in settings.get("Pipelines") or []}
    for number in range(len(channel.members["PipelineDetails"])):
        if f"PIPELINE_{number}" in named:
            channel.add_condition(paused(number), time)
        else:
            channel.clear_condition(paused(number), time)


def _show_motion_graphics(channel: Resource, entry: Entry | None) -> None:
    for detail in channel.members["PipelineDetails"]:
        detail.pop("ActiveMotionGraphicsActionName", None)
        detail.pop("ActiveMotionGraphicsUri", None)
        if entry is not None:
            detail["ActiveMotionGraphicsActionName"] = entry.name
            if url := entry.settings.get("Url"):
                detail["ActiveMotionGraphicsUri"] = url


def _images(
    entry: Entry,
) -> Iterator[tuple[tuple[str, dict[str, Any]], tuple[int, str | None]]]:
    """Yield (what ends it, layer and output) of each image that an action is about.

    botocore, Layer: "Default is 0".
    """
    layer = entry.settings.get("Layer", 0)
    if "OutputNames" not in entry.settings:
        yield (_IMAGE_ENDS, {"Layer": layer}), (layer, None)
    for name in entry.settings.get("OutputNames", []):
        yield (_OUTPUT_IMAGE_ENDS, {"Layer": layer, "OutputNames": [name]}), (layer, name)


def _end_after(
    schedule: Schedule, entry: Entry, time: float, kind: str, settings: Mapping[str, Any] = _NONE
) -> None:
    """Let what *entry* shows end after its duration, in place of an earlier end.

    botocore, Duration: without it or with 0, until a deactivate action. FadeOut "effectively
    extends the duration".
    """
    _forget_end(schedule, kind, settings)
    if milliseconds := entry.settings.get("Duration"):
        ending = {
            "ActionName": entry.name,
            "ScheduleActionSettings": {kind: settings},
            "ScheduleActionStartSettings": {IMMEDIATE: {}},
        }
        milliseconds += entry.settings.get("FadeOut", 0)
        schedule.ends.append(Entry(ending, time, time + milliseconds / 1000))


def _forget_end(schedule: Schedule, kind: str, settings: Mapping[str, Any] = _NONE) -> None:
    schedule.ends = [
        ending for ending in schedule.ends if (ending.kind, ending.settings) != (kind, settings)
    ]
