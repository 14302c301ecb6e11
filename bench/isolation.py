"""`python -m bench.isolation`: the others, while one destination of ten always fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bench.fault_injection.environment import IMPATIENT, UP, Environment, environment
from bench.figures import Check, Report, options
from localaws.faults import CallFault
from tests.support.aws_snapshot import AwsSnapshot, differences

SICK: Final = "sick"
OTHERS: Final = tuple(f"well-{number}" for number in range(9))
FAILING: Final = (
    "mediaconnect:AddFlowOutputs",
    "medialive:CreateChannel",
    "medialive:StartChannel",
)


def _create(world: Environment) -> None:
    world.write(*OTHERS[:7], SICK)


def _change(world: Environment) -> None:
    world.write(*OTHERS[:2], preset="720p30")
    world.write(OTHERS[2], more="state: stopped\n")
    world.remove(*OTHERS[3:5])
    world.write(*OTHERS[7:])


STEPS: Final[dict[str, Callable[[Environment], None]]] = {
    "seven others are created": _create,
    "two are created, two changed, one stopped, two removed": _change,
}
"""The sick one is in all of them, and never edited after the first."""


def main() -> int:
    """Measure and save the figures; return 1 where one was kept from its change."""
    options(__doc__)
    with environment(SICK, *OTHERS) as world:
        desired = [_undisturbed(world, edit) for edit in STEPS.values()]
        checks = [check for call in FAILING for check in _with_failing(world, call, desired)]
    return _REPORT.save(checks)


def _undisturbed(world: Environment, edit: Callable[[Environment], None]) -> AwsSnapshot:
    edit(world)
    world.expect(*UP)
    return world.held()


def _with_failing(world: Environment, call: str, desired: list[AwsSnapshot]) -> Iterator[Check]:
    world.back_to("nothing")
    world.fail(CallFault(operation=call, resource=f"*{SICK}*", fault="error"))
    for (step, edit), expected in zip(STEPS.items(), desired, strict=True):
        edit(world)
        run = world.run(*UP, env=IMPATIENT)
        problems = world.leaks(run)
        if not run.code or f"({SICK}-" not in run.text:
            problems.append("the run does not name the failing one")
        # The dashboard shows the sick one too.
        problems += [
            difference
            for difference in differences(expected, world.held())
            if SICK not in difference and not difference.startswith("dashboard ")
        ]
        yield Check((call, step), problems)
    world.fail()
    cured = world.run(*UP)
    problems = [f"the run fails: {cured.first_error}"] if cured.code else []
    problems += differences(desired[-1], world.held())
    yield Check((call, "cured, and nothing else"), problems)


_REPORT: Final = Report(
    name="isolation",
    title="One that always fails",
    promise="A destination that always fails keeps no other from being created, changed, stopped or"
    " removed.",
    noun="steps did to the others all that they would have done without the failing one",
    columns=("fails with 500 for one of ten", "step"),
    notes="Runs as the pipeline's: `pulumi up --continue-on-error`. The others are compared"
    " with a stack without the failing one, resource by resource in AWS; the dashboard, which"
    " shows the failing one too, is compared when that is cured. A run that does not name the"
    " failing one has failed.",
)


if __name__ == "__main__":
    raise SystemExit(main())
