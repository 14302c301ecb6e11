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


def _with_condition(condition: str) -> Callable[[Region, Resource], bool]:
    return lambda region, channel: channel.add_condition(condition, region.clock.now())


def _without_condition(condition: str) -> Callable[[Region, Resource], bool]:
    return lambda region, channel: channel.clear_condition(condition, region.clock.now())


STATE_FAULTS: Mapping[str, Callable[[Region, Resource], bool]] = {
    "maintenance-required": channel_maintenance.require,
    "create-failed": _create_failed,
    "update-failed": _update_failed,
    "hangs": _hangs,
    "dies": _dies,
    "recovers": _recovers,
    "alert": _alert,
    "alert-cleared": _alert_cleared,
    "output-lost": _with_condition("output-lost"),
    "output-back": _without_condition("output-lost"),
    "drops-frames": _with_condition("dropped-frames"),
    "frames-back": _without_condition("dropped-frames"),
    "loses-rtp": _with_condition("lost-rtp"),
    "rtp-back": _without_condition("lost-rtp"),
    "loses-sound": _with_condition("lost-sound"),
    "sound-back": _without_condition("lost-sound"),
}
