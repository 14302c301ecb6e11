"""`python -m bench.isolation`: one destination of ten always fails; what of the others?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench.fault_injection.environment import UP, Environment, environment, leaks
from bench.fault_injection.fault_cases import PATIENCE_SECONDS, first_error
from bench.figures import Figures, Table, progress
from localaws.faults import CallFault, FaultPlan
from tests.support.aws_snapshot import AwsSnapshot, differences

SICK: Final = "sick"
OTHERS: Final = tuple(f"well-{number}" for number in range(9))
FAILING: Final = (
    "mediaconnect:AddFlowOutputs",
    "medialive:CreateChannel",
    "medialive:StartChannel",
)


@dataclass(frozen=True)
class Step:
    """What an operator does while the sick one fails.

    Attributes:
        name: in a few words.
        edit: changes the files.
    """

    name: str
    edit: Callable[[Environment], None]


def _create(environment: Environment) -> None:
    for name in (*OTHERS[:7], SICK):
        environment.write(name)


def _change(environment: Environment) -> None:
    for name in OTHERS[:2]:
        environment.write(name, preset="720p30")
    environment.write(OTHERS[2], more="state: stopped\n")
    for name in OTHERS[3:5]:
        environment.remove(name)
    for name in OTHERS[7:]:
        environment.write(name)


STEPS: Final = (
    Step("seven others are created", _create),
    Step("two are created, two changed, one stopped, two removed", _change),
)
"""The sick one is in all of them, and never edited after the first."""


@dataclass(frozen=True)
class Found:
    """What came of a step.

    Attributes:
        failing: the call that fails for the sick one.
        step: what was done.
        said: whether the run failed and named the sick one.
        problems: what of the others is not as it would be without it.
    """

    failing: str
    step: str
    said: bool
    problems: tuple[str, ...]


def main() -> int:
    """Measure and keep what was found; returns 1 where one was kept from its change."""
    with environment([SICK, *OTHERS]) as made:
        made.keep("nothing")
        wanted = [_well(made, step) for step in STEPS]
        found = [one for failing in FAILING for one in _with_a_sick_one(made, failing, wanted)]
    _figures(found).save("isolation")
    return int(any(one.problems or not one.said for one in found))


def _well(made: Environment, step: Step) -> AwsSnapshot:
    step.edit(made)
    made.expect(made.run(*UP))
    return made.held()


def _with_a_sick_one(made: Environment, failing: str, wanted: list[AwsSnapshot]) -> list[Found]:
    made.back_to("nothing")
    fault = CallFault(operation=failing, resource=f"*{SICK}*", fault="error")
    made.workspace.aws.load_faults(FaultPlan(calls=(fault,)))
    found = []
    for step, want in zip(STEPS, wanted, strict=True):
        step.edit(made)
        run = made.run(*UP, patience=PATIENCE_SECONDS)
        left = [one for one in differences(want, made.held()) if not _is_of_the_sick(one)]
        said = run.code != 0 and f"({SICK}-" in run.text
        problems = (*leaks(run, made.workspace.keys), *left)
        found.append(Found(failing, step.name, said, problems))
        progress(f"isolation: {failing}, {step.name}: {'; '.join(problems) or 'as wanted'}")
    made.workspace.aws.load_faults(FaultPlan())
    cured = made.run(*UP)
    problems = tuple(differences(wanted[-1], made.held()))
    if cured.code:
        problems = (f"the run fails: {first_error(cured)}", *problems)
    return [*found, Found(failing, "cured, and nothing else", said=True, problems=problems)]


def _is_of_the_sick(difference: str) -> bool:
    # The dashboard shows the sick one too.
    return SICK in difference or difference.startswith("dashboard ")


def _figures(found: list[Found]) -> Figures:
    kept = [one for one in found if one.said and not one.problems]
    rows = tuple(
        (
            one.failing,
            one.step,
            "yes" if one.said else "no",
            "; ".join(one.problems) or "all as without it",
        )
        for one in found
    )
    return Figures(
        title="One that always fails",
        order=12,
        command="python -m bench.isolation",
        promise="A destination that always fails keeps no other from being created, changed,"
        " stopped or removed.",
        verdict=f"{len(kept)} of {len(found)} steps did to the others all that they would have"
        " done without the failing one.",
        kept=len(kept) == len(found),
        tables=(
            Table(
                caption="By the call that fails with 500 for one of ten:",
                columns=("fails", "step", "the run named it", "the others"),
                rows=rows,
            ),
        ),
        notes=(
            (
                "Runs as the pipeline's: `pulumi up --continue-on-error`. The others are compared"
                " with a world without the failing one, thing by thing in AWS; the dashboard, which"
                " shows the failing one too, is compared when that is cured."
            ),
        ),
    )


if __name__ == "__main__":
    raise SystemExit(main())
