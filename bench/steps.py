"""The life of destinations, measured step by step on one backend or on two in turns."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.backends import Backend, Ours, Terraform
from bench.figures import progress
from bench.processes import Cost, serving


def _apply(more: int, stopped: int = 0) -> Callable[[Backend, int], Cost]:
    def step(backend: Backend, size: int) -> Cost:
        backend.declare(size + more, stopped)
        return backend.apply()

    return step


STEPS: Mapping[str, Callable[[Backend, int], Cost]] = {
    "create": _apply(0),
    "preview, no change": lambda backend, _: backend.preview(),
    "up, no change": lambda backend, _: backend.apply(),
    "one added": _apply(1),
    "ten added": _apply(11),
    "one added, not started": _apply(11, stopped=1),
    "added removed": _apply(0),
    "destroy": lambda backend, _: backend.destroy(),
}
"""In their order. Each leaves what the next one begins with."""

OURS, TERRAFORM = "lunora", "Terraform"

_MOST_ADDED = 12


@dataclass(frozen=True, slots=True)
class Measured:
    """One step of one side.

    Attributes:
        side: `lunora` or `Terraform`.
        size: how many destinations there were.
        bulk: whether the engine wrote its state at the end of the run only.
        step: of `STEPS`.
        cost: what it took.
    """

    side: str
    size: int
    bulk: bool
    step: str
    cost: Cost


def measure(
    size: int, latency: str, steps_of: Mapping[str, Sequence[str]], *, bulk: bool
) -> Iterator[Measured]:
    """Go through the steps once.

    Where two sides are measured, they take turns at every step, so that both have the same
    machine. Each has an emulator of its own.

    Args:
        size: how many destinations are created.
        latency: a profile of the emulator.
        steps_of: by side, the steps it takes.
        bulk: whether the program's engine writes its state at the end of a run only.
    """
    with contextlib.ExitStack() as stack:
        sides = {name: _side(stack, name, size, latency, bulk=bulk) for name in steps_of}
        for step, take in STEPS.items():
            for name, side in sides.items():
                if step in steps_of[name]:
                    cost = take(side, size)
                    progress(f"{latency}, {size}: {name}: {step}: {cost.seconds:.1f} s")
                    yield Measured(name, size, bulk, step, cost)


def _side(
    stack: contextlib.ExitStack, name: str, size: int, latency: str, *, bulk: bool
) -> Backend:
    room = size + _MOST_ADDED
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    aws = stack.enter_context(serving(room, latency))
    if name == OURS:
        return Ours(Path(folder), aws.endpoint, room, bulk=bulk)
    return Terraform(Path(folder), aws.endpoint, room)
