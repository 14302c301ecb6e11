"""Maintenance of channels: required by a deadline, performed in the channel's window.

MediaLive user guide: maintenance-how, setting-maintenance and set-maintenance-change-steps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from localaws.clock import Clock, Transition
from localaws.errors import bad_request
from localaws.maintenance_window import NOTICE, Window, a_week_later, iso
from localaws.resource import Resource

CHOSEN: Mapping[str, str] = {"MaintenanceDay": "SATURDAY", "MaintenanceStartTime": "09:00"}
"""Shown of every channel; AWS chooses the time where a request gives none.

Recorded answers with this one: grucloud, resources.js.
"""

# User guide, set-maintenance-change-steps: "until one minute before the start".
_FROZEN = dt.timedelta(minutes=1)
_PIPELINE_RESTART = "pipeline.restart"


@dataclass(slots=True)
class Progress:
    """Maintenance that is under way.

    Attributes:
        pipelines: details of the pipelines that ran before.
        current: index of the pipeline that is restarted; None where the channel is.
        restart: its restart.
        starts: whether the channel is starting again.
    """

    pipelines: list[dict[str, Any]]
    current: int | None = None
    restart: Transition | None = None
    starts: bool = False


class Region(Protocol):
    """A region, as far as the maintenance of its channels goes.

    Attributes:
        maintenance: that is under way, by the id of the channel.
    """

    clock: Clock
    maintenance: dict[str, Progress]


def changed(channel: Resource, given: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Return the Maintenance of a *channel* that is *given* another window, or a date.

    Raises:
        AwsError: 400.
    """
    before = {**CHOSEN, **channel.members.get("Maintenance", {})}
    made = {**before, **given}
    deadline = before.get("MaintenanceDeadline")
    if not given or deadline is None:
        if "MaintenanceScheduledDate" in given:
            # The same page: not "outside of the maintenance event period".
            raise bad_request("a MaintenanceScheduledDate needs a channel that needs maintenance")
        return made
    if now > dt.datetime.fromisoformat(before["MaintenanceScheduledDate"]) - _FROZEN:
        raise bad_request("the maintenance window cannot be changed when it is about to start")
    if "MaintenanceScheduledDate" in given:
        begin = _specific(made)
        # The same page: the date changes the window's day and time for good.
        made |= {
            "MaintenanceDay": begin.strftime("%A").upper(),
            "MaintenanceStartTime": begin.strftime("%H:%M"),
        }
    else:
        begin = _window(made).last_before(dt.datetime.fromisoformat(deadline))
    if not now < begin < dt.datetime.fromisoformat(deadline):
        raise bad_request("the maintenance would not occur before its deadline")
    return {**made, "MaintenanceScheduledDate": iso(begin)}


def require(region: Region, channel: Resource) -> bool:
    """Let a channel need maintenance; False when it does already."""
    before = {**CHOSEN, **channel.members.get("Maintenance", {})}
    if "MaintenanceDeadline" in before or channel.state == "DELETED":
        return False
    deadline = region.clock.date() + NOTICE
    channel.members["Maintenance"] = {
        **before,
        "MaintenanceDeadline": iso(deadline),
        "MaintenanceScheduledDate": iso(_window(before).last_before(deadline)),
    }
    return True


def over(channel: Resource) -> None:
    """Let a channel need no maintenance; a restart in the event period does for it.

    User guide, setting-maintenance: "maintenance will be performed automatically when you restart".
    """
    window = channel.members.get("Maintenance", {})
    for key in ("MaintenanceDeadline", "MaintenanceScheduledDate"):
        window.pop(key, None)


def dues(region: Region, channel: Resource) -> Iterator[float]:
    """Yield when the maintenance of a channel begins, or a restart of a pipeline is over."""
    progress = region.maintenance.get(channel.members["Id"])
    window = channel.members.get("Maintenance", {})
    if progress is not None and progress.restart is not None:
        yield region.clock.over_at(progress.restart)
    elif progress is None and "MaintenanceDeadline" in window and channel.state != "DELETED":
        yield dt.datetime.fromisoformat(window["MaintenanceScheduledDate"]).timestamp()


