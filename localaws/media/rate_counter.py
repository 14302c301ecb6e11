"""Counters over time, in whole seconds."""

from __future__ import annotations

import math
from collections import deque

# As long as CloudWatch keeps what is finer than a minute.
_KEPT_SECONDS = 3 * 3600


class RateCounter:
    """Amounts counted in each second; safe to read from another thread."""

    def __init__(self) -> None:
        self._seconds: deque[tuple[int, float]] = deque(maxlen=_KEPT_SECONDS)

    def add(self, time: float, amount: float) -> None:
        """Count *amount* at the second *time* of any monotonic clock."""
        second = math.ceil(time)
        if amount <= 0:
            return
        if self._seconds and self._seconds[-1][0] == second:
            amount += self._seconds.pop()[1]
        self._seconds.append((second, amount))

    def counted(self, time: float, seconds: float) -> float:
        """Return the sum of the amounts in the *seconds* up to *time*."""
        return sum(amount for _, amount in self._window(time, seconds))

    def busy(self, time: float, seconds: float) -> int:
        """Return the number of *seconds* up to *time* that have an amount."""
        return len(self._window(time, seconds))

    @property
    def last(self) -> int | None:
        """In which second something was counted last; None when nothing was."""
        try:
            return self._seconds[-1][0]
        except IndexError:
            return None

    def _window(self, time: float, seconds: float) -> list[tuple[int, float]]:
        amounts: list[tuple[int, float]] = []
        for second, amount in reversed(self._seconds.copy()):
            if second <= time - seconds:
                break
            if second <= time:
                amounts.append((second, amount))
        return amounts
