"""A hand-made system is taken over while its streams stay on air; its keys are seen nowhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.guide import Block, follow
from tests.support.legacy_system import NAMES, STREAMS, LegacySystem
from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

ADOPTED = sorted(set(STREAMS) - {"archive"})
IMPORTS = "adopted.local.json"
OLD_PARTS = ("channel", "input", "output")
# What is written of a thing, in place or not; the output of the stopped one is disabled.
CHANGES = {"CreateInputSecurityGroup", "CreateTags", "TagResource", "UpdateFlowOutput"}


@pytest.fixture
def legacy(workspace: Workspace) -> LegacySystem:
    """The hand-made system on the project's flow, and no destination files."""
    for file in workspace.destinations.iterdir():
        file.unlink()
    return LegacySystem(workspace.client)


@pytest.fixture
def adopted(workspace: Workspace, legacy: LegacySystem) -> LegacySystem:
    """The same, taken over."""
    run = workspace.lunora("adopt", "--names", NAMES)
    assert run.code == 0, run.text
    workspace.up("--continue-on-error")
    return legacy


def changes(workspace: Workspace, mark: int) -> set[str]:
    """Return what was asked of MediaLive and MediaConnect since *mark* but to look."""
    return {
        call.operation
        for call in workspace.aws.calls[mark:]
        if call.service in {"medialive", "mediaconnect"}
        and not call.operation.startswith(("Describe", "List"))
    }


def of_streams(steps: list[dict[str, Any]]) -> dict[str, str]:
    """Return what a preview does to what carries the streams."""
    carrying = ("Channel", "PushInput", "FlowOutput")
    operations: dict[str, str] = {}
    for step in steps:
        kind, name = step["urn"].split("::")[2].rpartition(":")[2], step["urn"].split("::")[3]
        if kind in carrying:
            operations[name] = f"{operations.get(name, '')} {step['op']}".strip()
    return operations


def test_adopted_streams_stay_on_air(
    workspace: Workspace, legacy: LegacySystem, documented: tuple[Block, ...]
) -> None:
    mark = len(workspace.aws.calls)
    (block,) = documented
    dry_run, adopt, preview_command, up, status = block.to_run
    follow(workspace, dry_run.replace("old-{name}-channel", NAMES))
    assert list(workspace.destinations.iterdir()) == []
    run = follow(workspace, adopt.replace("old-{name}-channel", NAMES))
    (refusal,) = (line for line in run.out.splitlines() if "archive-channel" in line)
    assert "LUN4" in refusal
    assert changes(workspace, mark) == set()
    assert sorted(file.stem for file in workspace.destinations.iterdir()) == ADOPTED

    preview = follow(workspace, f"{preview_command} --json")
    steps = json.loads(preview.out)["steps"]
    assert {step["op"] for step in steps} == {"create"}
    carrying = of_streams(steps)
    assert set(carrying.values()) == {"create"}, "an import would show the stream keys"
    assert len(carrying) == 3 * len(ADOPTED) + 1, "an output for each pipeline"
    assert "interrupts" not in preview.text

    mark = len(workspace.aws.calls)
    follow(workspace, up)
    assert changes(workspace, mark) == CHANGES
    states = {name: legacy.state(name) for name in STREAMS}
    assert states == {**dict.fromkeys(STREAMS, "RUNNING"), "partner-show": "IDLE"}
    workspace.up("--expect-no-changes")
    statuses = workspace.statuses()
    assert sorted(statuses) == ADOPTED
    shown = follow(workspace, status, code=None).out
    assert [name for name in ADOPTED if name not in shown] == []
    outputs = {name: status["flow_output"] for name, status in statuses.items()}
    assert outputs == {**dict.fromkeys(ADOPTED, "ENABLED"), "partner-show": "DISABLED"}
    updates = [c for c in workspace.aws.calls[mark:] if c.operation == "UpdateFlowOutput"]
    assert len(updates) == 1
    assert workspace.lunora("adopt", "--names", NAMES).out.count("not adopted") == 1


@pytest.mark.proof
def test_the_doctor_finds_no_drift_in_what_is_kept_as_found(
    workspace: Workspace, adopted: LegacySystem
) -> None:
    # A flow that CloudWatch has not measured yet would be a warning.
    workspace.aws.advance(120)
    run = workspace.lunora("doctor", "--strict", "--json")
    severities = {check["about"]: check["severity"] for check in json.loads(run.out)["checks"]}
    drift = {f"drift {name}": "ok" for name in ADOPTED}
    assert {about: of for about, of in severities.items() if about.startswith("drift")} == drift
    # The five channels of the hand-made system fill the account's quota.
    assert {about for about, of in severities.items() if of != "ok"} <= {"quota"}
    assert not [key for key in adopted.keys.values() if key in run.text]


