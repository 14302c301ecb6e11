"""A live stack of the previous version comes over with its channels; its keys are unseen."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from lunora.ops.migration import FORMER_GROUP, LEAVING_TYPES
from tests.support.guide import Block, follow
from tests.support.previous_stack import KEYS, PreviousStack
from tests.support.workspace import Run, Workspace

pytestmark = pytest.mark.e2e

STREAM = "youtube-main"
PROGRAM = "urn:pulumi:local::lunora-player"
ROSTER = f"{PROGRAM}::livestream:index:Roster::roster"
CHANNEL = (
    f"{PROGRAM}::lunora:index:StreamDestination$aws:medialive/channel:Channel::{STREAM}-channel"
)
LIMITED = (
    ("--target", f"**{STREAM}**", "--target-dependents"),
    ("--target", CHANNEL),
    ("--exclude", ROSTER),
    ("--replace", ROSTER),
)
"""Runs that leave the checks of what they are not about out."""
READS = ("Describe", "List", "Get")


@pytest.fixture
def previous(workspace: Workspace) -> PreviousStack:
    return PreviousStack(workspace)


def writes(workspace: Workspace, mark: int) -> list[tuple[str, str]]:
    """Return what has been changed in AWS since *mark*, as service and operation."""
    return [
        (call.service, call.operation)
        for call in workspace.aws.calls[mark:]
        # Actions of alarms are entries of the service `cloudwatch`; its API is `monitoring`.
        if not call.operation.startswith(READS) and call.service != "cloudwatch"
    ]


def resources(workspace: Workspace) -> dict[str, Any]:
    """Return id, type, inputs and outputs of the resources in the state, by their URNs."""
    run = workspace.pulumi("stack", "export", "--show-secrets")
    return {
        entry["urn"]: {key: entry.get(key) for key in ("id", "type", "inputs", "outputs")}
        for entry in json.loads(run.out)["deployment"]["resources"]
        if entry["type"] != "pulumi:pulumi:Stack"
    }


def saved_by(run: Run, workspace: Workspace) -> Path:
    """Return the file that a migration has saved the former state in."""
    (path,) = (workspace.folder / "backups").iterdir()
    assert str(path.relative_to(workspace.folder)) in run.err
    return path


@pytest.mark.recorded_state
def test_a_live_stack_comes_over(
    workspace: Workspace, previous: PreviousStack, documented: tuple[Block, ...]
) -> None:
    before = previous.described()
    states = {name: channel["State"] for name, channel in before.items()}
    assert states == {
        "evening-show": "RUNNING",
        "partner-show": "IDLE",
        "twitch-main": "RUNNING",
        STREAM: "RUNNING",
    }
    mark = len(workspace.aws.calls)
    (block,) = documented
    dry_run, migrate, preview_command, up, status = block.to_run
    follow(workspace, dry_run)
    run = follow(workspace, migrate)
    assert writes(workspace, mark) == []

    preview = follow(workspace, f"{preview_command} --json")
    steps = json.loads(preview.out)["steps"]
    assert {step["op"] for step in steps} == {"create", "delete", "same", "update"}
    created = {step["newState"]["type"] for step in steps if step["op"] == "create"}
    # Two schedules switch the flow output of the scheduled one, which is new in this version.
    assert created == {
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:scheduler/schedule:Schedule",
        "livestream:index:Channel",
    }
    deleted = {step["oldState"]["type"] for step in steps if step["op"] == "delete"}
    assert {kind.rpartition(":")[2] for kind in deleted} == {
        "EventRule",
        "EventTarget",
        "MetricAlarm",
        "StreamAlarms",
    }
    # Their encoder settings are those of the previous version. The adopted one keeps its own.
    interrupted = {
        name
        for name, channel in before.items()
        for line in preview.text.splitlines()
        if f"channel {channel['Id']} is there already" in line and "this interrupts" in line
    }
    assert interrupted == {"evening-show", STREAM}
    assert "this ends its stream" not in preview.text

    follow(workspace, up)
    made = {call[1] for call in writes(workspace, mark) if call[0] == "medialive"}
    assert made <= {"StopChannel", "UpdateChannel", "StartChannel", "CreateTags", "DeleteTags"}
    after = previous.described()
    assert {name: (channel["Id"], channel["State"]) for name, channel in after.items()} == {
        name: (channel["Id"], channel["State"]) for name, channel in before.items()
    }
    assert after["twitch-main"] == before["twitch-main"]
    assert workspace.preview_steps() == {}
    conditions = {name: status["condition"] for name, status in workspace.statuses().items()}
    assert conditions == {
        **dict.fromkeys(("evening-show", "relay", "twitch-main", STREAM), "live"),
        "partner-show": "stopped",
    }
    assert STREAM in follow(workspace, status, code=None).out

    workspace.pulumi("preview", "--diff")
    workspace.pulumi("stack", "export")
    written = [path for path in workspace.folder.rglob("*") if path.is_file()]
    assert saved_by(run, workspace) in written
    for key in KEYS.values():
        assert not [ended.text for ended in workspace.runs if key in ended.text]
        assert not [path for path in written if key.encode() in path.read_bytes()]

    assert workspace.pulumi("destroy", "--yes", "--skip-preview").code == 0
    left = {kind: names for kind, names in workspace.traces().items() if names}
    assert left == {"groups": ["0.0.0.0/0"], "roles": ["lunora-player-local-old-medialive"]}


@pytest.mark.proof
def test_nothing_happens_before_the_migration(
    workspace: Workspace, previous: PreviousStack
) -> None:
    before, stored = previous.described(), resources(workspace)
    mark = len(workspace.aws.calls)
    # None of the last four has the set of destinations checked.
    for words in ((), ("--continue-on-error",), *LIMITED):
        run = workspace.pulumi("up", "--yes", "--skip-preview", *words)
        assert run.code != 0
        assert "LUN303" in run.text
        assert "Traceback" not in run.text
    assert workspace.pulumi("preview").code != 0
    assert writes(workspace, mark) == []
    assert previous.described() == before
    # The engine notes where the emulator has its services now, before it asks our plugin.
    kept = {urn: entry for urn, entry in stored.items() if entry["type"] != "pulumi:providers:aws"}
    assert kept.items() <= resources(workspace).items()


@pytest.mark.proof
def test_a_dry_run_changes_nothing_and_the_way_back_is_open(
    workspace: Workspace, previous: PreviousStack, documented: tuple[Block, ...]
) -> None:
    stored = resources(workspace)
    run = workspace.lunora("migrate", "--dry-run")
    assert run.code == 0, run.text
    assert f"would leave the state: livestream:index:ChannelState {STREAM}-state" in run.out
    assert resources(workspace) == stored
    assert not (workspace.folder / "backups").exists()

    run = workspace.lunora("migrate")
    saved = saved_by(run, workspace)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    types = {entry["type"] for entry in resources(workspace).values()}
    assert not {FORMER_GROUP, *LEAVING_TYPES} & types
    again = workspace.lunora("migrate")
    assert (again.code, again.out, again.err) == (0, "", "nothing to migrate\n")

    (block,) = documented
    (command,) = block.to_run
    follow(workspace, command.replace("backups/prod-20260102T030405Z.json", str(saved)))
    assert resources(workspace) == stored
    assert previous.described()[STREAM]["State"] == "RUNNING"
