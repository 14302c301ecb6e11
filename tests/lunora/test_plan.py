"""`lunora plan`: sources of a preview and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from localaws.faults import CallFault, FaultPlan
from lunora.cli import app
from lunora.ops.thumbnails import Picture
from lunora.pictures import of_change
from tests.lunora.plan.previews import CHANNEL, OUTPUT, destination, document, said, step
from tests.support.stage import Stage

ERROR = said("error", "error: could not read it")
REFUSAL = said("error", "error: LUN404: nothing was removed: no state")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUNORA_STACK", "local")
    (tmp_path / "Pulumi.yaml").write_text("name: lunora-player\n")
    (tmp_path / "Pulumi.local.yaml").write_text(
        "config:\n  aws:region: us-west-2\n  lunora-player:flows: {main: {name: router}}\n"
    )
    (tmp_path / "destinations").mkdir()
    (tmp_path / "destinations/one.yaml").write_text("platform: restream\npreset: 1080p30\n")
    return tmp_path


def run(*words: str, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(app, ["plan", *words], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize(
    ("diagnostics", "code", "title"),
    [
        ([], 0, "1 created"),
        ([REFUSAL], 3, "refused by a guard"),
        ([ERROR], 1, "the preview failed"),
        ([ERROR, REFUSAL], 1, "the preview failed"),
    ],
)
def test_how_a_preview_ended_is_the_exit_code(
    project: Path, diagnostics: list[dict[str, str]], code: int, title: str
) -> None:
    (project / "p.json").write_text(document(destination("one", "create"), diagnostics=diagnostics))
    result = run("p.json")
    assert result.exit_code == code
    assert result.stdout.startswith(f"## lunora-player local: {title}\n")
    assert result.stderr == ""


def test_a_preview_is_read_from_stdin() -> None:
    assert "1 created" in run("-", stdin=document(destination("one", "create"))).stdout


def test_files_that_are_not_valid_are_told_by_the_preview(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: nowhere\n")
    result = run("-", stdin=document(diagnostics=[said("error", "one.yaml:1:1: wrong")]))
    assert (result.exit_code, result.stderr) == (1, "")
    assert "one.yaml:1:1: wrong" in result.stdout


def test_without_a_file_a_preview_is_made(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_SKIP_CHECKPOINTS", raising=False)
    (project / "bin").mkdir()
    pulumi = project / "bin/pulumi"
    asks = 'echo "$@" "$PULUMI_SKIP_CHECKPOINTS" > asked'
    pulumi.write_text(f"#!/bin/sh\n{asks}\ncat made.json\nexit 255\n")
    pulumi.chmod(0o755)
    (project / "made.json").write_text(document(diagnostics=[REFUSAL]))
    monkeypatch.setenv("PATH", f"{project / 'bin'}:/usr/bin:/bin")
    assert run().exit_code == 3
    arguments = (project / "asked").read_text()
    assert arguments == "preview --json --stack local --non-interactive true\n"


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["nowhere.json"], "LUN418", 2),
        (["Pulumi.yaml"], "LUN418", 2),
        ([], "LUN411", 1),
    ],
)
def test_a_preview_that_cannot_be_read_is_one_line(
    monkeypatch: pytest.MonkeyPatch, words: list[str], code: str, exit_code: int
) -> None:
    monkeypatch.setenv("PATH", "")
    result = run(*words)
    assert (result.exit_code, result.stdout) == (exit_code, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{code}: ")


def change(name: str) -> str:
    """Return a preview that changes the channel of *name*."""
    old, new = {"name": "a"}, {"name": "b"}
    return document(step(CHANNEL, f"{name}-channel", "update", of=name, old=old, new=new))


def test_pictures_are_those_of_the_changed_destinations(stage: Stage) -> None:
    for name in ("one", "two"):
        stage.destination(name, thumbnails=True)
    stage.destination("idle", runs=False, thumbnails=True)
    run_id = "https://github.com/o/r/actions/runs/1"
    shown = run("-", "--pictures", "shots", "--run", run_id, stdin=change("one")).stdout
    assert [path.name for path in Path("shots").iterdir()] == ["destination-one-0.jpg"]
    with Image.open("shots/destination-one-0.jpg") as picture:
        assert picture.format == "JPEG"
    assert "in the artifact `pictures` of the run:\n- `destination-one-0.jpg`\n" in shown
    assert not [key for key in stage.keys.values() if key in shown]
    assert "### Thumbnails\nNone" in run("-", "--pictures", "shots", stdin=change("idle")).stdout
    new = document(destination("two", "create"))
    assert "### Thumbnails\nNone" in run("-", "--pictures", "shots", stdin=new).stdout
    assert "### Thumbnails" not in run("-", stdin=change("one")).stdout


def test_a_destination_without_a_channel_has_the_picture_of_its_flow(stage: Stage) -> None:
    direct = "platform: custom\nroute: flow\nurl: rtp://203.0.113.8:5000\n"
    (stage.folder / "destinations/relay.yaml").write_text(direct)
    relay = document(step(OUTPUT, "relay-flow-output", "update", of="relay", old={}, new={}))
    assert "- `flow-main.jpg`\n" in run("-", "--pictures", "shots", stdin=relay).stdout


def test_pictures_are_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.destination("one", thumbnails=True)
    large = b"\xff\xd8\xff" + b"x" * 500_000
    monkeypatch.setattr(stage.aws._services.pictures, "captured", lambda _: large)
    assert "### Thumbnails\nNone" in run("-", "--pictures", "shots", stdin=change("one")).stdout
    assert not Path("shots").exists()
    many = [Picture("destination", f"n{number}", jpeg=b"x") for number in range(30)]
    monkeypatch.setattr(of_change, "pictures", lambda *_: many)
    run("-", "--pictures", "shots", stdin=change("one"))
    assert len([*Path("shots").iterdir()]) == 20


def test_a_plan_does_not_depend_on_its_pictures(stage: Stage) -> None:
    stage.destination("one", thumbnails=True)
    stage.aws.load_faults(FaultPlan(calls=(CallFault(operation="medialive:*", fault="conflict"),)))
    result = run("-", "--pictures", "shots", stdin=change("one"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "### Thumbnails\nNone" in result.stdout


def test_a_folder_for_pictures_that_cannot_be_written_is_one_line(stage: Stage) -> None:
    stage.destination("one", thumbnails=True)
    Path("shots").write_text("")
    result = run("-", "--pictures", "shots", stdin=change("one"))
    assert (result.exit_code, result.stderr[:7]) == (2, "LUN402:")
