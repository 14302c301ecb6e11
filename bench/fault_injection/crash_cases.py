"""Crashes, one by one: the victim, the call, and the result of the recovery."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from bench.fault_injection.environment import (
    DESTROY,
    NEIGHBOUR,
    UP,
    Environment,
    Scenario,
    first_error,
    leaks,
)
from bench.fault_injection.workers import Matrix
from localaws.faults import CallFault, Faults
from tests.support.aws_snapshot import AwsSnapshot, differences
from tests.support.windows import DISTANT_DAY
from tests.support.workspace import environment as environment_of

Victim = Literal["engine", "plugin", "program", "machine"]
Moment = Literal["before", "after"]

SUBJECT: Final = "show"
VICTIMS: Final[tuple[Victim, ...]] = ("engine", "plugin", "program", "machine")

RECOVERY: Final = (
    ("cancel", "--yes"),
    ("refresh", "--yes", "--skip-preview", "--clear-pending-creates"),
)
"""The commands of docs/how-to/runbook.md before the next `pulumi up`."""

# By a part of the command line.
_PROCESSES: Final = {
    "engine": ("/bin/pulumi\0",),
    "plugin": ("\0provider\0", "\0offline.aws_plugin\0"),
    "program": ("pulumi-language-python-exec\0--",),
}
_READS = ("GET", "Describe", "List", "Get")
_SECONDS = 20.0


_EVENINGS = f"""schedule:
  timezone: UTC
  windows: [{{days: [{DISTANT_DAY}], start: "18:00", stop: "20:00"}}]
"""

SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
        Scenario("first up", "nothing", lambda world: world.write(NEIGHBOUR), wide=True),
        Scenario("create", "alone", lambda world: world.write(SUBJECT)),
        Scenario("create, scheduled", "alone", lambda world: world.write(SUBJECT, more=_EVENINGS)),
        Scenario("change", "both", lambda world: world.write(SUBJECT, preset="720p30")),
        Scenario("delete", "both", lambda world: world.remove(SUBJECT)),
        Scenario("destroy", "alone", lambda _: None, DESTROY, wide=True),
    )
}


@dataclass(frozen=True)
class Crash:
    """A kill -9 at the first call of an operation.

    Attributes:
        scenario: what the run does.
        operation: such as `medialive:CreateChannel`.
        victim: who is killed; `machine` is all of them.
        moment: before or after AWS has carried out the call.
    """

    scenario: str
    operation: str
    victim: Victim
    moment: Moment


@dataclass(frozen=True)
class CrashResult:
    """The result of a crash.

    Attributes:
        crash: the crash.
        happened: whether there was a process to kill.
        cleaned_up: whether `lunora doctor --remove` had something to remove.
        problems: the reasons why it was not survived; none where it was.
    """

    crash: Crash
    happened: bool
    cleaned_up: bool = False
    problems: tuple[str, ...] = ()


def prepare(world: Environment) -> None:
    """Make the moments that scenarios start from."""
    world.keep("nothing")
    world.write(NEIGHBOUR)
    world.expect(world.run(*UP))
    world.keep("alone")
    world.write(SUBJECT)
    world.expect(world.run(*UP))
    world.keep("both")


def without_crash(world: Environment, name: str) -> tuple[AwsSnapshot, list[str]]:
    """Run a scenario undisturbed; return the contents of AWS afterwards, and the changing calls."""
    scenario = SCENARIOS[name]
    world.back_to(scenario.begin)
    scenario.edit(world)
    log = world.workspace.aws.faults = _CallLog(scenario)
    world.expect(world.run(*scenario.words))
    world.workspace.aws.faults = Faults()
    return world.held(), log.changes


def plan(operations: Mapping[str, list[str]]) -> Iterator[tuple[str, Crash]]:
    """Return the crashes, each with its scenario, of the *operations* by scenario."""
    for name in sorted(operations):
        yield from ((name, crash) for crash in crashes(name, operations[name]))


def not_ended(crash: Crash, why: str) -> CrashResult:
    """Return the result of a *crash* whose recovery did not end."""
    return CrashResult(crash, happened=True, problems=(why,))


def crashes(scenario: str, operations: Collection[str]) -> Iterator[Crash]:
    """Return the crashes at each of *operations*."""
    for operation in operations:
        for victim in VICTIMS:
            # A killed plugin or machine may not have sent the call. Where another process is
            # killed, the plugin has sent it.
            moments: tuple[Moment, ...] = ("before", "after")
            for moment in moments if victim in {"plugin", "machine"} else moments[1:]:
                yield Crash(scenario, operation, victim, moment)


def run_crash_case(world: Environment, crash: Crash, desired: AwsSnapshot) -> CrashResult:
    """Crash, recover as docs/how-to/runbook.md describes, and compare with *desired*."""
    scenario, folder = SCENARIOS[crash.scenario], world.workspace.folder
    world.back_to(scenario.begin)
    scenario.edit(world)
    killing = world.workspace.aws.faults = _Killing(scenario, crash, folder)
    struck = world.run(*scenario.words)
    world.workspace.aws.faults = Faults()
    _wait_for_exit(folder)
    if not killing.killed:
        return CrashResult(crash, happened=False)
    problems = leaks(struck, world.workspace.keys)
    for words in RECOVERY:
        world.workspace.pulumi(*words)
    again = world.run(*scenario.words)
    if again.code:
        problems.append(f"the next run fails: {first_error(again)}")
    left = differences(desired, world.held())
    if left:
        world.workspace.lunora("doctor", "--remove", "--yes")
    problems += [*differences(desired, world.held()), *world.problems_of_state()]
    return CrashResult(crash, happened=True, cleaned_up=bool(left), problems=tuple(problems))


MATRIX: Final = Matrix(
    (SUBJECT,), prepare, SCENARIOS, without_crash, plan, run_crash_case, not_ended
)


class _CallLog(Faults):
    """Lists the changing calls of the scenario's steps."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__()
        self._scenario = scenario
        self.changes: list[str] = []

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        if _is_step(self._scenario, operation, about) and operation not in self.changes:
            self.changes.append(operation)
        return None


