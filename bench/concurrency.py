"""`python -m bench.concurrency`: two runs on one stack, an operator beside a run, edits by hand."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from bench.fault_injection.environment import NEIGHBOUR, UP, Environment, environment
from bench.fault_injection.fault_cases import first_error
from bench.fault_injection.hand_edits import EDITS, SHOW
from bench.figures import Figures, Table, progress
from catalog import names
from localaws.faults import CallFault, Faults
from localaws.server import LOCAL_REGION
from lunora.ops.channel_control import control_channel
from lunora.ops.channels import channels
from lunora.ops.desired_state import DesiredState
from lunora.ops.errors import ControlError
from provider.aws import AwsClients
from tests.support.aws_snapshot import AwsSnapshot, differences
from tests.support.workspace import PROJECT, STACK, Run


@dataclass(frozen=True)
class Found:
    """What came of one thing that happened.

    Attributes:
        happened: what, in a few words.
        wanted: what was to come of it.
        problems: what came of it instead; none where it was as wanted.
    """

    happened: str
    wanted: str
    problems: tuple[str, ...]


class _Between(Faults):
    """Lets something happen beside a run, at its first call of an operation, and waits for it."""

    def __init__(self, operation: str, happen: Callable[[], None]) -> None:
        super().__init__()
        self._operation = operation
        self._thread = threading.Thread(target=happen)
        self._begun = False

    def of_call(self, operation: str, about: Any) -> CallFault | None:
        del about
        if operation != self._operation or self._begun:
            return None
        self._begun = True
        self._thread.start()
        # The answer waits outside the lock of the embedded AWS, so that the other can go on.
        return CallFault(operation=operation, fault="slow", seconds=_SECONDS)

    def ended(self) -> None:
        """Wait until what happened beside the run is over."""
        self._thread.join()


_SECONDS: Final = 8.0


def two_runs(made: Environment) -> Iterator[Found]:
    """Start a second `up` while the first is at work."""
    made.back_to("alone")
    made.write(SHOW)
    second: list[Run] = []
    between = _Between("medialive:CreateChannel", lambda: second.append(made.run(*UP)))
    made.workspace.aws.faults = between
    first = made.run(*UP)
    between.ended()
    made.workspace.aws.faults = Faults()
    problems = []
    if second[0].code == 0 or "locked" not in second[0].text:
        problems.append("the second was not refused by the lock")
    if first.code or made.run("preview", "--expect-no-changes").code:
        problems.append("the first did not reach the declared state")
    yield Found(
        "a second `up` begins", "refused: the stack is locked; the first ends well", (*problems,)
    )


def operators(made: Environment, wanted: AwsSnapshot) -> Iterator[Found]:
    """Stop and start channels as `lunora` does, while an `up` is at work."""
    asked: tuple[tuple[str, DesiredState], ...] = (
        (NEIGHBOUR, "stopped"),
        (SHOW, "stopped"),
        (SHOW, "running"),
    )
    for name, state in asked:
        made.back_to("both")
        made.write(SHOW, preset="720p30")
        between = _Between(
            "medialive:UpdateChannel", functools.partial(_operate, made, name, state)
        )
        made.workspace.aws.faults = between
        run = made.run(*UP)
        between.ended()
        made.workspace.aws.faults = Faults()
        problems = []
        if run.code and f"({SHOW}-" not in run.text:
            problems.append(f"the run failed: {first_error(run)}")
        is_as_declared = made.channel(name).state == "RUNNING" and not run.code
        steps = made.workspace.preview_steps()
        if bool(steps) == is_as_declared:
            problems.append(f"the next preview shows {sorted(steps) or 'nothing'}")
        made.expect(made.run(*UP))
        problems += differences(wanted, made.held())
        yield Found(
            f"{name} is brought to {state} while an `up` changes {SHOW}",
            "the run goes on, or says what it could not do; the next preview shows what is not as"
            " declared, and `up` brings it there",
            tuple(problems),
        )


def _operate(made: Environment, name: str, wanted: DesiredState) -> None:
    aws = AwsClients(LOCAL_REGION, endpoint=made.workspace.aws.endpoint)
    listed = channels(aws.medialive, names.shared_tags(PROJECT, STACK))
    (channel,) = (one for one in listed if one.destination == name)
    # What AWS refuses an operator while a run changes the channel, the command says.
    with contextlib.suppress(ControlError):
        control_channel(aws, channel, wanted, lambda _: None)


def edits(made: Environment, wanted: AwsSnapshot) -> Iterator[Found]:
    """Change things in AWS by hand."""
    for happened in EDITS:
        yield edited(made, happened, wanted)


def edited(made: Environment, happened: str, wanted: AwsSnapshot) -> Found:
    """Change something in AWS by hand, look, and bring it back."""
    made.back_to("both")
    EDITS[happened](made)
    problems = []
    if not differences(wanted, made.held()):
        problems.append("the edit changed nothing")
    if made.run("preview", "--refresh", "--expect-no-changes").code == 0:
        problems.append("`pulumi preview --refresh` does not see it")
    run = made.run(*UP, "--refresh")
    if run.code:
        problems.append(f"`pulumi up --refresh` fails: {first_error(run)}")
    problems += differences(wanted, made.held())
    wish = "`preview --refresh` shows it, `up --refresh` undoes it"
    return Found(f"by hand: {happened}", wish, tuple(problems))


def main() -> int:
    """Measure and keep what was found; returns 1 where something was not as wanted."""
    with environment([SHOW]) as made:
        made.write(NEIGHBOUR)
        made.expect(made.run(*UP))
        made.keep("alone")
        made.write(SHOW)
        made.expect(made.run(*UP))
        both = made.keep("both")
        made.write(SHOW, preset="720p30")
        made.expect(made.run(*UP))
        changed = made.held()
        found = []
        for part in (two_runs(made), operators(made, changed), edits(made, both)):
            for one in part:
                found.append(one)
                progress(f"together: {one.happened}: {'; '.join(one.problems) or 'as wanted'}")
    _figures(found).save("together")
    return int(any(one.problems for one in found))


def _figures(found: list[Found]) -> Figures:
    kept = sum(not one.problems for one in found)
    rows = tuple(
        (one.happened, one.wanted, "; ".join(one.problems) or "as wanted") for one in found
    )
    return Figures(
        title="Two at once",
        order=13,
        command="python -m bench.concurrency",
        promise="Two runs never mix; what an operator does beside a run, or by hand in AWS, is"
        " shown by the next preview and undone by the next run.",
        verdict=f"{kept} of {len(found)} things that happened ended as they should.",
        kept=kept == len(found),
        tables=(Table(caption="One by one:", columns=("happens", "wanted", "found"), rows=rows),),
        notes=(
            (
                "Compared with AWS as it was, thing by thing; what happens beside a run happens"
                " while a call of it waits for its answer."
            ),
        ),
    )


if __name__ == "__main__":
    raise SystemExit(main())
