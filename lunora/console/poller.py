"""The poller: reads AWS for all pages of the console, and tells them of news."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from catalog.errors import LunoraError
from lunora.console.failures import coded
from lunora.console.reading import Reading

VIEWED_SECONDS = 60.0
"""Time after the last request of a page until AWS is read no more: metrics cost money."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State of everything that the pages show.

    Attributes:
        version: higher after each change of anything that a page shows.
        reading: the last that succeeded; None before the first.
        failure: why a later one failed; None where none did.
        failed_at: the time of that failure.
    """

    version: int = 0
    reading: Reading | None = None
    failure: LunoraError | None = None
    failed_at: dt.datetime | None = None


class Poller:
    """Reads a stack every few seconds, while somebody looks at it.

    Args:
        read: reads the stack.
        clock: the time.
        every: seconds between the end of a reading and the next.
    """

    def __init__(
        self, read: Callable[[], Reading], clock: Callable[[], dt.datetime], every: float
    ) -> None:
        self._read, self._clock, self._every = read, clock, every
        self._snapshot = Snapshot()
        self._news = threading.Condition()
        self._due = threading.Event()
        self._viewed = time.monotonic()
        self._ended = False

    @property
    def snapshot(self) -> Snapshot:
        """The present state."""
        return self._snapshot

    @property
    def ended(self) -> bool:
        """True once the console ends."""
        return self._ended

    def start(self) -> None:
        """Read in a thread of its own until the console ends."""
        threading.Thread(target=self._run, name="poller", daemon=True).start()

    def end(self) -> None:
        """End the thread, and all waits."""
        self._ended = True
        self._due.set()
        self.announce()

    def view(self) -> None:
        """Note that a page is open; read at once where none was for a while."""
        idle = time.monotonic() - self._viewed > VIEWED_SECONDS
        self._viewed = time.monotonic()
        if idle:
            self._due.set()

    def refresh(self) -> None:
        """Read again at once."""
        self._due.set()

    def announce(self) -> None:
        """Tell the pages that something else changed than the reading."""
        self._publish(self._snapshot)

    def wait(self, version: int, seconds: float) -> Snapshot:
        """Return the snapshot once it is newer than *version*, or after some *seconds*."""
        with self._news:
            self._news.wait_for(lambda: self._ended or self._snapshot.version != version, seconds)
            return self._snapshot

    def poll(self) -> None:
        """Read once; after a failure the last reading stays."""
        try:
            reading = self._read()
        except Exception as error:  # noqa: BLE001 - the pages must show it, and the thread go on
            self._fail(coded(error, "LUN463", "read the stack"))
        else:
            self._publish(Snapshot(reading=reading))

    def _fail(self, error: LunoraError) -> None:
        now = self._clock()
        self._publish(dataclasses.replace(self._snapshot, failure=error, failed_at=now))

    def _publish(self, content: Snapshot) -> None:
        with self._news:
            version = self._snapshot.version + 1
            self._snapshot = dataclasses.replace(content, version=version)
            self._news.notify_all()

    def _run(self) -> None:
        while not self._ended:
            if time.monotonic() - self._viewed <= VIEWED_SECONDS:
                self.poll()
            self._due.wait(self._every)
            self._due.clear()
