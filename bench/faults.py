"""`python -m bench.faults`: every AWS call of a destination's life, met by every kind of fault.

A destination is made, changed, stopped, started and removed beside one that nobody touches, by
whole runs of the real engine. A fault meets a call once, or at that call and all that follow
until the run has ended. Then one more run without faults has to reach exactly what a run without
any reaches: AWS is compared resource by resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.fault_injection.fault_cases import MATRIX, FaultResult
from bench.fault_injection.report import Report
from bench.fault_injection.workers import run_matrix
from bench.figures import count_table

_COUNTS: Mapping[str, Callable[[FaultResult], bool]] = {
    "the run succeeded": lambda result: not result.failed,
    "the run failed with an error": lambda result: result.failed,
    "passed": lambda result: not result.problems,
}
_NOTES = """
Passed means all of: the run succeeded, or ended with an error that names the destination; no
traceback and no key in its output; the next run succeeded; AWS then held exactly what it
holds after the same runs without faults, compared resource by resource (channels, inputs, security
groups, flow outputs, parameters, alarms, rules, dashboards, topics, roles, schedules, tags); every
channel and input was in the state and nothing was pending; the channel of the neighbour, which
nobody edits, never left RUNNING.

Eight destinations are met side by side in one run, each by a fault of its own.

Calls that change something: all kinds at that call and all that follow; once, those that the SDK
does not retry, a lost answer and a slow one. Calls that change nothing: throttled,
failing and dropped, until the run has ended. `limit` (420) is met only where MediaConnect has it.

`first up` and `destroy` are of a stack with one destination; there the calls count that are about
no single destination. A change of a key is met at the calls that a change of the encoding lacks.

The AWS provider is the stand-in, which behaves as the real one is documented; it retries five
times, the real one twenty-five. `LUNORA_PATIENCE_SECONDS=1`: our own plugin gives up on refusals
after that, and not after fifteen minutes.
"""


def main() -> int:
    """Measure and save the figures; return 1 where a fault was not survived."""
    batches, note = run_matrix(__doc__, MATRIX)
    results = [result for batch in batches for result in batch]
    calls = {_call(result) for result in results}
    return _REPORT.save(
        results,
        more=f", at {len(calls)} calls of {len({run for run, _ in calls})} kinds of runs",
        tables=(
            count_table("By kind of fault:", ("fault", "meets"), results, _kind, _COUNTS),
            count_table("By call:", ("run", "call"), results, _call, _COUNTS),
        ),
        note=note,
    )


def _kind(result: FaultResult) -> tuple[str, ...]:
    return result.case.kind, {"once": "one call", "stays": "all calls"}[result.case.mode]


def _call(result: FaultResult) -> tuple[str, str]:
    site = result.case.site
    return site.scenario, site.operation + (" (the last)" if site.nth > 1 else "")


_REPORT: Report[FaultResult] = Report(
    name="faults",
    title="Faults, one by one",
    promise="Whatever call fails, and however: the run succeeds or names what failed, one more"
    " `pulumi up` reaches exactly the declared state, and no other destination is interrupted.",
    noun="faults survived",
    columns=("run", "call", "fault", "meets"),
    cells=lambda result: (*_call(result), *_kind(result)),
    notes=_NOTES,
)


if __name__ == "__main__":
    raise SystemExit(main())