class _Killing(Faults):
    """Kills at the first call of an operation; the answer to it is lost."""

    def __init__(self, scenario: Scenario, crash: Crash, folder: Path) -> None:
        super().__init__()
        self._scenario, self._crash, self._folder = scenario, crash, folder
        self.killed = False

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        if self.killed or operation != self._crash.operation:
            return None
        if not _is_step(self._scenario, operation, about):
            return None
        victims = _PROCESSES if self._crash.victim == "machine" else {self._crash.victim}
        pids = [pid for name in victims for pid in _pids(self._folder, name)]
        if not pids:
            return None
        self.killed = True
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        lost = "dropped-before" if self._crash.moment == "before" else "dropped-after"
        return CallFault(operation=operation, fault=lost)


def _is_step(scenario: Scenario, operation: str, about: Collection[str]) -> bool:
    if operation.partition(":")[2].startswith(_READS):
        return False
    own = any(name in word for word in about for name in (SUBJECT, NEIGHBOUR))
    return own != scenario.wide


def _pids(folder: Path, victim: str) -> list[int]:
    """Return the processes of a run in *folder*."""
    pids = []
    backend = f"PULUMI_BACKEND_URL={environment_of(folder)['PULUMI_BACKEND_URL']}\0"
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text() + "\0"
            environment = (process / "environ").read_text()
        except (OSError, UnicodeDecodeError):
            continue
        if backend in environment and any(part in words for part in _PROCESSES[victim]):
            pids.append(int(process.name))
    return pids


def _wait_for_exit(folder: Path) -> None:
    """Wait until the processes that outlived the crash have ended."""
    until = time.monotonic() + _SECONDS
    while any(_pids(folder, victim) for victim in _PROCESSES):
        if time.monotonic() > until:
            raise SystemExit(f"after {_SECONDS:.0f} s a killed run still has processes")
        time.sleep(0.1)
