"""Counts over time, in whole seconds."""

from __future__ import annotations

import math
from collections import deque

# As long as CloudWatch keeps what is finer than a minute.
_KEPT_SECONDS = 3 * 3600


class RateCounter:
    """What was counted in each second; safe to read from another thread."""

    def __init__(self) -> None:
        self._seconds: deque[tuple[int, float]] = deque(maxlen=_KEPT_SECONDS)

    def add(self, at: float, amount: float) -> None:
        """Count *amount* at the second *at* of any clock that does not go back."""
        second = math.ceil(at)
        if amount <= 0:
            return
        if self._seconds and self._seconds[-1][0] == second:
            amount += self._seconds.pop()[1]
        self._seconds.append((second, amount))

    def counted(self, at: float, seconds: float) -> float:
        """Return what was counted in the *seconds* up to *at*."""
        return sum(amount for _, amount in self._window(at, seconds))

    def busy(self, at: float, seconds: float) -> int:
        """Return in how many of the *seconds* up to *at* anything was counted."""
        return len(self._window(at, seconds))

    @property
    def last(self) -> int | None:
        """In which second something was counted last; None when nothing was."""
        try:
            return self._seconds[-1][0]
        except IndexError:
            return None

    def _window(self, at: float, seconds: float) -> list[tuple[int, float]]:
        found: list[tuple[int, float]] = []
        for second, amount in reversed(self._seconds.copy()):
            if second <= at - seconds:
                break
            if second <= at:
                found.append((second, amount))
        return found
