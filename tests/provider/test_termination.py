"""A process that serves ends by a signal, whenever that comes."""

from __future__ import annotations

import queue
import signal
from collections.abc import Iterator

import pytest

from provider.termination import termination_signals

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def received() -> Iterator[queue.SimpleQueue[int]]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield termination_signals()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_before_the_wait_ends_it(received: queue.SimpleQueue[int], number: int) -> None:
    signal.raise_signal(number)
    assert received.get_nowait() == number


def test_no_lock_of_the_main_thread_is_needed(received: queue.SimpleQueue[int]) -> None:
    """Only this class of the library says that its `put` may interrupt its `get`."""
    assert type(received) is queue.SimpleQueue
