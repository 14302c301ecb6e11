"""`python -m bench.crashes`: kill -9 at every call that changes something, and the way back.

The engine, the provider plugins, the program, or all of them at once as when the machine dies;
before and after AWS has carried out the call. Then the recovery of docs/how-to/runbook.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.fault_injection.crash_cases import MATRIX, CrashResult
from bench.fault_injection.report import Report
from bench.fault_injection.workers import run_matrix
from bench.figures import count_table

_COUNTS: Mapping[str, Callable[[CrashResult], bool]] = {
    "passed": lambda result: not result.problems,
    "of them with `lunora doctor --remove`": lambda result: result.cleaned_up,
}
_NOTES = """
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


def main() -> int:
    """Measure and save the figures; return 1 where a crash was not survived."""
    outcomes, note = run_matrix(__doc__, MATRIX)
    results = [result for result in outcomes if result.happened]
    cleaned_up = sum(result.cleaned_up for result in results)
    return _REPORT.save(
        results,
        more=f", {cleaned_up} of them with an orphan that `lunora doctor --remove` removed",
        tables=(
            count_table("By victim:", ("killed", "when"), results, _victim, _COUNTS),
            count_table("By call:", ("run", "call"), results, _call, _COUNTS),
        ),
        note=note,
    )


def _victim(result: CrashResult) -> tuple[str, ...]:
    return result.crash.victim, f"{result.crash.moment} AWS has done it"


def _call(result: CrashResult) -> tuple[str, ...]:
    return result.crash.scenario, result.crash.operation


_REPORT: Report[CrashResult] = Report(
    name="crashes",
    title="Crashes, one by one",
    promise="Whoever is killed, and whenever: the recovery of the runbook reaches the declared"
    " state, and nothing is left that `lunora doctor` does not name.",
    noun="crashes survived",
    columns=("run", "call", "killed", "when"),
    cells=lambda result: (*_call(result), *_victim(result)),
    notes=_NOTES,
)


if __name__ == "__main__":
    raise SystemExit(main())
