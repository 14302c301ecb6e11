"""Queries on the history of a resource's states."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from localaws.resource import StateChange


def since(
    history: Sequence[StateChange], time: float, holds: Callable[[StateChange], bool]
) -> float:
    """Return the time since when *holds* is true without a break; *time* where it is not."""
    begin = time
    for moment in reversed(history):
        if moment.time > time:
            continue
        if not holds(moment):
            break
        begin = moment.time
    return begin


def is_lost(moment: StateChange) -> bool:
    """Tell whether a flow passes nothing on."""
    return moment.state != "ACTIVE" or "source-lost" in moment.conditions
