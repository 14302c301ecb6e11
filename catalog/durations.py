"""Approximate durations of transitions in AWS, from durations.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from catalog.sourced_value import SourcedValue


class Durations(SourcedValue):
    """Durations of transitions.

    Attributes:
        seconds: by transition, for example `channel.start`.
    """

    seconds: Mapping[str, int]

    def of(self, *transitions: str) -> int:
        """Return how many seconds *transitions* take one after the other."""
        return sum(self.seconds[transition] for transition in transitions)


@functools.cache
def durations() -> Durations:
    """Return all durations."""
    return Durations.read("durations.yaml")
