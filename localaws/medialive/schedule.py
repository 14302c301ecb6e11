"""The schedule of a channel: its actions, when each starts, and what they do to the channel.

User guide: "How schedule actions work", "Starting and restarting a channel that has multiple
inputs", "Deleting actions from the schedule".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localaws.history import since
from localaws.resource import Resource

SWITCH, PREPARE, PAUSE = "InputSwitchSettings", "InputPrepareSettings", "PauseStateSettings"
_MOTION_ENDS = "MotionGraphicsImageDeactivateSettings"
_IMAGE_ENDS = "StaticImageDeactivateSettings"
_OUTPUT_IMAGE_ENDS = "StaticImageOutputDeactivateSettings"
FIXED, FOLLOW, IMMEDIATE = (
    f"{mode}ModeScheduleActionStartSettings" for mode in ("Fixed", "Follow", "Immediate")
)

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d)[:;](\d\d)")

# User guide, input switch with immediate start: "MediaLive internally sets the start time to 10
# seconds in the future", of a standard channel.
_STANDARD_SWITCH_SECONDS = 10.0
# botocore, ScheduleAction.ActionName: actions are removed "with a start time of more than 1 hour
# ago (approximately)".
_KEPT_SECONDS = 3600.0
# Ours: how long a file is whose clip has no stop. The emulator never reads the file.
_FILE_SECONDS = 60.0
# Whatever these receive has no end (user guide, ips-switch-types); a URL_PULL may be a file.
FILES = frozenset({"MP4_FILE", "TS_FILE", "URL_PULL"})
# Name of the action before any switch: medialive-channel-orchestrator, app.py, and bbc dazzler.
_INITIAL = "Initial Channel Input"


_NONE: Mapping[str, Any] = {}
_RUNS = frozenset({"RUNNING", "RECOVERING"})


def paused(number: int) -> str:
    """Return the condition of a channel whose pipeline of that *number* is paused."""
    return f"paused-{number}"


_PAUSED = frozenset(map(paused, range(2)))


@dataclass(slots=True)
class Entry:
    """An action of a schedule.

    Attributes:
        action: as DescribeSchedule shows it.
        created: in seconds since the epoch.
        start: likewise; None while what it follows has not ended.
        done: when the channel performed it or passed over it; None before.
    """

    action: Mapping[str, Any]
    created: float
    start: float | None
    done: float | None = None

    @property
    def name(self) -> str:
        """Name of the action."""
        return str(self.action["ActionName"])

    @property
    def kind(self) -> str:
        """Member of ScheduleActionSettings that it has."""
        return str(next(iter(self.action["ScheduleActionSettings"])))

    @property
    def settings(self) -> Mapping[str, Any]:
        """Settings of its kind."""
        settings: Mapping[str, Any] = self.action["ScheduleActionSettings"][self.kind]
        return settings

    @property
    def follows(self) -> Mapping[str, str] | None:
        """The action it follows, at its start or end; None where it follows nothing."""
        follow: Mapping[str, str] | None = self.action["ScheduleActionStartSettings"].get(FOLLOW)
        return follow

    def has_begun(self, time: float) -> bool:
        """Tell whether its start is not after *time*."""
        return self.start is not None and self.start <= time


@dataclass(slots=True)
class Schedule:
    """The actions of a channel.

    Attributes:
        entries: in the order in which they were created.
        ends: of images and motion graphics that end by themselves.
        images: that are shown, by layer and the name of an output; None for all outputs.
        running_since: since when the channel has run without a break, as of the last look.
    """

    entries: list[Entry] = field(default_factory=list)
    ends: list[Entry] = field(default_factory=list)
    images: dict[tuple[int, str | None], Mapping[str, Any]] = field(default_factory=dict)
    running_since: float | None = None

    def find(self, name: str) -> Entry | None:
        """Return the action of that name, if there is one."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def latest(self, kind: str, time: float) -> Entry | None:
        """Return the fixed or immediate action of *kind* that began last, up to *time*."""
        begun = (
            entry
            for entry in self.entries
            if entry.kind == kind and entry.follows is None and entry.has_begun(time)
        )
        return max(begun, key=lambda entry: entry.start or 0.0, default=None)

    def chain(self, first: Entry) -> list[Entry]:
        """Return *first* and all that follows it, directly or not."""
        members = [first]
        for link in members:
            members += [
                entry
                for entry in self.entries
                if (follow := entry.follows) and follow["ReferenceActionName"] == link.name
            ]
        return members

    def in_order(self) -> list[Entry]:
        """Return the actions by their start, each before those that follow it.

        The order of DescribeSchedule is that of the example of the user guide, viewing the schedule
        (AWS CLI); unverified for immediate and follow.
        """
        firsts = sorted(
            (entry for entry in self.entries if entry.follows is None),
            key=lambda entry: entry.start or 0.0,
        )
        return [link for first in firsts for link in self.chain(first)]

    def clean(self, time: float) -> None:
        """Remove what began long ago; what the channel is to recover with stays."""
        kept = {entry.name for entry in self.entries if not entry.has_begun(time - _KEPT_SECONDS)}
        for first in (self.latest(SWITCH, time), self.latest(PREPARE, time)):
            kept |= {link.name for link in self.chain(first)} if first else set()
        while (
            followed := {
                follow["ReferenceActionName"]
                for entry in self.entries
                if entry.name in kept and (follow := entry.follows) is not None
            }
            - kept
        ):
            kept |= followed
        self.entries = [entry for entry in self.entries if entry.name in kept]
        self.ends = [ending for ending in self.ends if ending.done is None]


