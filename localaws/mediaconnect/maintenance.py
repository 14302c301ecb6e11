"""Maintenance of flows: required by a deadline, performed in the flow's window.

User guide, maintenance: the flow performs "a normal stop and start" in the window; a manual
restart applies the updates, and the maintenance is canceled. The statuses are those of the event,
monitoring-cloudwatch-events-flow-maintenance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from localaws.clock import Clock
from localaws.errors import bad_request
from localaws.maintenance_window import NOTICE, Window, a_week_later, iso
from localaws.resource import Resource

# User guide, maintenance: AWS selects a window where none is configured; the day is a choice of the
# emulator. botocore, Maintenance.MaintenanceStartHour: "The default value is 02:00".
_CHOSEN = {"MaintenanceDay": "Monday", "MaintenanceStartHour": "02:00"}
# User guide, setting-flow-maintenance: "within 4 hours of the scheduled maintenance start time".
_FROZEN = dt.timedelta(hours=4)
_STOPS, _STARTS = "stops", "starts"
_HOURS = 24


class Region(Protocol):
    """A region, as far as the maintenance of its flows goes.

    Attributes:
        maintenance: how far that of a flow is, by its ARN.
        undelivered: flows with a new status, and the second.
    """

    clock: Clock
    maintenance: dict[str, str]
    undelivered: list[tuple[Resource, str, float]]


def settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the window of a CreateFlow as DescribeFlow shows it.

    Raises:
        AwsError: 400 when it does not begin with an hour.
    """
    _check_hour(given)
    return dict(given)


def changed(flow: Resource, given: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Return the Maintenance of a *flow* that is *given* another window, or a date.

    User guide, setting-flow-maintenance: a date "can only be set when AWS requires maintenance",
    and before the deadline; nothing can be changed shortly before the maintenance.

    Raises:
        AwsError: 400.
    """
    _check_hour(given)
    before = flow.members.get("Maintenance", {})
    deadline = before.get("MaintenanceDeadline")
    if deadline is not None and now > _begin(before) - _FROZEN:
        raise bad_request("the maintenance window cannot be changed within 4 hours of its start")
    made = {**before, **given}
    made = {**_CHOSEN, **made} if deadline is not None else made
    if "MaintenanceScheduledDate" in given:
        if deadline is None:
            raise bad_request("a MaintenanceScheduledDate needs a flow that requires maintenance")
        _check_date(made, now)
    elif deadline is not None:
        made["MaintenanceScheduledDate"] = _date(made, dt.datetime.fromisoformat(deadline))
    return made


def require(region: Region, flow: Resource) -> bool:
    """Let a flow need maintenance; False when it does already."""
    before = flow.members.get("Maintenance", {})
    if "MaintenanceDeadline" in before:
        return False
    deadline = region.clock.date() + NOTICE
    made = {**_CHOSEN, **before, "MaintenanceDeadline": iso(deadline)}
    flow.members["Maintenance"] = {**made, "MaintenanceScheduledDate": _date(made, deadline)}
    region.undelivered.append((flow, "SCHEDULED", region.clock.now()))
    return True


def cancel(region: Region, flow: Resource) -> None:
    """Let a manual start of the flow do for its maintenance."""
    if "MaintenanceDeadline" in flow.members.get("Maintenance", {}):
        _over(flow)
        region.undelivered.append((flow, "CANCELED", region.clock.now()))


def dues(region: Region, flow: Resource) -> Iterator[float]:
    """Yield when the maintenance of a flow begins; its transitions are due by themselves."""
    window = flow.members.get("Maintenance", {})
    if "MaintenanceDeadline" in window and flow.members["FlowArn"] not in region.maintenance:
        yield _begin(window).timestamp()


def proceed(region: Region, flow: Resource) -> bool:
    """Perform the next step of a flow's maintenance, if it is due; tells whether it was.

    A flow that stands by is not restarted; that this is "unable to perform" is unverified.
    """
    arn = flow.members["FlowArn"]
    if arn not in region.maintenance:
        return _begun(region, flow)
    since = flow.history[-1].time
    if region.maintenance[arn] == _STOPS and flow.state == "STANDBY":
        flow.begin(region.clock, "flow.start", "STARTING", "ACTIVE", since)
        region.maintenance[arn] = _STARTS
        return True
    if flow.state in {"STOPPING", "STARTING"}:
        return False
    # Whatever else became of the flow, its maintenance is over.
    del region.maintenance[arn]
    _over(flow)
    region.undelivered.append((flow, "FINISHED", since))
    return True


def _begun(region: Region, flow: Resource) -> bool:
    window = flow.members.get("Maintenance", {})
    if "MaintenanceDeadline" not in window:
        return False
    begin = _begin(window)
    if region.clock.date() < begin:
        return False
    if flow.state != "ACTIVE":
        window["MaintenanceScheduledDate"] = a_week_later(begin).date().isoformat()
        region.undelivered.append((flow, "RESCHEDULED", begin.timestamp()))
        return True
    begun = max(begin.timestamp(), flow.history[-1].time)
    region.undelivered.append((flow, "INPROGRESS", begun))
    flow.begin(region.clock, "flow.stop", "STOPPING", "STANDBY", begun)
    region.maintenance[flow.members["FlowArn"]] = _STOPS
    return True


def _begin(window: Mapping[str, Any]) -> dt.datetime:
    date = dt.date.fromisoformat(window["MaintenanceScheduledDate"])
    return Window(window["MaintenanceDay"], window["MaintenanceStartHour"]).on(date)


def _date(window: Mapping[str, Any], deadline: dt.datetime) -> str:
    start = Window(window["MaintenanceDay"], window["MaintenanceStartHour"])
    return start.last_before(deadline).date().isoformat()


def _over(flow: Resource) -> None:
    for key in ("MaintenanceDeadline", "MaintenanceScheduledDate"):
        flow.members["Maintenance"].pop(key)


def _check_date(window: Mapping[str, Any], now: dt.datetime) -> None:
    try:
        begin = _begin(window)
    except ValueError:
        raise bad_request("MaintenanceScheduledDate has the form YYYY-MM-DD") from None
    if not now < begin < dt.datetime.fromisoformat(window["MaintenanceDeadline"]):
        raise bad_request("MaintenanceScheduledDate has to be before the deadline, and to come")


def _check_hour(window: Mapping[str, Any]) -> None:
    # botocore, AddMaintenance.MaintenanceStartHour: "24-hour HH:MM format. Minutes must be 00".
    if "MaintenanceStartHour" not in window:
        return
    hour, _, minutes = window["MaintenanceStartHour"].partition(":")
    is_hour = len(hour) == len("00") and hour.isdigit() and int(hour) < _HOURS
    if minutes != "00" or not is_hour:
        raise bad_request("MaintenanceStartHour has the form HH:00")
