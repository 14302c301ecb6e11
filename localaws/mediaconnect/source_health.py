"""Health of a flow's sources: those that are lost, and those that it passes on.

User guide, source-failover: MERGE uses both sources; FAILOVER uses the primary source while it
sends, and without a primary keeps the one it uses until that is lost. The 500 milliseconds until
a switch are shorter than what metrics resolve, and left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from localaws.resource import Resource, StateChange

LOST = "source-lost"
"""Condition of a flow that receives nothing; with `:NAME`, of one of its sources."""


def lost_sources(flow: Mapping[str, Any], conditions: Collection[str]) -> frozenset[str]:
    """Return the names of the sources of *flow*, as it is described, that are lost."""
    names = frozenset(source["Name"] for source in flow["Sources"])
    if LOST in conditions:
        return names
    return frozenset(name for name in names if f"{LOST}:{name}" in conditions)


def report(flow: Resource, lost: Collection[str], time: float) -> bool:
    """Let the sources named *lost* be the ones that are; False when nothing changes."""
    names = [source["Name"] for source in flow.members["Sources"]]
    gone = {name for name in names if name in lost}
    others = {condition for condition in flow.conditions if condition.partition(":")[0] != LOST}
    if gone == set(names):
        return flow.replace_conditions(others | {LOST}, time)
    return flow.replace_conditions(others | {f"{LOST}:{name}" for name in gone}, time)


def feeding(flow: Resource, time: float) -> tuple[str, ...]:
    """Return the names of the sources that an active *flow* passes on at *time*."""
    names = [source["Name"] for source in flow.members["Sources"]]
    failover = flow.members.get("SourceFailoverConfig") or {}
    past = [moment for moment in flow.history if moment.time <= time]
    if not past or past[-1].state != "ACTIVE":
        return ()
    arriving = _arriving(flow, past[-1], names)
    if failover.get("FailoverMode") == "MERGE":
        return tuple(arriving)
    primary = failover.get("SourcePriority", {}).get("PrimarySource")
    if primary in arriving:
        return (str(primary),)
    used = names[0]
    for moment in past:
        choice = _arriving(flow, moment, names)
        if used not in choice and choice:
            used = choice[0]
    return (used,) if used in arriving else ()


def _arriving(flow: Resource, moment: StateChange, names: Sequence[str]) -> list[str]:
    lost = lost_sources(flow.members, moment.conditions)
    return [name for name in names if name not in lost]