@dataclass(frozen=True, slots=True)
class InputChange:
    """A switch that a pipeline made.

    Attributes:
        time: in seconds since the epoch.
        pipeline: `0` or `1`.
        attachment: name of the input attachment.
        action: name of the action.
    """

    time: float
    pipeline: str
    attachment: str
    action: str


def start_of(action: Mapping[str, Any], channel: Mapping[str, Any], now: float) -> float | None:
    """Return when a new *action* starts, in seconds since the epoch; None where it follows."""
    start = action["ScheduleActionStartSettings"]
    if FIXED in start:
        return parsed(start[FIXED]["Time"])
    if FOLLOW in start:
        return None
    is_switch = SWITCH in action["ScheduleActionSettings"]
    waits = is_switch and channel["ChannelClass"] == "STANDARD" and channel["State"] == "RUNNING"
    return now + _STANDARD_SWITCH_SECONDS if waits else now


def parsed(time: str) -> float | None:
    """Return a time of the form yyyy-mm-ddThh:mm:ss.nnnZ in seconds; None for any other text."""
    if not _TIME.fullmatch(time):
        return None
    try:
        return dt.datetime.fromisoformat(time).timestamp()
    except ValueError:
        return None


def timecode_seconds(timecode: str) -> float | None:
    """Return a timecode HH:MM:SS:FF in seconds, without its frames; None for any other text."""
    match = _TIMECODE.fullmatch(timecode)
    if match is None:
        return None
    hours, minutes, seconds, _ = map(int, match.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def attachment_named(channel: Mapping[str, Any], name: str | None) -> Mapping[str, Any] | None:
    """Return the input attachment of that name, if the channel has it."""
    attachments: Sequence[Mapping[str, Any]] = channel.get("InputAttachments") or []
    return next((item for item in attachments if item.get("InputAttachmentName") == name), None)


def active_input(attachment: Mapping[str, Any], action: str = _INITIAL) -> dict[str, Any]:
    """Return the members of PipelineDetails about the input that *action* switched to.

    With automatic failover the input is left out: the metric PrimaryInputActive tells.
    """
    name = attachment.get("InputAttachmentName")
    shown = name is not None and not attachment.get("AutomaticInputFailoverSettings")
    return {
        "ActiveInputSwitchActionName": action,
        **({"ActiveInputAttachmentName": name} if shown else {}),
    }


def perform(
    schedule: Schedule, channel: Resource, inputs: Mapping[str, Resource], now: float
) -> Iterator[InputChange]:
    """Perform what has come due on a running channel; yields its switches of inputs.

    A channel that recovers goes on where it was (user guide, ips-manage-schedule); that it stays
    paused is unverified, as is that a channel starts unpaused.
    """
    if channel.state not in _RUNS:
        for condition in channel.conditions & _PAUSED:
            channel.clear_condition(condition, channel.history[-1].time)
    if channel.state == "RUNNING":
        running_since = since(channel.history, now, lambda moment: moment.state in _RUNS)
        if schedule.running_since != running_since:
            schedule.running_since = running_since
            yield from _begin(schedule, channel, running_since)
        while (entry := _next_due(schedule, channel, inputs, now)) is not None:
            entry.done = max(entry.start or 0.0, running_since)
            yield from _performed(schedule, channel, entry, entry.done)
    schedule.clean(now)


def _begin(schedule: Schedule, channel: Resource, time: float) -> Iterator[InputChange]:
    """Switch a channel that begins to run to the input that the schedule says it is at.

    The other actions that are overdue: a fixed one is passed over and an immediate one is performed
    now; both are unverified, as is that no image is shown.
    """
    schedule.images.clear()
    schedule.ends.clear()
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
        yield from _switch(channel, latest, time)


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


def ends(attachment: Mapping[str, Any], inputs: Mapping[str, Resource]) -> bool:
    """Tell whether an input may come to its end, after which another one can follow.

    User guide, input switch with follow start: "a source end behavior of Continue".
    """
    item = inputs.get(attachment["InputId"])
    loops = (attachment.get("InputSettings") or {}).get("SourceEndBehavior") == "LOOP"
    return item is not None and item.members["Type"] in FILES and not loops


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
            yield from _switch(channel, entry, time)
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


def _switch(channel: Resource, entry: Entry, time: float) -> Iterator[InputChange]:
    name = entry.settings["InputAttachmentNameReference"]
    attachment = attachment_named(channel.members, name)
    if attachment is None:
        return
    for detail in channel.members["PipelineDetails"]:
        detail.pop("ActiveInputAttachmentName", None)
        detail.update(active_input(attachment, entry.name))
        yield InputChange(time, detail["PipelineId"], name, entry.name)


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
