"""Faults that change the state of a flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from localaws.mediaconnect import content_quality, maintenance, source_health
from localaws.mediaconnect.region import Region
from localaws.resource import Resource


def _standby(region: Region, flow: Resource) -> bool:
    if flow.state != "ACTIVE":
        return False
    flow.enter("STANDBY", region.clock.now())
    return True


def _sources_lost(region: Region, flow: Resource) -> bool:
    names = [source["Name"] for source in flow.members["Sources"]]
    return source_health.report(flow, names, region.clock.now())


def _sources_back(region: Region, flow: Resource) -> bool:
    return source_health.report(flow, (), region.clock.now())


def _content_back(region: Region, flow: Resource) -> bool:
    rest = flow.conditions - set(content_quality.FAULTS.values())
    return flow.replace_conditions(rest, region.clock.now())


def of_source(region: Region, flow: Resource, fault: str, name: str) -> bool:
    """Apply `source-lost` or `source-back` to one source; False when that changes nothing."""
    lost = source_health.lost_sources(flow.members, flow.conditions)
    if fault == "source-lost":
        return source_health.report(flow, lost | {name}, region.clock.now())
    return fault == "source-back" and source_health.report(flow, lost - {name}, region.clock.now())


def _under(condition: str) -> Callable[[Region, Resource], bool]:
    return lambda region, flow: flow.add_condition(condition, region.clock.now())


def _over(condition: str) -> Callable[[Region, Resource], bool]:
    return lambda region, flow: flow.clear_condition(condition, region.clock.now())


STATE_FAULTS: Mapping[str, Callable[[Region, Resource], bool]] = {
    "standby": _standby,
    "source-lost": _sources_lost,
    "source-back": _sources_back,
    "outputs-refused": _under("outputs-refused"),
    "outputs-taken": _over("outputs-refused"),
    "loses-packets": _under("lost-packets"),
    "packets-back": _over("lost-packets"),
    "low-bitrate": _under("low-bitrate"),
    "bitrate-back": _over("low-bitrate"),
    **{condition: _under(condition) for condition in content_quality.FAULTS.values()},
    "content-back": _content_back,
    "maintenance-required": maintenance.require,
}