@pytest.mark.proof
def test_no_key_in_anything_an_adoption_writes(workspace: Workspace, legacy: LegacySystem) -> None:
    assert workspace.lunora("adopt", "--names", NAMES).code == 0
    for shown in ("--json", "--diff"):
        assert workspace.pulumi("preview", shown).code == 0
    workspace.up("--continue-on-error")
    workspace.pulumi("preview", "--diff")
    workspace.pulumi("refresh", "--yes", "--skip-preview", "--diff")
    workspace.pulumi("stack", "export")
    written = [file for file in workspace.folder.parent.rglob("*") if file.is_file()]
    assert workspace.folder / IMPORTS in written
    for name, key in legacy.keys.items():
        assert not [run.text for run in workspace.runs if key in run.text], name
        assert not [str(file) for file in written if key.encode() in file.read_bytes()], name


def test_an_edit_changes_only_its_own_adopted_channel_and_can_be_taken_back(
    workspace: Workspace, adopted: LegacySystem
) -> None:
    path = workspace.destinations / "twitch-main.yaml"
    original, text = adopted.channel("twitch-main"), path.read_text()
    path.write_text(text.replace("preset: 1080p30", "preset: 720p30"))
    mark = len(workspace.aws.calls)
    workspace.up()
    stopped = [c.resource for c in workspace.aws.calls[mark:] if c.operation == "StopChannel"]
    assert stopped == [adopted.ids["twitch-main"]]
    assert adopted.state("twitch-main") == "RUNNING"
    described = adopted.channel("twitch-main")
    assert described["Name"] == NAMES.format(name="twitch-main")
    assert described["EncoderSettings"]["VideoDescriptions"][0]["Height"] == 720
    workspace.up("--expect-no-changes")

    path.write_text(text)
    workspace.up()
    taken_back = adopted.channel("twitch-main")
    settings = ("Destinations", "EncoderSettings", "InputAttachments", "InputSpecification")
    assert [taken_back[name] for name in settings] == [original[name] for name in settings]
    assert taken_back["State"] == "RUNNING"
    workspace.up("--expect-no-changes")


@pytest.mark.proof
def test_without_its_entry_a_destination_becomes_one_like_all_others(
    workspace: Workspace, adopted: LegacySystem
) -> None:
    imports = workspace.folder / IMPORTS
    entries = json.loads(imports.read_text())
    del entries["restream-main"]
    imports.write_text(json.dumps(entries))
    assert workspace.preview_steps() == {
        "restream-main-input": "update",
        "restream-main-flow-output": "replace",
        "restream-main-channel": "update",
        # Its output group is called otherwise.
        "restream-main-alarms-0-no-signal": "update",
        # The name of its audio is known.
        "restream-main-alarms-0-silent-output": "create",
        "restream-main-alarm": "update",
        "dashboard-1": "update",
    }
    workspace.up()
    name = "lunora-player-local-restream-main"
    assert adopted.channel("restream-main")["Name"] == name
    assert adopted.state("restream-main") == "RUNNING"
    assert {name} <= set(workspace.traces()["inputs"]) & set(workspace.traces()["outputs"])
    workspace.up("--expect-no-changes")


@pytest.mark.proof
def test_a_file_that_goes_takes_everything_adopted_with_it(
    workspace: Workspace, adopted: LegacySystem
) -> None:
    (workspace.destinations / "youtube-main.yaml").unlink()
    run = workspace.up()
    assert f"{IMPORTS}: youtube-main has no destination file" in run.text
    traces = workspace.traces()
    assert [name for names in traces.values() for name in names if "youtube-main" in name] == []
    assert {adopted.state(name) for name in ("twitch-main", "restream-main")} == {"RUNNING"}


@pytest.mark.proof
def test_what_is_given_back_streams_on_without_us(
    workspace: Workspace, adopted: LegacySystem
) -> None:
    imports = workspace.folder / IMPORTS
    entries = json.loads(imports.read_text())
    entries["twitch-main"]["give_back"] = True
    imports.write_text(json.dumps(entries))
    mark = len(workspace.aws.calls)
    workspace.up()
    del entries["twitch-main"]
    imports.write_text(json.dumps(entries))
    (workspace.destinations / "twitch-main.yaml").unlink()
    workspace.up()
    assert changes(workspace, mark) == set()
    assert adopted.state("twitch-main") == "RUNNING"
    traces = workspace.traces()
    left = [name for names in traces.values() for name in names if "twitch-main" in name]
    assert sorted(left) == [f"lunora-player-local-twitch-main-{part}" for part in OLD_PARTS]
