"""Queries on the history of a resource's states."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from localaws.resource import StateChange


@dataclass(frozen=True, slots=True)
class Movement:
    """When something changes around a moment.

    Attributes:
        before: the last change up to the moment.
        after: the first change behind it.
        settles: for how many seconds values that follow from it may move after a change.
    """

    before: float = -math.inf
    after: float = math.inf
    settles: float = 0.0


def movement(
    time: float, histories: Iterable[Sequence[StateChange]], others: Iterable[float] = ()
) -> Movement:
    """Return the changes in *histories*, and at the times *others*, around *time*."""
    before, after = -math.inf, math.inf
    for history in histories:
        for moment in reversed(history):
            if moment.time <= time:
                before = max(before, moment.time)
                break
            after = min(after, moment.time)
    for other in others:
        if other <= time:
            before = max(before, other)
        else:
            after = min(after, other)
    return Movement(before, after)


def moment_at(history: Sequence[StateChange], time: float) -> StateChange | None:
    """Return the last change up to *time*; None before the first."""
    return next((moment for moment in reversed(history) if moment.time <= time), None)


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
