"""Cases of several scenarios, in environments that each have a process of their own."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from bench.call_log import CallLog, Calls
from bench.fault_injection.environment import NEIGHBOUR, SCENARIOS, Environment, environment
from bench.figures import Check, options, sample
from bench.readings import Readings
from localaws.faults import Faults
from tests.support.aws_snapshot import AwsSnapshot


@dataclass(frozen=True)
class Case:
    """Something that happens to a run at a call.

    Attributes:
        scenario: the run, one of `SCENARIOS`.
        operation: such as `medialive:CreateChannel`.
    """

    scenario: str
    operation: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The case, in a few words."""
        return self.scenario, self.operation


class Results(NamedTuple):
    """The results of the cases.

    Attributes:
        checks: one a case.
        note: on them.
        readings: of MediaLive's disputed behaviours.
    """

    checks: list[Check]
    note: str
    readings: Readings


C = TypeVar("C", bound=Case)

Judge = Callable[[Environment, Sequence[C], AwsSnapshot], list[Check]]
"""Runs cases side by side in one run, and compares AWS with the same run without them."""

_OWN: list[Environment] = []


def run_matrix(
    description: str | None,
    subjects: tuple[str, ...],
    scenarios: Sequence[str],
    plan: Callable[[Mapping[str, Calls]], Iterable[Sequence[C]]],
    judge: Judge[C],
) -> Results:
    """Run the cases that a command line asks for.

    Args:
        description: of the command.
        subjects: the destinations of an environment.
        scenarios: names of `SCENARIOS`.
        plan: returns the cases of each run, for the calls of each scenario.
        judge: runs them.
    """
    given = options(description, workers=os.cpu_count() or 1, every=1, readings=Readings.DEFAULT)
    begun = (given.readings.chosen, *subjects)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(given.workers, spawn, _begin, begun) as pool:
        undisturbed = dict(zip(scenarios, pool.map(_undisturbed, scenarios), strict=True))
        calls = {name: calls for name, (_, calls) in undisturbed.items()}
        batches, note = sample([*plan(calls)], given.every)
        desired = [undisturbed[batch[0].scenario][0] for batch in batches]
        results = pool.map(ended, itertools.repeat(judge), batches, desired)
        checks = [check for checks in results for check in checks]
        return Results(checks, note, given.readings)


def _begin(readings: Mapping[str, str], *subjects: str) -> None:
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    _OWN.append(stack.enter_context(environment(*subjects, readings=readings)))


def _undisturbed(name: str) -> tuple[AwsSnapshot, Calls]:
    """Run a scenario without a case; return the contents of AWS afterwards, and the calls."""
    (world,), scenario = _OWN, SCENARIOS[name]
    world.back_to(scenario.begin)
    scenario.edit(world)
    log = world.workspace.aws.faults = CallLog([NEIGHBOUR, *world.subjects])
    world.expect(*scenario.words)
    world.workspace.aws.faults = Faults()
    return world.held(), log.calls


def ended(judge: Judge[C], batch: Sequence[C], desired: AwsSnapshot) -> list[Check]:
    """Return the results of a *batch* in the environment of this process, also without an end."""
    try:
        return judge(_OWN[0], batch, desired)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a killed run leaves behind
        traceback.print_exc()
        problem = f"not brought to its end: {type(error).__name__}: {error}"
        return [Check(case.cells, [problem]) for case in batch]
