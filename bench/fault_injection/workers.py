"""Several worlds, each in a process of its own, that take cases as they come."""

from __future__ import annotations

import argparse
import atexit
import contextlib
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

from bench.fault_injection.environment import Environment, environment
from bench.figures import progress

T = TypeVar("T")

_OWN: list[Environment] = []
_EVERY_SECONDS = 30.0


@contextlib.contextmanager
def workers(
    count: int, names: Sequence[str], prepare: Callable[[Environment], None]
) -> Iterator[ProcessPoolExecutor]:
    """Start *count* processes, each with a world of the destinations *names*, prepared."""
    with ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(tuple(names), prepare),
    ) as pool:
        yield pool


def own() -> Environment:
    """Return the world of this process."""
    return _OWN[0]


def judged(case: Callable[[], T], lost: Callable[[str], T]) -> T:
    """Return what came of a *case*; what is *lost*, and why, where it has no end."""
    try:
        return case()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a killed run leaves behind
        progress(traceback.format_exc())
        return lost(f"not brought to its end: {type(error).__name__}: {error}")


def collected(what: str, asked: Iterable[Future[T]]) -> list[T]:
    """Return what was *asked* as it comes in, telling a person how far it is."""
    waiting, found = [*asked], []
    began = told = time.monotonic()
    for one in as_completed(waiting):
        found.append(one.result())
        if time.monotonic() - told > _EVERY_SECONDS or len(found) == len(waiting):
            told = time.monotonic()
            progress(f"{what}: {len(found)} of {len(waiting)} after {told - began:.0f} s")
    return found


def options(description: str) -> argparse.Namespace:
    """Read the command line: how many workers, and every which case they take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--every", type=int, default=1, help="take one in so many cases")
    return parser.parse_args()


def _begin(names: tuple[str, ...], prepare: Callable[[Environment], Any]) -> None:
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    made = stack.enter_context(environment(names))
    prepare(made)
    _OWN.append(made)
