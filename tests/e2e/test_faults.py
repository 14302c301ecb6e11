"""What fails, dies or happens twice: a few of the cases that `make proof` goes through whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.concurrency import edited, two_runs
from bench.fault_injection.crash_cases import SCENARIOS, Crash, run_crash_case
from bench.fault_injection.environment import Environment
from bench.fault_injection.hand_edits import SHOW
from localaws.faults import CallFault, FaultPlan
from provider.aws import RETRY_TIMEOUT
from tests.e2e.test_lifecycle import interrupted
from tests.e2e.workspace import EXAMPLES, Workspace

pytestmark = pytest.mark.e2e

NEW = "platform: custom\nurl: rtmp://ingest.example.org/show\npreset: 480p30\n"


@pytest.fixture
def world(live: Workspace, tmp_path: Path) -> Environment:
    """The three examples, up, and that moment kept."""
    made = Environment(live, tmp_path / "moments")
    made.scratch.mkdir()
    made.keep("alone")
    return made


@pytest.mark.parametrize("call", ["medialive:CreateInput", "medialive:CreateChannel"])
def test_a_destination_that_always_fails_keeps_no_other_from_its_change(
    live: Workspace, call: str
) -> None:
    live.write("show", NEW)
    live.write("another", NEW.replace("/show", "/another"))
    (live.destinations / "restream-main.yaml").unlink()
    twitch = live.destinations / "twitch-main.yaml"
    twitch.write_text(twitch.read_text() + "state: stopped\n")
    fault = CallFault(operation=call, resource="*-show", fault="conflict")
    live.aws.load_faults(FaultPlan(calls=(fault,)))
    run = live.pulumi(
        "up", "--yes", "--skip-preview", "--continue-on-error", env={RETRY_TIMEOUT: "1"}
    )
    assert run.code != 0
    assert "Traceback" not in run.text
    assert "answered ConflictException: the fault plan says conflict" in run.text
    states = {name: channel["State"] for name, channel in live.channels().items()}
    assert states == {"another": "RUNNING", "twitch-main": "IDLE", "youtube-main": "RUNNING"}

    live.aws.load_faults(FaultPlan())
    mark = len(live.aws.calls)
    live.up()
    assert live.channels()["show"]["State"] == "RUNNING"
    assert interrupted(live, mark) == {}
    live.up("--expect-no-changes")


def test_a_destination_that_cannot_be_looked_at_keeps_no_other_from_its_change(
    live: Workspace,
) -> None:
    (live.destinations / "restream-main.yaml").unlink()
    youtube = live.destinations / "youtube-main.yaml"
    youtube.write_text(youtube.read_text() + "state: stopped\n")
    call = "medialive:DescribeChannel"
    fault = CallFault(operation=call, resource="*-twitch-main", fault="error")
    live.aws.load_faults(FaultPlan(calls=(fault,)))
    run = live.pulumi(
        "up", "--yes", "--skip-preview", "--continue-on-error", env={RETRY_TIMEOUT: "1"}
    )
    assert run.code != 0
    assert ": cannot describe channel" in run.text
    live.aws.load_faults(FaultPlan())
    states = {name: channel["State"] for name, channel in live.channels().items()}
    assert states == {"twitch-main": "RUNNING", "youtube-main": "IDLE"}
    live.up()
    live.up("--expect-no-changes")


@pytest.mark.parametrize(
    ("scenario", "call"),
    [
        ("create", "medialive:CreateChannel"),
        ("create", "ssm:PutParameter"),
        ("create, scheduled", "iam:CreateRole"),
        # Scheduler names its operations by path and method only; this one creates a schedule.
        ("create, scheduled", "scheduler:POST"),
    ],
)
def test_a_killed_run_is_carried_on_by_the_recovery_of_the_runbook(
    world: Environment, scenario: str, call: str
) -> None:
    live = world.workspace
    SCENARIOS[scenario].edit(world)
    live.up()
    wanted, mark = world.held(), len(live.aws.calls)
    outcome = run_crash_case(world, Crash(scenario, call, "machine", "after"), wanted)
    assert outcome.happened
    assert outcome.problems == ()
    assert not outcome.swept, "nothing was left over for the doctor"
    examples = {channel["Id"] for name, channel in live.channels().items() if name in EXAMPLES}
    assert not examples & interrupted(live, mark).keys()


def test_a_second_run_at_once_is_refused_and_the_first_ends_well(world: Environment) -> None:
    (found,) = two_runs(world)
    assert found.problems == ()


def test_an_edit_by_hand_shows_and_is_undone(world: Environment) -> None:
    world.write(SHOW)
    world.workspace.up()
    found = edited(world, "the flow output is disabled", world.keep("both"))
    assert found.problems == ()
