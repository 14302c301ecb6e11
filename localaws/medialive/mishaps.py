"""What may happen to a channel without anybody asking."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from localaws.medialive.service import Region
from localaws.resource import Item


def _create_failed(_: Region, channel: Item) -> bool:
    return _ends_in(channel, "CREATING", "CREATE_FAILED")


def _update_failed(_: Region, channel: Item) -> bool:
    return _ends_in(channel, "UPDATING", "UPDATE_FAILED")


def _hangs(_: Region, channel: Item) -> bool:
    if channel.transition is None:
        return False
    channel.transition.due = math.inf
    return True


def _dies(_: Region, channel: Item) -> bool:
    if channel.state != "RUNNING":
        return False
    channel.members.update(State="IDLE", PipelinesRunningCount=0, PipelineDetails=[])
    return True


def _recovers(region: Region, channel: Item) -> bool:
    if channel.state != "RUNNING":
        return False
    channel.begin(region.clock, "channel.start", "RECOVERING", "RUNNING")
    return True


def _alert(region: Region, channel: Item) -> bool:
    alerts = region.alerts.setdefault(channel.members["Id"], [])
    alerts.append(
        {
            "Id": str(len(alerts) + 1),
            # MediaLive user guide, reference of channel alerts.
            "AlertType": "Failed to Create Output File or Socket",
            "PipelineId": "0",
            "State": "SET",
            "SetTimestamp": region.clock.date(),
            "Message": "unable to open output or stream",
        }
    )
    return True


def _ends_in(channel: Item, while_in: str, target: str) -> bool:
    if channel.state != while_in or channel.transition is None:
        return False
    channel.transition.target = target
    return True


MISHAPS: Mapping[str, Callable[[Region, Item], bool]] = {
    "create-failed": _create_failed,
    "update-failed": _update_failed,
    "hangs": _hangs,
    "dies": _dies,
    "recovers": _recovers,
    "alert": _alert,
}
