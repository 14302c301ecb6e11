"""`python -m bench.crashes`: kill -9 at every call that changes something, and the way back.

The engine, the provider plugins, the program, or all of them at once as when the machine dies;
before and after AWS has done what it was asked. Then the recovery in docs/how-to/runbook.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bench.fault_injection import crash_cases as cases
from bench.fault_injection.crash_cases import Crash, Outcome
from bench.fault_injection.tables import counted
from bench.fault_injection.workers import collected, judged, options, own, workers
from bench.figures import Figures, Table
from bench.sampling import sample
from tests.support.aws_snapshot import AwsSnapshot

_COUNTS: Mapping[str, Callable[[Outcome], bool]] = {
    "survived": lambda one: not one.problems,
    "of them with `lunora doctor --remove`": lambda one: one.swept,
}


def main() -> int:
    """Measure and keep what was found; returns 1 where a crash was not survived."""
    given = options(__doc__ or "")
    with workers(given.workers, [cases.SUBJECT], cases.prepare) as pool:
        listened = collected(
            "without crashes", [pool.submit(_listen, name) for name in cases.SCENARIOS]
        )
        wanted = {name: held for name, held, _ in listened}
        planned = [
            crash
            for name, _, operations in sorted(listened)
            for crash in cases.crashes(name, operations)
        ]
        chosen, said = sample(planned, given.every)
        asked = [pool.submit(_suffer, crash, wanted[crash.scenario]) for crash in chosen]
        found = [one for one in collected("crashes", asked) if one.happened]
    figures = _figures(found, said)
    figures.save("crashes")
    return int(not figures.kept)


def _listen(name: str) -> tuple[str, AwsSnapshot, list[str]]:
    return name, *cases.without_crash(own(), cases.SCENARIOS[name])


def _suffer(crash: Crash, wanted: AwsSnapshot) -> Outcome:
    return judged(
        lambda: cases.run_crash_case(own(), crash, wanted),
        lambda why: Outcome(crash, happened=True, problems=(why,)),
    )


def _figures(found: list[Outcome], said: tuple[str, ...]) -> Figures:
    lost = [one for one in found if one.problems]
    swept = sum(one.swept for one in found)
    return Figures(
        title="Crashes, one by one",
        order=11,
        command="python -m bench.crashes",
        promise="Whoever is killed, and whenever: the recovery of the runbook reaches exactly the"
        " declared state, and nothing is left that `lunora doctor` does not name.",
        verdict=f"{len(found) - len(lost)} of {len(found)} crashes survived, {swept} of them with"
        " a leftover that `lunora doctor --remove` took away.",
        kept=bool(found) and not lost,
        tables=(
            counted("By who was killed:", ("killed", "when"), found, _who, _COUNTS),
            counted("By call:", ("run", "call"), found, _where, _COUNTS),
            *([_lost(lost)] if lost else []),
        ),
        notes=(*said, *(" ".join(note.split()) for note in _NOTES.split("\n\n"))),
    )


def _who(one: Outcome) -> tuple[str, ...]:
    return one.crash.victim, f"{one.crash.moment} AWS has done it"


def _where(one: Outcome) -> tuple[str, ...]:
    return one.crash.scenario, one.crash.operation


def _lost(lost: Iterable[Outcome]) -> Table:
    rows = sorted((*_where(one), *_who(one), "; ".join(one.problems)) for one in lost)
    columns = ("run", "call", "killed", "when", "why")
    return Table(caption="Not survived:", columns=columns, rows=tuple(rows))


_NOTES = """
The recovery: `pulumi cancel`, `pulumi refresh --clear-pending-creates`, then the run that was under
way. Where something was left over, `lunora doctor --remove` after it; had it not named and removed
that, the case would not have survived.

Survived means: AWS held exactly what it holds after the same run without a crash, compared thing by
thing; every channel and input was in the state, and nothing was pending.

`plugin` are both provider plugins, `program` is the Python that reads the files, `machine` is all
of them and the engine. In a removal the program is often gone when the call comes; that is no case.

The first call of each kind that a run makes is a step. `first up` and `destroy` are of a stack with
one destination; there the calls count that are about no single destination.
"""


if __name__ == "__main__":
    raise SystemExit(main())
