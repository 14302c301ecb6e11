"""What may happen to a flow without anybody asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from localaws.mediaconnect.backend import Region
from localaws.resource import Item


def _standby(region: Region, flow: Item) -> bool:
    if flow.state != "ACTIVE":
        return False
    flow.enter("STANDBY", region.clock.now())
    return True


MISHAPS: Mapping[str, Callable[[Region, Item], bool]] = {
    "standby": _standby,
    "source-lost": lambda region, flow: flow.suffer("source-lost", region.clock.now()),
    "source-back": lambda region, flow: flow.overcome("source-lost", region.clock.now()),
    "outputs-refused": lambda region, flow: flow.suffer("outputs-refused", region.clock.now()),
    "outputs-taken": lambda region, flow: flow.overcome("outputs-refused", region.clock.now()),
    "loses-packets": lambda region, flow: flow.suffer("lost-packets", region.clock.now()),
    "packets-back": lambda region, flow: flow.overcome("lost-packets", region.clock.now()),
}
