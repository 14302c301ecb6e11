"""Several environments, each in a process of its own, that take cases as they come."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bench.fault_injection.environment import Environment, Scenario, environment
from bench.figures import options, progress, sample
from tests.support.aws_snapshot import AwsSnapshot

T = TypeVar("T")
Calls = TypeVar("Calls")
Case = TypeVar("Case")
Result = TypeVar("Result")

_OWN: list[Environment] = []
_PROGRESS_SECONDS = 30.0


@dataclass(frozen=True)
class Matrix(Generic[Calls, Case, Result]):
    """Cases of several scenarios.

    Attributes:
        names: the destinations of an environment.
        prepare: makes the moments that scenarios start from.
        scenarios: by name.
        undisturbed: runs a scenario without a case; returns the contents of AWS and the calls.
        plan: returns the cases for the calls of each scenario, each with its scenario.
        run: runs a case, and compares with AWS after the undisturbed run.
        not_ended: returns the result of a case that did not end, for a reason.
    """

    names: tuple[str, ...]
    prepare: Callable[[Environment], None]
    scenarios: Mapping[str, Scenario]
    undisturbed: Callable[[Environment, str], tuple[AwsSnapshot, Calls]]
    plan: Callable[[dict[str, Calls]], Iterable[tuple[str, Case]]]
    run: Callable[[Environment, Case, AwsSnapshot], Result]
    not_ended: Callable[[Case, str], Result]


def run_matrix(
    description: str | None, matrix: Matrix[Calls, Case, Result]
) -> tuple[list[Result], str]:
    """Run the cases that a command line asks for; return their results, and the note on them."""
    given = options(description, workers=os.cpu_count() or 1, every=1)
    with ProcessPoolExecutor(
        given.workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(matrix.names, matrix.prepare),
    ) as pool:
        first = {name: pool.submit(_call, matrix.undisturbed, name) for name in matrix.scenarios}
        _collect("undisturbed", first.values())
        snapshots = {name: future.result()[0] for name, future in first.items()}
        planned = [*matrix.plan({name: future.result()[1] for name, future in first.items()})]
        chosen, notes = sample(planned, given.every)
        futures = [
            pool.submit(_judge, matrix.run, case, snapshots[name], matrix.not_ended)
            for name, case in chosen
        ]
        return _collect("cases", futures), "".join(f"{note}\n\n" for note in notes)


def ended(case: Callable[[], T], failed: Callable[[str], T]) -> T:
    """Return the result of a *case*; that of *failed*, of the reason, where it does not end."""
    try:
        return case()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a killed run leaves behind
        progress(traceback.format_exc())
        return failed(f"not brought to its end: {type(error).__name__}: {error}")


def _collect(label: str, futures: Iterable[Future[T]]) -> list[T]:
    """Return results as they come in, telling a person how far it is."""
    waiting, results = [*futures], list[T]()
    began = last = time.monotonic()
    for future in as_completed(waiting):
        results.append(future.result())
        if time.monotonic() - last > _PROGRESS_SECONDS or len(results) == len(waiting):
            last = time.monotonic()
            progress(f"{label}: {len(results)} of {len(waiting)} after {last - began:.0f} s")
    return results


def _call(function: Callable[..., T], *args: Any) -> T:
    return function(_OWN[0], *args)


def _judge(
    run: Callable[[Environment, Case, AwsSnapshot], Result],
    case: Case,
    desired: AwsSnapshot,
    failed: Callable[[Case, str], Result],
) -> Result:
    return ended(lambda: run(_OWN[0], case, desired), lambda why: failed(case, why))


def _begin(names: tuple[str, ...], prepare: Callable[[Environment], Any]) -> None:
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    made = stack.enter_context(environment(names))
    prepare(made)
    _OWN.append(made)
