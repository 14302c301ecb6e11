"""What may happen to a flow without anybody asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from localaws.mediaconnect.backend import Region
from localaws.resource import Item


def _standby(_: Region, flow: Item) -> bool:
    if flow.state != "ACTIVE":
        return False
    flow.members["Status"] = "STANDBY"
    return True


MISHAPS: Mapping[str, Callable[[Region, Item], bool]] = {"standby": _standby}
