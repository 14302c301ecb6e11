"""Choice between two sources of a flow, packet by packet.

MediaConnect user guide, source-failover: the flow switches where "the source" sends nothing "for
500 milliseconds", and back to a primary source "as soon as data returns".
"""

from __future__ import annotations

import math

_SWITCH_SECONDS = 0.5


class SourceSelection:
    """The source that a flow uses."""

    def __init__(self) -> None:
        self._used: str | None = None
        self._last: dict[str, float] = {}

    def passes(self, source: str, primary: str | None, time: float) -> bool:
        """Tell whether the flow passes on what it gets from *source* now.

        Args:
            source: that sends.
            primary: that is preferred, if any.
            time: seconds of any steady clock.
        """
        self._last[source] = time
        if source == primary or self._is_silent(time):
            self._used = source
        return source == self._used

    def _is_silent(self, time: float) -> bool:
        last = self._last.get(self._used, -math.inf) if self._used is not None else -math.inf
        return time - last > _SWITCH_SECONDS
