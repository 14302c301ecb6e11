"""Starts, stops and restarts that the console runs in the background."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from catalog.errors import LunoraError
from catalog.suspension import Suspension
from lunora.console.failures import coded
from lunora.ops.caller import caller_name
from lunora.ops.channel_control import control
from lunora.ops.desired_state import DesiredState
from lunora.ops.selection import Selection
from lunora.ops.targets import Target, find_targets
from lunora.stack import Stack

Action = Literal["start", "stop", "restart"]

_STEPS: Mapping[Action, tuple[DesiredState, ...]] = {
    "start": ("running",),
    "stop": ("stopped",),
    "restart": ("stopped", "running"),
}
_WORKERS = 32


@dataclass(frozen=True, slots=True)
class Operation:
    """The last operation on a destination.

    Attributes:
        action: what it does.
        state: the last state of the channel, or of the flow output, on the way.
        ended: whether it is over.
        error: why it failed; empty where it did not.
    """

    action: Action
    state: str
    ended: bool = False
    error: str = ""


class Operations:
    """Operations on the destinations of a stack, one at a time for each.

    Args:
        stack: the stack.
        clock: the time.
        changed: called after each change of an operation.
    """

    def __init__(
        self, stack: Stack, clock: Callable[[], dt.datetime], changed: Callable[[], None]
    ) -> None:
        self._stack, self._clock, self._changed = stack, clock, changed
        self._workers = threading.Semaphore(_WORKERS)
        self._lock = threading.Condition()
        self._operations: dict[str, Operation] = {}

    def last(self) -> Mapping[str, Operation]:
        """Return the last operation of each destination that had one."""
        with self._lock:
            return dict(self._operations)

    @functools.cached_property
    def caller(self) -> str:
        """The name of the operator in AWS, by which a stop is recorded."""
        return caller_name(self._stack.aws())

    def begin(self, action: Action, names: Sequence[str]) -> None:
        """Begin *action* on all of *names*, or on none.

        Raises:
            UnknownDestinationError: when one does not exist.
            LunoraError: when an operation on one of them is under way.
            ClientError, BotoCoreError: when AWS does not answer.
        """
        targets = find_targets(self._stack, Selection(tuple(names)))
        with self._lock:
            for target in targets:
                current = self._operations.get(target.destination)
                if current is not None and not current.ended:
                    raise LunoraError(
                        "LUN461",
                        f"{target.destination}: a {current.action} is under way",
                        remedy="wait until it has ended",
                    )
            for target in targets:
                self._operations[target.destination] = Operation(action, target.state)
        self._changed()
        for target in targets:
            # A daemon: a second interrupt does not wait for it.
            threading.Thread(target=self._run, args=(action, target), daemon=True).start()

    def under_way(self) -> list[str]:
        """Return the destinations with an operation that has not ended."""
        return [name for name, operation in self.last().items() if not operation.ended]

    def wait(self) -> None:
        """Wait until all operations have ended: half a restart is a stop."""
        with self._lock:
            self._lock.wait_for(lambda: all(each.ended for each in self._operations.values()))

    def _run(self, action: Action, target: Target) -> None:
        with self._workers:
            self._operate(action, target)

    def _operate(self, action: Action, target: Target) -> None:
        name, error = target.destination, ""

        def report(state: str) -> None:
            self._update(name, lambda operation: dataclasses.replace(operation, state=state))

        try:
            self._take_steps(action, target, report)
        except Exception as failure:  # noqa: BLE001 - the pages must show it, and take another
            error = str(coded(failure, "LUN490", f"{action} {name}"))
        self._update(
            name, lambda operation: dataclasses.replace(operation, ended=True, error=error)
        )

    def _take_steps(self, action: Action, target: Target, report: Callable[[str], None]) -> None:
        suspension = Suspension(self.caller, self._clock())
        first, *further = _STEPS[action]
        control(self._stack, target, first, report, suspension)
        for desired in further:
            # Read again: the step before has marked the channel.
            (current,) = find_targets(self._stack, Selection((target.destination,)))
            control(self._stack, current, desired, report, suspension)

    def _update(self, name: str, change: Callable[[Operation], Operation]) -> None:
        with self._lock:
            self._operations[name] = change(self._operations[name])
            self._lock.notify_all()
        self._changed()
