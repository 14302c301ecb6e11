"""`python -m bench.faults`: every AWS call of a destination's life, met by every kind of fault.

A destination is made, changed, stopped, started and removed beside one that nobody touches, by
whole runs of the real engine. A fault meets a call once, or at that call and all that follow
until the run has ended.

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

`--readings others` has MediaLive behave the other way in all that localaws/medialive/readings.yaml
calls disputed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bench.call_log import SHARED, Calls, is_read
from bench.fault_injection.environment import IMPATIENT, NEIGHBOUR, SCENARIOS, Environment
from bench.fault_injection.matrix import Case, run_matrix
from bench.figures import Check, Report
from localaws.faults import CallFault, CallFaultName
from tests.support.aws_snapshot import AwsSnapshot, differences
from tests.support.workspace import Run

Meets = Literal["one call", "all calls"]
Kinds = Mapping[Meets, tuple[CallFaultName, ...]]

SUBJECTS: Final = tuple(f"met-{number}" for number in range(8))

_RUNS: Final = tuple(name for name in SCENARIOS if name != "create, scheduled")
_STAY: Final[tuple[CallFaultName, ...]] = (
    "throttled",
    "error",
    "conflict",
    "unavailable",
    "dropped-before",
    "dropped-after",
)
# One call: without the faults after which the SDK itself asks again.
_WRITES: Final[Kinds] = {
    "all calls": _STAY,
    "one call": ("conflict", "dropped-before", "dropped-after", "slow"),
}
# MediaConnect's 420 is an answer to changes of a flow only.
_LIMITED: Final = "mediaconnect:AddFlowOutputs"
# Of a call that changes nothing a lost answer is one that never was.
_READS: Final[Kinds] = {"all calls": ("throttled", "error", "dropped-before")}
# A call that is about no single destination takes a run for each kind.
_WIDE_WRITES: Final[Kinds] = {
    "all calls": ("error", "conflict"),
    "one call": ("dropped-after",),
}
_WIDE_READS: Final[Kinds] = {"all calls": ("throttled",)}

# These are asked until something has happened, so that the last is another case than the first.
_WAITED_FOR: Final = {"medialive:DescribeChannel", "medialive:DescribeInput"}

_REPORT: Final = Report(
    name="faults",
    title="Faults, one by one",
    promise="Whatever call fails, and however: the run succeeds or names what failed, one more"
    " `pulumi up` reaches exactly the declared state, and no other destination is interrupted.",
    noun="faults survived",
    columns=("run", "call", "fault", "meets"),
    groups=(("fault", "meets"), ("run", "call")),
    notes=__doc__,
)


@dataclass(frozen=True)
class FaultCase(Case):
    """A fault that meets a call.

    Attributes:
        nth: which of these calls about one thing, counted from 1.
        meets: that call alone, or all that follow as well.
        kind: of the fault.
    """

    nth: int
    meets: Meets
    kind: CallFaultName

    @property
    def cells(self) -> tuple[str, ...]:
        """The case, in a few words."""
        call = self.operation + (" (the last)" if self.nth > 1 else "")
        return self.scenario, call, self.kind, self.meets

    def fault(self, subject: str) -> CallFault:
        """Return the fault where it meets the calls about *subject*."""
        once = self.meets == "one call"
        return CallFault(
            operation=self.operation,
            resource="*" if SCENARIOS[self.scenario].wide else f"*{subject}*",
            fault=self.kind,
            nth=self.nth if once else None,
            after=0 if once else self.nth - 1,
            seconds=0.5,
        )


def main() -> int:
    """Measure and save the figures; return 1 where a fault was not survived."""
    checks, note, readings = run_matrix(__doc__, SUBJECTS, _RUNS, batches, run_fault_cases)
    calls = {check.cells[:2] for check in checks}
    more = f", at {len(calls)} calls of {len({run for run, _ in calls})} kinds of runs"
    return _REPORT.under(readings).save(checks, more=more, note=note)


def batches(calls: Mapping[str, Calls]) -> Iterator[Sequence[FaultCase]]:
    """Yield runs, each with faults that meet it side by side, one a destination."""
    for scenario, counts in calls.items():
        # What is asked in a change of the encoding is met there.
        like = calls["change the encoding"] if scenario == "change the key" else Counter()
        cases = [*_cases(scenario, counts, {call for call, owner in like if owner != SHARED})]
        size = 1 if SCENARIOS[scenario].wide else len(SUBJECTS)
        yield from (cases[first : first + size] for first in range(0, len(cases), size))


def _cases(scenario: str, counts: Calls, without: Collection[str]) -> Iterator[FaultCase]:
    wide = SCENARIOS[scenario].wide
    for (operation, owner), count in sorted(counts.items()):
        if owner != (SHARED if wide else SUBJECTS[0]) or operation in without:
            continue
        last = count if operation in _WAITED_FOR and not wide else 1
        writes, reads = (_WIDE_WRITES, _WIDE_READS) if wide else (_WRITES, _READS)
        for nth in sorted({1, last}):
            for meets, kinds in (reads if is_read(operation) else writes).items():
                for kind in kinds:
                    yield FaultCase(scenario, operation, nth, meets, kind)
                if operation == _LIMITED and not wide:
                    yield FaultCase(scenario, operation, nth, meets, "limit")


def run_fault_cases(
    world: Environment, batch: Sequence[FaultCase], desired: AwsSnapshot
) -> list[Check]:
    """Run with the faults of *batch*, then without; return each result, compared with *desired*."""
    scenario = SCENARIOS[batch[0].scenario]
    world.back_to(scenario.begin)
    scenario.edit(world)
    before = world.channel(NEIGHBOUR)
    moments = len(before.history) if before else 0
    world.fail(*map(FaultCase.fault, batch, SUBJECTS))
    struck = world.run(*scenario.words, env=IMPATIENT)
    world.fail()
    halfway = differences(desired, world.held())
    again = world.run(*scenario.words)
    left = differences(desired, world.held())
    common = [*world.leaks(struck), *world.problems_of_state()]
    after = world.channel(NEIGHBOUR)
    if before and after:
        states = {moment.state for moment in after.history[moments:]} - {"RUNNING"}
        if before.members["Id"] != after.members["Id"]:
            common.append("the neighbour is another channel now")
        elif states:
            common.append(f"the neighbour's channel was {' and '.join(sorted(states))}")
    if again.code:
        common.append(f"the next run fails: {again.first_error}")
    if scenario.wide:
        return [_judged(batch[0], [*common, *left], halfway, failed=struck.code != 0)]
    common += [text for text in left if not any(name in text for name in SUBJECTS)]
    return [
        _judged(
            case,
            [*common, *(text for text in left if name in text)],
            [text for text in halfway if name in text],
            failed=struck.code != 0 and _is_named(name, struck),
        )
        for case, name in zip(batch, SUBJECTS, strict=False)
    ]


def _is_named(name: str, run: Run) -> bool:
    return re.search(rf"\({name}[\w-]*\):\n( .*\n)*? +error: ", run.text) is not None


def _judged(case: FaultCase, problems: list[str], undone: list[str], *, failed: bool) -> Check:
    if undone and not failed:
        problems = [*problems, f"the run does not report that {undone[0]}"]
    outcome = "the run failed with an error" if failed else "the run succeeded"
    return Check(case.cells, [*dict.fromkeys(problems)], outcome)


if __name__ == "__main__":
    raise SystemExit(main())
