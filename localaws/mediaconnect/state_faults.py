"""Faults that change the state of a flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from localaws.mediaconnect.backend import Region
from localaws.resource import Resource


def _standby(region: Region, flow: Resource) -> bool:
    if flow.state != "ACTIVE":
        return False
    flow.enter("STANDBY", region.clock.now())
    return True


STATE_FAULTS: Mapping[str, Callable[[Region, Resource], bool]] = {
    "standby": _standby,
    "source-lost": lambda region, flow: flow.add_condition("source-lost", region.clock.now()),
    "source-back": lambda region, flow: flow.clear_condition("source-lost", region.clock.now()),
    "outputs-refused": lambda region, flow: flow.add_condition(
        "outputs-refused", region.clock.now()
    ),
    "outputs-taken": lambda region, flow: flow.clear_condition(
        "outputs-refused", region.clock.now()
    ),
    "loses-packets": lambda region, flow: flow.add_condition("lost-packets", region.clock.now()),
    "packets-back": lambda region, flow: flow.clear_condition("lost-packets", region.clock.now()),
}
