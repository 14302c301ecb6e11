"""`python -m bench.faults`: every AWS call of a destination's life, met by every kind of fault.

A destination is made, changed, stopped, started and removed beside one that nobody touches, by
whole runs of the real engine. A fault meets a call once, or at that call and all that follow
until the run has ended. Then one more run without faults has to reach exactly what a run without
any reaches: AWS is compared thing by thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bench.fault_injection import fault_cases as cases
from bench.fault_injection.fault_cases import CallSite, Case, FaultCase
from bench.fault_injection.tables import counted
from bench.fault_injection.workers import collected, judged, options, own, workers
from bench.figures import Figures, Table
from bench.sampling import sample
from tests.support.aws_snapshot import AwsSnapshot

_COUNTS: Mapping[str, Callable[[Case], bool]] = {
    "the run went through": lambda case: not case.failed,
    "the run failed and said so": lambda case: case.failed,
    "survived": lambda case: not case.problems,
}


def main() -> int:
    """Measure and keep what was found; returns 1 where a fault was not survived."""
    given = options(__doc__ or "")
    with workers(given.workers, cases.SUBJECTS, cases.prepare) as pool:
        listened = collected(
            "without faults", [pool.submit(_listen, name) for name in cases.SCENARIOS]
        )
        wanted = {name: held for name, held, _ in listened}
        slots = cases.unmet([slot for _, _, found in listened for slot in found])
        planned = [
            batch
            for name in cases.SCENARIOS
            for batch in cases.batches([slot for slot in slots if slot.scenario == name])
        ]
        chosen, said = sample(planned, given.every)
        asked = [pool.submit(_meet, one, wanted[one[0].slot.scenario]) for one in chosen]
        found = [case for batch in collected("faults", asked) for case in batch]
    figures = _figures(found, said)
    figures.save("faults")
    return int(not figures.kept)


def _listen(name: str) -> tuple[str, AwsSnapshot, list[CallSite]]:
    return name, *cases.without_faults(own(), cases.SCENARIOS[name])


def _meet(batch: tuple[FaultCase, ...], wanted: AwsSnapshot) -> list[Case]:
    return judged(
        lambda: cases.meet(own(), batch, wanted),
        lambda why: [Case(one, failed=True, problems=(why,)) for one in batch],
    )


def _figures(found: list[Case], said: tuple[str, ...]) -> Figures:
    lost = [case for case in found if case.problems]
    calls = {(case.meeting.slot.scenario, case.meeting.slot.operation) for case in found}
    verdict = (
        f"{len(found) - len(lost)} of {len(found)} faults survived, at {len(calls)} calls of"
        f" {len({scenario for scenario, _ in calls})} kinds of runs."
    )
    return Figures(
        title="Faults, one by one",
        order=10,
        command="python -m bench.faults",
        promise="Whatever call fails, and however: the run goes through or says what failed, one"
        " more `pulumi up` reaches exactly the declared state, and no other destination is"
        " interrupted.",
        verdict=verdict,
        kept=bool(found) and not lost,
        tables=(
            counted("By kind of fault:", ("fault", "meets"), found, _kind, _COUNTS),
            counted("By call:", ("run", "call"), found, _call, _COUNTS),
            *([_lost(lost)] if lost else []),
        ),
        notes=(*said, *(" ".join(note.split()) for note in _NOTES.split("\n\n"))),
    )


def _kind(case: Case) -> tuple[str, ...]:
    return case.meeting.kind, {"once": "one call", "stays": "all calls"}[case.meeting.mode]


def _call(case: Case) -> tuple[str, ...]:
    slot = case.meeting.slot
    return slot.scenario, slot.operation + (" (the last)" if slot.nth > 1 else "")


def _lost(lost: Iterable[Case]) -> Table:
    rows = sorted((*_call(case), *_kind(case), "; ".join(case.problems)) for case in lost)
    columns = ("run", "call", "fault", "meets", "why")
    return Table(caption="Not survived:", columns=columns, rows=tuple(rows))


_NOTES = """
Survived means all of: the run went through, or ended with an error that names the destination; no
traceback and no key in what it printed; the next run succeeded; AWS then held exactly what it
holds after the same runs without faults, compared thing by thing (channels, inputs, security
groups, flow outputs, parameters, alarms, rules, dashboards, topics, roles, tags); every channel
and input was in the state and nothing was pending; the channel of the neighbour, which nobody
edits, had left RUNNING at no moment.

Eight destinations are met side by side in one run, each by a fault of its own.

Calls that change something: all kinds at that call and all that follow; once, those that the SDK
does not ask again by itself, a lost answer and a slow one. Calls that change nothing: throttled,
failing and dropped, until the run has ended. `limit` (420) is met only where MediaConnect has it.

`first up` and `destroy` are of a stack with one destination; there the calls count that are about
no single destination.

A change of a key is met where it asks what a change of the encoding does not.

The AWS provider is the stand-in, which behaves as the real one is documented; it asks again five
times, the real one twenty-five.

`LUNORA_PATIENCE_SECONDS=1`: our own plugin gives up on refusals after that, and not after fifteen
minutes.
"""


if __name__ == "__main__":
    raise SystemExit(main())
