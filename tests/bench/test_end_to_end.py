"""A few cases of each measurement, run by the real engine."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pytest

from bench.concurrency import SHOW, edited, two_runs
from bench.crashes import RECOVERY, Crash, run_crash_case
from bench.fault_injection.environment import NEIGHBOUR, SCENARIOS, Environment, environment
from bench.soak.availability import EDIT
from bench.soak.month import Month, simulate
from tests.support.guide import Block
from tests.support.interruptions import interrupted

pytestmark = [pytest.mark.e2e, pytest.mark.proof]

SMALL = Month(seed=4, days=1, destinations=3, edits=2, mishaps=2, meddling=1, operating=0, speed=60)


@pytest.fixture
def world() -> Iterator[Environment]:
    """A stack with the neighbour alone, up, and that moment kept."""
    with environment(SHOW) as made:
        made.back_to("alone")
        yield made


@pytest.mark.parametrize(
    ("scenario", "call"),
    [
        ("create", "medialive:CreateChannel"),
        # Scheduler names its operations by path and method only; this one creates a schedule.
        ("create, scheduled", "scheduler:POST"),
    ],
)
def test_the_runbook_recovers_a_killed_run(
    world: Environment, documented: tuple[Block, ...], scenario: str, call: str
) -> None:
    # The last command is the run itself.
    (block,) = documented
    assert [f"pulumi {shlex.join(words)}" for words in RECOVERY] == [*block.to_run[:-1]]
    workspace = world.workspace
    SCENARIOS[scenario].edit(world)
    workspace.up()
    desired, mark = world.held(), len(workspace.aws.calls)
    crash = Crash(scenario, call, "machine", "after")
    (check,) = run_crash_case(world, [crash], desired)
    assert check.problems == []
    assert not check.outcome, "nothing was left over for the doctor"
    neighbour = workspace.channels()[NEIGHBOUR]["Id"]
    assert neighbour not in interrupted(workspace, mark)


def test_a_second_run_at_once_is_refused_and_the_first_ends_well(world: Environment) -> None:
    (step,) = two_runs(world)
    assert step.problems == []


def test_an_edit_by_hand_shows_and_is_undone(world: Environment) -> None:
    world.back_to("running")
    step = edited(world, "the flow output is disabled", world.held())
    assert step.problems == []


def test_streams_live_through_a_day_of_edits_faults_and_people() -> None:
    result = simulate(SMALL)
    assert result.touched == []
    assert result.disagreements == []
    assert result.complaints == []
    assert result.account.availability >= 0.999
    kinds = {name.partition(":")[0] for name in result.counts}
    assert {"edit", "mishap", "by hand", "repair"} <= kinds, "too little happened"
    assert result.account.seconds[EDIT] > 0, "no edit interrupted its own stream"
    assert result.account.on < 1
