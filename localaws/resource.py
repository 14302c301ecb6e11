"""Base of MediaLive's and MediaConnect's resources: a state that changes over time."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from localaws.clock import Clock, Transition


@dataclass(frozen=True, slots=True)
class StateChange:
    """From here on it was like this.

    Attributes:
        time: seconds since the epoch.
        state: for example `RUNNING`.
        conditions: what is wrong with it or around it, for example `output-lost`.
    """

    time: float
    state: str
    conditions: frozenset[str] = frozenset()


@dataclass(slots=True)
class Resource:
    """One resource: its members as the API describes them, its transition and its history.

    Attributes:
        delivered: number of changes that EventBridge has received.
    """

    members: dict[str, Any]
    transition: Transition | None = None
    state_member: str = "State"
    history: list[StateChange] = field(default_factory=list)
    delivered: int = 0

    @property
    def state(self) -> str:
        """Its state as of the last look."""
        return str(self.members[self.state_member])

    @property
    def conditions(self) -> frozenset[str]:
        """Present faults of the resource or its surroundings."""
        return self.history[-1].conditions if self.history else frozenset()

    def begin(
        self, clock: Clock, transition: str, via: str, target: str, time: float | None = None
    ) -> None:
        """Enter the state *via*, which ends in *target*, at the second *time*, by default now."""
        begun = clock.now() if time is None else time
        self.enter(via, begun)
        self.transition = clock.begin(transition, target, begun)

    def settle(self, clock: Clock, *, looking: bool = True) -> None:
        """Apply a transition that is over for who is *looking*, or although nobody is."""
        if self.transition is not None and clock.is_over(self.transition, looking=looking):
            self.enter(self.transition.target, self.transition.due)

    def enter(self, state: str, time: float) -> None:
        """Enter *state* at the second *time*; cancels a transition."""
        self.transition = None
        self.members[self.state_member] = state
        self.history.append(StateChange(time, state, self.conditions))

    def add_condition(self, condition: str, time: float) -> bool:
        """Let a *condition* begin; False when it had."""
        return self.replace_conditions(self.conditions | {condition}, time)

    def clear_condition(self, condition: str, time: float) -> bool:
        """Let a *condition* end; False when there was none."""
        return self.replace_conditions(self.conditions - {condition}, time)

    def news(self) -> Iterator[tuple[StateChange, StateChange]]:
        """Yield the changes, as (before, after), that were not yielded before."""
        pairs = list(itertools.pairwise(self.history[max(self.delivered - 1, 0) :]))
        self.delivered = len(self.history)
        yield from pairs

    def replace_conditions(self, conditions: Collection[str], time: float) -> bool:
        """Let exactly these *conditions* be; False when they are."""
        if set(conditions) == self.conditions:
            return False
        self.history.append(StateChange(time, self.state, frozenset(conditions)))
        return True

    def describe(self, clock: Clock) -> dict[str, Any]:
        """Return the members as of now; counts as one call of a client."""
        self.settle(clock)
        if self.transition is not None:
            self.transition.looks -= 1
        return copy.deepcopy(self.members)
