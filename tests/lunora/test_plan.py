"""`lunora plan`: sources of a preview and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lunora.cli import app
from tests.lunora.plan.previews import destination, document, said

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
