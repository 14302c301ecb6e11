"""Questions about what something was like, and since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from localaws.resource import StateChange


def since(history: Sequence[StateChange], at: float, holds: Callable[[StateChange], bool]) -> float:
    """Return since when it *holds* without a break; *at* where it does not."""
    begin = at
    for moment in reversed(history):
        if moment.at > at:
            continue
        if not holds(moment):
            break
        begin = moment.at
    return begin


def is_lost(moment: StateChange) -> bool:
    """Tell whether a flow passes nothing on."""
    return moment.state != "ACTIVE" or "source-lost" in moment.conditions
