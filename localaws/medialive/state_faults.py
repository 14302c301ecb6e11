"""Faults that change the state of a channel."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from localaws.medialive import channel_maintenance
from localaws.medialive.service import Region
from localaws.resource import Resource


def _create_failed(_: Region, channel: Resource) -> bool:
    return _ends_in(channel, "CREATING", "CREATE_FAILED")


def _update_failed(_: Region, channel: Resource) -> bool:
    return _ends_in(channel, "UPDATING", "UPDATE_FAILED")


def _hangs(_: Region, channel: Resource) -> bool:
    if channel.transition is None:
        return False
    channel.transition.due = math.inf
    return True


def _dies(region: Region, channel: Resource) -> bool:
    if channel.state != "RUNNING":
        return False
    channel.members.update(PipelinesRunningCount=0, PipelineDetails=[])
    channel.enter("IDLE", region.clock.now())
    return True


def _recovers(region: Region, channel: Resource) -> bool:
    if channel.state != "RUNNING":
        return False
    channel.begin(region.clock, "channel.start", "RECOVERING", "RUNNING")
    return True


def _alert(region: Region, channel: Resource) -> bool:
    alerts = region.alerts.setdefault(channel.members["Id"], [])
    alert = {
        "Id": str(len(alerts) + 1),
        # MediaLive user guide, reference of channel alerts.
        "AlertType": "Failed to Create Output File or Socket",
        "PipelineId": "0",
        "State": "SET",
        "SetTimestamp": region.clock.date(),
        # With the destination in it, as AWS writes it: what forwards it has to mask it.
        "Message": f"unable to open output or stream [{_first_url(channel)}]",
    }
    alerts.append(alert)
    region.undelivered.append((channel, dict(alert)))
    return True


def _alert_cleared(region: Region, channel: Resource) -> bool:
    raised = [
        alert for alert in region.alerts.get(channel.members["Id"], []) if alert["State"] == "SET"
    ]
    for alert in raised:
        alert.update(State="CLEARED", ClearedTimestamp=region.clock.date())
        region.undelivered.append((channel, dict(alert)))
    return bool(raised)


def _first_url(channel: Resource) -> str:
    for destination in channel.members["Destinations"]:
        for setting in destination.get("Settings", []):
            return "/".join(filter(None, (setting["Url"], setting.get("StreamName"))))
    return ""


def _ends_in(channel: Resource, while_in: str, target: str) -> bool:
    if channel.state != while_in or channel.transition is None:
        return False
    channel.transition.target = target
    return True


STATE_FAULTS: Mapping[str, Callable[[Region, Resource], bool]] = {
    "maintenance-required": channel_maintenance.require,
    "create-failed": _create_failed,
    "update-failed": _update_failed,
    "hangs": _hangs,
    "dies": _dies,
    "recovers": _recovers,
    "alert": _alert,
    "alert-cleared": _alert_cleared,
    "output-lost": lambda region, channel: channel.add_condition("output-lost", region.clock.now()),
    "output-back": lambda region, channel: channel.clear_condition(
        "output-lost", region.clock.now()
    ),
    "drops-frames": lambda region, channel: channel.add_condition(
        "dropped-frames", region.clock.now()
    ),
    "frames-back": lambda region, channel: channel.clear_condition(
        "dropped-frames", region.clock.now()
    ),
}
