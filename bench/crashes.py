"""`python -m bench.crashes`: kill -9 at every call that changes something, and the way back.

The recovery: `pulumi cancel`, `pulumi refresh --clear-pending-creates`, then the run that was under
way. Where something was left over, `lunora doctor --remove` after it; had it not named and removed
that, the case would have failed.

Passed means: AWS held exactly what it holds after the same run without a crash, compared resource
by resource; every channel and input was in the state, and nothing was pending.

`plugin` are both provider plugins, `program` is the Python that reads the files, `machine` is all
of them and the engine. In a removal the program is often gone when the call comes; that is no case.

The first call of each kind that a run makes is a step. `first up` and `destroy` are of a stack with
one destination; there the calls count that are about no single destination.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bench.call_log import SHARED, CallLog, Calls, is_read
from bench.fault_injection.environment import NEIGHBOUR, SCENARIOS, Environment
from bench.fault_injection.matrix import Case, run_matrix
from bench.figures import Check, Report
from localaws.faults import CallFault, Faults
from tests.support.aws_snapshot import AwsSnapshot, differences
from tests.support.workspace import environment as environment_of

SUBJECT: Final = "show"

RECOVERY: Final = (
    ("cancel", "--yes"),
    ("refresh", "--yes", "--clear-pending-creates"),
)
"""The commands of docs/how-to/runbook.md before the next `pulumi up`."""

_RUNS: Final = tuple(name for name in SCENARIOS if name not in {"change the key", "start", "stop"})
# By a part of the command line.
_PROCESSES: Final = {
    "engine": ("/bin/pulumi\0",),
    "plugin": ("\0provider\0", "\0offline.aws_plugin\0"),
    "program": ("pulumi-language-python-exec\0--",),
}
_MACHINE: Final = "machine"
_SECONDS: Final = 20.0

_REPORT: Final = Report(
    name="crashes",
    title="Crashes, one by one",
    promise="Whoever is killed, and whenever: the recovery of the runbook reaches the declared"
    " state, and nothing is left that `lunora doctor` does not name.",
    noun="crashes survived",
    columns=("run", "call", "killed", "when"),
    groups=(("killed", "when"), ("run", "call")),
    notes=__doc__,
)


@dataclass(frozen=True)
class Crash(Case):
    """A kill -9 at the first call of an operation.

    Attributes:
        victim: one of the processes, or all of them: the machine.
        moment: before or after AWS has carried out the call.
    """

    victim: str
    moment: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The case, in a few words."""
        return self.scenario, self.operation, self.victim, f"{self.moment} AWS has done it"


def main() -> int:
    """Measure and save the figures; return 1 where a crash was not survived."""
    checks, note, readings = run_matrix(__doc__, (SUBJECT,), _RUNS, crashes, run_crash_case)
    removed = sum(bool(check.outcome) for check in checks)
    more = f", {removed} of them with an orphan that `lunora doctor --remove` removed"
    return _REPORT.under(readings).save(checks, more=more, note=note)


def crashes(calls: Mapping[str, Calls]) -> Iterator[Sequence[Crash]]:
    """Yield the crashes at each changing call, each for a run of its own."""
    for scenario, counts in calls.items():
        operations = dict.fromkeys(
            operation for operation, owner in counts if _is_step(scenario, operation, owner)
        )
        for operation in operations:
            for victim in (*_PROCESSES, _MACHINE):
                # A killed plugin or machine may not have sent the call. Where another process is
                # killed, the plugin has sent it.
                before = ("before",) if victim in {"plugin", _MACHINE} else ()
                for moment in (*before, "after"):
                    yield (Crash(scenario, operation, victim, moment),)


def run_crash_case(world: Environment, batch: Sequence[Crash], desired: AwsSnapshot) -> list[Check]:
    """Crash, recover as docs/how-to/runbook.md describes, and compare with *desired*.

    The result is empty where there was no process to kill.
    """
    (crash,) = batch
    scenario, folder = SCENARIOS[crash.scenario], world.workspace.folder
    world.back_to(scenario.begin)
    scenario.edit(world)
    killing = world.workspace.aws.faults = _Killing(crash, folder)
    struck = world.run(*scenario.words)
    world.workspace.aws.faults = Faults()
    _wait_for_exit(folder)
    if not killing.killed:
        return []
    problems = world.leaks(struck)
    for words in RECOVERY:
        world.workspace.pulumi(*words, *(["--skip-preview"] if words[0] == "refresh" else []))
    again = world.run(*scenario.words)
    if again.code:
        problems.append(f"the next run fails: {again.first_error}")
    left = differences(desired, world.held())
    if left:
        world.workspace.lunora("doctor", "--remove", "--yes")
    problems += [*differences(desired, world.held()), *world.problems_of_state()]
    return [Check(crash.cells, problems, "`lunora doctor --remove`" if left else "")]


class _Killing(CallLog):
    """Kills at the first call of an operation; the answer to it is lost."""

    def __init__(self, crash: Crash, folder: Path) -> None:
        super().__init__((SUBJECT, NEIGHBOUR))
        self._crash, self._folder = crash, folder
        self.killed = False

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        """Kill at the call of the crash."""
        crash = self._crash
        is_met = operation == crash.operation and not self.killed
        if not is_met or not _is_step(crash.scenario, operation, self.owner(about)):
            return None
        victims = _PROCESSES if crash.victim == _MACHINE else (crash.victim,)
        processes = processes_of(self._folder, victims)
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.killed = bool(processes)
        lost = "dropped-before" if crash.moment == "before" else "dropped-after"
        return CallFault(operation=operation, fault=lost) if processes else None


def _is_step(scenario: str, operation: str, owner: str) -> bool:
    return not is_read(operation) and (owner == SHARED) == SCENARIOS[scenario].wide


def processes_of(folder: Path, victims: Collection[str]) -> list[psutil.Process]:
    """Return the processes of a run in *folder*."""
    backend, processes = environment_of(folder)["PULUMI_BACKEND_URL"], []
    signs = [sign for victim in victims for sign in _PROCESSES[victim]]
    for process in psutil.process_iter():
        # Processes come and go between listing and reading.
        with contextlib.suppress(psutil.Error):
            words = "\0".join([*process.cmdline(), ""])
            is_ours = process.environ().get("PULUMI_BACKEND_URL") == backend
            if is_ours and any(sign in words for sign in signs):
                processes.append(process)
    return processes


def _wait_for_exit(folder: Path) -> None:
    """Wait until the processes that outlived the crash have ended."""
    while processes := processes_of(folder, _PROCESSES):
        if psutil.wait_procs(processes, timeout=_SECONDS)[1]:
            raise SystemExit(f"after {_SECONDS:.0f} s a killed run still has processes")


if __name__ == "__main__":
    raise SystemExit(main())
