"""Signals that end a process which serves."""

from __future__ import annotations

import queue
import signal


def termination_signals() -> queue.SimpleQueue[int]:
    """Return a queue that receives SIGINT and SIGTERM; for the main thread.

    A handler runs in the middle of what the main thread does. `Event.set` in it waits for a lock
    that `Event.wait` of the same thread may hold; `SimpleQueue.put` is reentrant.
    """
    received = queue.SimpleQueue[int]()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: received.put(number))
    return received
