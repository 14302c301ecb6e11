"""`python -m bench.concurrency`: two runs on one stack, an operator beside a run, edits by hand."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Collection, Iterator
from typing import Final

from bench.fault_injection.environment import NEIGHBOUR, UP, Environment, environment
from bench.figures import Check, Report, options
from bench.hand_edits import EDITS, Hand
from localaws.faults import CallFault, Faults
from tests.support.aws_snapshot import AwsSnapshot, differences
from tests.support.workspace import Run

SHOW: Final = "show"
"""The destination that is changed."""

_SECONDS: Final = 8.0
_OPERATORS: Final = (
    (NEIGHBOUR, ("stop", "--yes")),
    (SHOW, ("stop", "--yes")),
    (SHOW, ("start",)),
)


class _Beside(Faults):
    """Starts an action at a run's first call of an operation."""

    def __init__(self, operation: str, action: Callable[[], object]) -> None:
        super().__init__()
        self._operation = operation
        self._thread = threading.Thread(target=action)
        self._begun = False

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        del about
        if operation != self._operation or self._begun:
            return None
        self._begun = True
        self._thread.start()
        # The answer waits outside the lock of the emulator, so that the other can go on.
        return CallFault(operation=operation, fault="slow", seconds=_SECONDS)

    def run_up(self, world: Environment) -> Run:
        """Run `up` with the action beside it, to the end of both."""
        world.workspace.aws.faults = self
        run = world.run(*UP)
        self._thread.join()
        world.workspace.aws.faults = Faults()
        return run


def two_runs(world: Environment) -> Iterator[Check]:
    """Start a second `up` while the first is at work."""
    world.back_to("alone")
    world.write(SHOW)
    second: list[Run] = []
    beside = _Beside("medialive:CreateChannel", lambda: second.append(world.run(*UP)))
    first = beside.run_up(world)
    problems = []
    if second[0].code == 0 or "locked" not in second[0].text:
        problems.append("the second was not refused by the lock")
    if first.code or world.run("preview", "--expect-no-changes").code:
        problems.append("the first did not reach the declared state")
    expected = "refused: the stack is locked; the first ends well"
    yield Check(("a second `up` begins", expected), problems)


def operators(world: Environment, desired: AwsSnapshot) -> Iterator[Check]:
    """Stop and start channels as `lunora` does, while an `up` is at work."""
    for name, words in _OPERATORS:
        world.back_to("running")
        world.write(SHOW, preset="720p30")
        # The command reports what AWS refuses an operator while a run changes the channel.
        action = functools.partial(world.workspace.lunora, *words, name)
        run = _Beside("medialive:UpdateChannel", action).run_up(world)
        problems = []
        if run.code and f"({SHOW}-" not in run.text:
            problems.append(f"the run failed: {run.first_error}")
        is_as_declared = not differences(desired, world.held()) and not run.code
        steps = world.workspace.preview_steps()
        if bool(steps) == is_as_declared:
            problems.append(f"the next preview shows {sorted(steps) or 'nothing'}")
        world.expect(*UP)
        problems += differences(desired, world.held())
        step = f"`lunora {words[0]} {name}` while an `up` changes {SHOW}"
        expected = (
            "the run goes on, or names what it could not do; the next preview shows what is not as"
            " declared, and `up` brings it there"
        )
        yield Check((step, expected), problems)


def edited(world: Environment, edit: str, desired: AwsSnapshot) -> Check:
    """Change something in AWS by hand, preview, and bring it back."""
    world.back_to("running")
    EDITS[edit](Hand(world.workspace, SHOW))
    problems = []
    if not differences(desired, world.held()):
        problems.append("the edit changed nothing")
    if world.run("preview", "--refresh", "--expect-no-changes").code == 0:
        problems.append("`pulumi preview --refresh` shows no change")
    run = world.run(*UP, "--refresh")
    if run.code:
        problems.append(f"`pulumi up --refresh` fails: {run.first_error}")
    problems += differences(desired, world.held())
    expected = "`preview --refresh` shows it, `up --refresh` undoes it"
    return Check((f"by hand: {edit}", expected), problems)


def main() -> int:
    """Measure and save the figures; return 1 where something was not as expected."""
    options(__doc__)
    with environment(SHOW) as world:
        world.back_to("running")
        both = world.held()
        world.write(SHOW, preset="720p30")
        world.expect(*UP)
        changed = world.held()
        checks = [*two_runs(world), *operators(world, changed)]
        checks += [edited(world, edit, both) for edit in EDITS]
    return _REPORT.save(checks)


_REPORT: Final = Report(
    name="concurrency",
    title="Two at once",
    promise="Two runs never mix; what an operator does beside a run, or by hand in AWS, is shown by"
    " the next preview and undone by the next run.",
    noun="actions ended as they should",
    columns=("action", "expected"),
    notes="Compared with AWS as it was, resource by resource; what happens beside a run happens"
    " while a call of it waits for its answer.",
)


if __name__ == "__main__":
    raise SystemExit(main())
