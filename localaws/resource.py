"""What the resources of our two services have in common: a state that takes time to change."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from localaws.clock import Clock, Transition


@dataclass(slots=True)
class Item:
    """One resource: its members as the API describes them, and the transition it is in."""

    members: dict[str, Any]
    transition: Transition | None = None
    state_member: str = "State"
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """Its state as of the last look."""
        return str(self.members[self.state_member])

    def begin(self, clock: Clock, transition: str, via: str, target: str) -> None:
        """Enter the state *via*, which ends in *target*."""
        self.members[self.state_member] = via
        self.transition = clock.begin(transition, target)

    def settle(self, clock: Clock) -> None:
        """Apply a transition that is over."""
        if self.transition is not None and clock.is_over(self.transition):
            self.members[self.state_member] = self.transition.target
            self.transition = None

    def look(self, clock: Clock) -> dict[str, Any]:
        """Return the members as of now; counts as one look."""
        self.settle(clock)
        if self.transition is not None:
            self.transition.looks -= 1
        return copy.deepcopy(self.members)
