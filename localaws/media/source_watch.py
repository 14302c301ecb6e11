"""Watch of a source: when it is lost, and from where on it can be decoded when it is back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from typing import Any

from localaws.media.source_layout import SourceLayout

# MediaLive replaces a frame as soon as it is late. Here the test source and the relay share two
# cores with the encoders, and the last frame stays until then anyway.
_LOST_SECONDS = 0.5
# For a source that marks no packet as a point where decoding can begin.
_ENTRY_SECONDS = 3.0


class SourceWatch:
    """The state of a source.

    Attributes:
        layout: of what came last.
        is_passing: whether it goes on to encoders.
    """

    def __init__(self) -> None:
        self.layout = SourceLayout()
        self._last = self._returned = 0.0
        self.is_passing = False
        self._back = asyncio.Event()

    def passed(self, chunk: bytes, now: float) -> bytes | None:
        """Return what of whole packets that arrive goes on to encoders; None where nothing does.

        After a loss nothing does until decoding can begin.
        """
        self.layout.read(chunk)
        if self.is_passing:
            self._last = now
            return chunk
        if not self._returned:
            self._returned = now
        entry = self.layout.entry(chunk)
        if entry is None and now - self._returned < _ENTRY_SECONDS:
            return None
        self.is_passing, self._last = True, now
        self._back.set()
        return entry or chunk

    def interrupt(self) -> None:
        """Take what arrives from now on for another source."""
        self.is_passing, self._returned = False, 0.0

    def silent_for(self, now: float) -> float:
        """Return the seconds since its last packet that went on."""
        return now - self._last

    async def lost(self) -> float:
        """Wait until a source that was there is lost; return for how many seconds it is."""
        while not self._last or self.silent_for(time.monotonic()) < _LOST_SECONDS:
            rest = _LOST_SECONDS - self.silent_for(time.monotonic()) if self._last else 0.0
            await asyncio.sleep(max(rest, _LOST_SECONDS / 10))
        self.interrupt()
        self._back.clear()
        return self.silent_for(time.monotonic())

    async def until_back(self, work: Coroutine[Any, Any, None]) -> None:
        """Run *work* until the source is back."""
        task = asyncio.create_task(work)
        try:
            await self._back.wait()
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