def proceed(region: Region, channel: Resource) -> bool:
    """Perform the next step of a channel's maintenance, if it is due; tells whether it was.

    User guide, maintenance-how: one pipeline after the other of a STANDARD channel; a channel with
    a single pipeline is stopped and started.
    """
    progress = region.maintenance.get(channel.members["Id"])
    if progress is None:
        return _begun(region, channel)
    if channel.state == "RUNNING" and progress.current is not None:
        return _next_pipeline(region, channel, progress)
    if channel.state == "IDLE" and progress.current is None and not progress.starts:
        progress.starts = True
        _run(channel, progress.pipelines)
        since = channel.history[-1].time
        channel.begin(region.clock, "channel.start", "STARTING", "RUNNING", since)
        return True
    if channel.state in {"STOPPING", "STARTING", "RECOVERING"}:
        return False
    return _end(region, channel)


def _begun(region: Region, channel: Resource) -> bool:
    window = channel.members.get("Maintenance", {})
    if "MaintenanceDeadline" not in window or channel.state == "DELETED":
        return False
    begin = dt.datetime.fromisoformat(window["MaintenanceScheduledDate"])
    if region.clock.date() < begin:
        return False
    if channel.state != "RUNNING":
        window["MaintenanceScheduledDate"] = iso(a_week_later(begin))
        return True
    time = max(begin.timestamp(), channel.history[-1].time)
    progress = Progress(list(channel.members["PipelineDetails"]))
    region.maintenance[channel.members["Id"]] = progress
    if channel.members["ChannelClass"] == "STANDARD":
        _restart(region, channel, progress, 0, time)
    else:
        _run(channel, [])
        channel.begin(region.clock, "channel.stop", "STOPPING", "IDLE", time)
    return True


def _next_pipeline(region: Region, channel: Resource, progress: Progress) -> bool:
    restart, number = progress.restart, progress.current
    if restart is None or number is None or not region.clock.is_over(restart, looking=False):
        return False
    # A schedule may have switched the input of the pipeline that ran.
    for detail in channel.members["PipelineDetails"][:1]:
        progress.pipelines = [
            {**detail, "PipelineId": before["PipelineId"]} for before in progress.pipelines
        ]
    if number + 1 == len(progress.pipelines):
        _run(channel, progress.pipelines)
        return _end(region, channel)
    _restart(region, channel, progress, number + 1, restart.due)
    return True


def _restart(
    region: Region, channel: Resource, progress: Progress, number: int, time: float
) -> None:
    progress.current = number
    progress.restart = region.clock.begin(_PIPELINE_RESTART, "", time)
    _run(channel, [*progress.pipelines[:number], *progress.pipelines[number + 1 :]])


def _end(region: Region, channel: Resource) -> bool:
    del region.maintenance[channel.members["Id"]]
    over(channel)
    return True


def _run(channel: Resource, pipelines: list[dict[str, Any]]) -> None:
    channel.members |= {"PipelinesRunningCount": len(pipelines), "PipelineDetails": pipelines}


def _window(maintenance: Mapping[str, Any]) -> Window:
    return Window(maintenance["MaintenanceDay"], maintenance["MaintenanceStartTime"])


def _specific(maintenance: Mapping[str, Any]) -> dt.datetime:
    text = maintenance["MaintenanceScheduledDate"]
    try:
        if "T" in text:
            begin = dt.datetime.fromisoformat(text)
            return begin if begin.tzinfo else begin.replace(tzinfo=dt.UTC)
        return _window(maintenance).on(dt.date.fromisoformat(text))
    except ValueError:
        raise bad_request("MaintenanceScheduledDate is no date of ISO 8601") from None
