"""Rules of BatchUpdateSchedule: what a schedule takes, and what can be deleted from it.

Each rule has its source; the messages and the spelling of the paths are unverified. The module is
pure.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from localaws.medialive import schedule as schedules
from localaws.medialive.schedule import FIXED, FOLLOW, PREPARE, SWITCH, Entry, Schedule
from localaws.resource import Resource
from provider.channel_rules import SettingsProblem

Members = Mapping[str, Any]

# User guide, how-batch-schedule-requests-work: "at least 15 seconds in the future"; "How schedule
# actions work": "not more than 14 days".
_LEAST_AHEAD, _MOST_AHEAD = 15.0, 14 * 86400.0
# User guide, sched-timing-types, note A.
_MAY_FOLLOW = frozenset(
    {
        SWITCH,
        PREPARE,
        "Scte35InputSettings",
        "Scte35ReturnToNetworkSettings",
        "Scte35SpliceInsertSettings",
        "Scte35TimeSignalSettings",
    }
)
# What a channel has to have enabled: botocore, FeatureActivations, "only if this feature is
# enabled"; user guide, mgi-prepare-channel.
_FEATURES = {
    PREPARE: ("FeatureActivations", "InputPrepareScheduleActions"),
    **dict.fromkeys(
        ("MotionGraphicsImageActivateSettings", "MotionGraphicsImageDeactivateSettings"),
        ("MotionGraphicsConfiguration", "MotionGraphicsInsertion"),
    ),
    **dict.fromkeys(
        ("StaticImageOutputActivateSettings", "StaticImageOutputDeactivateSettings"),
        ("FeatureActivations", "OutputStaticImageOverlayScheduleActions"),
    ),
}
# User guide, limits: there is a limit, in eml-limitations-and-rules; the figure is unverified.
MOST_ACTIONS = 1500
_HEX = re.compile("(?:[0-9A-Fa-f]{2})*")


def problems(
    channel: Members,
    schedule: Schedule,
    creates: Sequence[Members],
    inputs: Mapping[str, Resource],
    now: float,
) -> Iterator[SettingsProblem]:
    """Yield (path, message) of what is wrong with new actions.

    Args:
        channel: as DescribeChannel shows it.
        schedule: the other actions, without those that the request deletes.
        creates: the new actions.
        inputs: of the region, by id.
        now: in seconds since the epoch.
    """
    if len(schedule.entries) + len(creates) > MOST_ACTIONS:
        yield "creates.scheduleActions", f"a schedule has at most {MOST_ACTIONS} actions"
    for index, action in enumerate(creates):
        path = f"creates.scheduleActions[{index}]"
        # botocore, ScheduleAction.ActionName: "must be unique within the schedule".
        earlier = {other["ActionName"] for other in creates[:index]}
        if action["ActionName"] in earlier or schedule.find(action["ActionName"]) is not None:
            yield f"{path}.actionName", f"another action is named {action['ActionName']}"
        settings, start = action["ScheduleActionSettings"], action["ScheduleActionStartSettings"]
        if len(settings) != 1:
            # botocore, ScheduleActionSettings: "the settings for a single schedule action".
            yield f"{path}.scheduleActionSettings", "exactly one kind of settings is required"
            continue
        if len(start) != 1:
            # botocore, ScheduleActionStartSettings: "Only one of the options must be selected".
            yield f"{path}.scheduleActionStartSettings", "exactly one start type is required"
            continue
        (kind, values), path_of_start = next(iter(settings.items())), f"{path}.scheduleActionStart"
        for member, message in _start_problems(kind, start, now):
            yield f"{path_of_start}Settings.{member}", message
        for member, message in _settings_problems(channel, inputs, kind, values):
            yield f"{path}.scheduleActionSettings.{_wire(kind)}{member}", message
    yield from _follow_problems(channel, schedule, creates, inputs)


def _start_problems(kind: str, start: Members, now: float) -> Iterator[SettingsProblem]:
    if FIXED in start:
        member, time = f"{_wire(FIXED)}.time", schedules.parsed(start[FIXED]["Time"])
        if time is None:
            # botocore, FixedModeScheduleActionStartSettings.Time.
            yield member, "the time has to be of the form yyyy-mm-ddThh:mm:ss.nnnZ"
        elif time < now + _LEAST_AHEAD:
            yield member, f"the time has to be at least {_LEAST_AHEAD:g} seconds in the future"
        elif time > now + _MOST_AHEAD:
            yield member, "the time has to be at most 14 days in the future"
    if FOLLOW in start and kind not in _MAY_FOLLOW:
        yield _wire(FOLLOW), f"an action with {_wire(kind)} cannot follow another one"


def _settings_problems(
    channel: Members, inputs: Mapping[str, Resource], kind: str, settings: Members
) -> Iterator[SettingsProblem]:
    encoder = channel.get("EncoderSettings") or {}
    yield from _attachment_problems(channel, inputs, kind, settings)
    if kind in _FEATURES and not _enabled(encoder, *_FEATURES[kind]):
        yield "", f"{_wire(_FEATURES[kind][1])} is not ENABLED in the channel"
    if unknown := set(settings.get("OutputNames", [])) - _output_names(encoder):
        yield ".outputNames", f"the channel has no output {', '.join(sorted(unknown))}"
    if kind == "PauseStateSettings" and channel["ChannelClass"] == "SINGLE_PIPELINE":
        named = {item["PipelineId"] for item in settings.get("Pipelines") or []}
        if "PIPELINE_1" in named:
            # User guide, channel-class: a single-pipeline channel has pipeline 0 alone.
            yield ".pipelines", "the channel has no pipeline PIPELINE_1"
    if (tags := settings.get("Id3")) is not None and not _is_base64(tags):
        # botocore: "Enter a base64 string".
        yield ".id3", "the ID3 tags have to be in base64"
    for index, descriptor in enumerate(settings.get("Scte35Descriptors") or []):
        (values,) = descriptor["Scte35DescriptorSettings"].values()
        if not _HEX.fullmatch(values.get("SegmentationUpid", "")):
            # botocore, SegmentationUpid: "an even number of hex characters".
            member = "segmentationDescriptorScte35DescriptorSettings.segmentationUpid"
            yield (
                f".scte35Descriptors[{index}].scte35DescriptorSettings.{member}",
                "an even number of hexadecimal digits is required",
            )


def _attachment_problems(
    channel: Members, inputs: Mapping[str, Resource], kind: str, settings: Members
) -> Iterator[SettingsProblem]:
    name = settings.get("InputAttachmentNameReference")
    if kind == "Scte35InputSettings" and settings["Mode"] == "FIXED" and name is None:
        # botocore, Scte35InputScheduleActionSettings: "In fixed mode, enter the name".
        yield ".inputAttachmentNameReference", "an input attachment is required in the mode FIXED"
    if name is None:
        return
    attachment = schedules.attachment_named(channel, name)
    if attachment is None:
        # User guide: "The input must already be attached to the channel."
        yield ".inputAttachmentNameReference", f"the channel has no input attachment {name}"
        return
    item = inputs[attachment["InputId"]].members
    is_dynamic = item["InputSourceType"] == "DYNAMIC"
    if is_dynamic and kind in {SWITCH, PREPARE} and not settings.get("UrlPath"):
        # User guide, schedule-fields-for-ips: a value replaces the variable portion of the URL.
        yield ".urlPath", f"the input of {name} is dynamic and needs a value of its variable part"
    clip = settings.get("InputClippingSettings") or {}
    for side in ("StartTimecode", "StopTimecode"):
        timecode = (clip.get(side) or {}).get("Timecode")
        if timecode is not None and schedules.timecode_seconds(timecode) is None:
            # botocore, StartTimecode: "as HH:MM:SS:FF or HH:MM:SS;FF".
            yield (
                f".inputClippingSettings.{_wire(side)}.timecode",
                "the timecode has to be of the form HH:MM:SS:FF",
            )


def _follow_problems(
    channel: Members,
    schedule: Schedule,
    creates: Sequence[Members],
    inputs: Mapping[str, Resource],
) -> Iterator[SettingsProblem]:
    """Yield what is wrong with references; an action can follow an earlier one of its request."""
    actions = {entry.name: entry.action for entry in schedule.entries}
    followed = Counter(
        follow["ReferenceActionName"]
        for entry in schedule.entries
        if entry.kind == SWITCH and (follow := entry.follows) is not None
    )
    for index, action in enumerate(creates):
        follow = action["ScheduleActionStartSettings"].get(FOLLOW)
        if follow is not None:
            path = f"creates.scheduleActions[{index}].scheduleActionStartSettings.{_wire(FOLLOW)}"
            name = follow["ReferenceActionName"]
            switch = actions.get(name, {}).get("ScheduleActionSettings", {}).get(SWITCH)
            if switch is None:
                # User guide: "That reference action must be an input switch."
                yield f"{path}.referenceActionName", f"there is no input switch {name}"
            elif follow["FollowPoint"] == "END":
                wrong = _endless(channel, inputs, switch["InputAttachmentNameReference"])
                if wrong is not None:
                    yield f"{path}.referenceActionName", wrong
            if SWITCH in action["ScheduleActionSettings"]:
                followed[name] += 1
                if followed[name] > 1:
                    # User guide, schedule-modify: "Branching is not allowed in the chain."
                    yield (
                        f"{path}.referenceActionName",
                        f"another input switch follows {name} already",
                    )
                if follow["FollowPoint"] != "END":
                    # User guide, schedule-fields-for-ips: "The follow point is always End".
                    yield f"{path}.followPoint", "an input switch follows at the end"
        actions.setdefault(action["ActionName"], action)


def _endless(channel: Members, inputs: Mapping[str, Resource], name: str) -> str | None:
    attachment = schedules.attachment_named(channel, name)
    if attachment is None or schedules.ends(attachment, inputs):
        return None
    # User guide, ips-switch-types: "a live input doesn't have an end"; a file must not loop.
    return f"the input of {name} has no end that another one can follow"


def deletion_problems(
    channel: Members, schedule: Schedule, names: Sequence[str], now: float, *, needs_all: bool
) -> Iterator[SettingsProblem]:
    """Yield (path, message) of what cannot be deleted.

    Args:
        channel: as DescribeChannel shows it.
        schedule: with the actions to delete.
        names: of these.
        now: in seconds since the epoch.
        needs_all: whether each has to be in the schedule.
    """
    fixed_by_channel: set[str] = set()
    if channel["State"] == "RUNNING":
        # User guide, ips-manage-schedule and input-prep-delete.
        switch, prepare = schedule.latest(SWITCH, now), schedule.latest(PREPARE, now)
        fixed_by_channel = {link.name for link in schedule.chain(switch)} if switch else set()
        fixed_by_channel |= {prepare.name} if prepare else set()
    for index, name in enumerate(names):
        path, entry = f"deletes.actionNames[{index}]", schedule.find(name)
        if entry is None:
            if needs_all:
                yield path, f"there is no action {name}"
        elif name in fixed_by_channel:
            yield path, f"the running channel is at {name} or will follow it"
        elif _is_about_to_start(channel, entry, now):
            # User guide, schedule-modify: "you can't delete or create an action that has a start
            # time less than 15 seconds in the future".
            yield path, f"{name} starts in less than {_LEAST_AHEAD:g} seconds"


def orphan_problems(rest: Schedule, creates: Sequence[Members]) -> Iterator[SettingsProblem]:
    """Yield the actions of the *rest* of a schedule that would follow none.

    User guide, schedule-modify: "Orphan actions aren't permitted."
    """
    names = {entry.name for entry in rest.entries} | {action["ActionName"] for action in creates}
    for entry in rest.entries:
        follow = entry.follows
        if follow is not None and follow["ReferenceActionName"] not in names:
            message = (
                f"{entry.name} follows {follow['ReferenceActionName']}, which would be missing"
            )
            yield "deletes.actionNames", message


def _is_about_to_start(channel: Members, entry: Entry, now: float) -> bool:
    if channel["State"] != "RUNNING" or entry.done is not None or entry.start is None:
        return False
    return now <= entry.start < now + _LEAST_AHEAD


def _output_names(encoder: Members) -> set[str | None]:
    groups = encoder.get("OutputGroups") or []
    return {output.get("OutputName") for group in groups for output in group["Outputs"]}


def _enabled(encoder: Members, feature: str, member: str) -> bool:
    return bool((encoder.get(feature) or {}).get(member) == "ENABLED")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _wire(name: str) -> str:
    return name[:1].lower() + name[1:]
