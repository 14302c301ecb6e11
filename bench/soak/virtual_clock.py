"""The virtual clock: it passes while a command runs and is moved ahead between commands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SPEED = 10.0
"""Virtual seconds a second of the machine while a command runs, where nothing else is said."""


class VirtualClock:
    """Seconds since the epoch that stand still, but for the time within `passing`.

    Args:
        begin: where they begin.
        speed: virtual seconds a second of the machine.
    """

    def __init__(self, begin: float, speed: float = SPEED) -> None:
        self._at, self._speed = begin, speed
        self._since: float | None = None

    def now(self) -> float:
        """Return the virtual time."""
        if self._since is None:
            return self._at
        return self._at + (time.monotonic() - self._since) * self._speed

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Let time pass until the end of the block."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._at, self._since = self.now(), None
