"""The schedule of a channel: its actions, and when each of them starts.

User guide: "How schedule actions work", "Deleting actions from the schedule".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localaws.resource import Resource

SWITCH, PREPARE = "InputSwitchSettings", "InputPrepareSettings"
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
# Whatever these receive has no end (user guide, ips-switch-types); a URL_PULL may be a file.
FILES = frozenset({"MP4_FILE", "TS_FILE", "URL_PULL"})
# Name of the action before any switch: medialive-channel-orchestrator, app.py, and bbc dazzler.
_INITIAL = "Initial Channel Input"


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


@dataclass(slots=True)
class Schedule:
    """The actions of a channel.

    Attributes:
        entries: in the order in which they were created.
        ends: of images and motion graphics that end by themselves.
        images: that are shown, by layer and the name of an output; None for all outputs.
        running_since: since when the channel has run without a break, as of the last look.
        switches: that pipelines made, in their order.
    """

    entries: list[Entry] = field(default_factory=list)
    ends: list[Entry] = field(default_factory=list)
    images: dict[tuple[int, str | None], Mapping[str, Any]] = field(default_factory=dict)
    running_since: float | None = None
    switches: list[InputChange] = field(default_factory=list)

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
        remaining = {
            entry.name for entry in self.entries if not entry.has_begun(time - _KEPT_SECONDS)
        }
        for first in (self.latest(SWITCH, time), self.latest(PREPARE, time)):
            remaining |= {link.name for link in self.chain(first)} if first else set()
        while (
            followed := {
                follow["ReferenceActionName"]
                for entry in self.entries
                if entry.name in remaining and (follow := entry.follows) is not None
            }
            - remaining
        ):
            remaining |= followed
        self.entries = [entry for entry in self.entries if entry.name in remaining]
        self.ends = [ending for ending in self.ends if ending.done is None]


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


def ends(attachment: Mapping[str, Any], inputs: Mapping[str, Resource]) -> bool:
    """Tell whether an input may come to its end, after which another one can follow.

    User guide, input switch with follow start: "a source end behavior of Continue".
    """
    item = inputs.get(attachment["InputId"])
    loops = (attachment.get("InputSettings") or {}).get("SourceEndBehavior") == "LOOP"
    return item is not None and item.members["Type"] in FILES and not loops
