"""The verbs: what they print where, and their exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from localaws.server import EmbeddedAws
from lunora.cli import app
from tests.helpers import idle_channel


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "destinations").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: lunora-player\n")
    return tmp_path


def configure(project: Path, endpoint: str) -> None:
    (project / "Pulumi.local.yaml").write_text(
        f"config:\n  aws:region: us-west-2\n  lunora-player:endpoint: {endpoint}\n"
    )


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, words)
    assert "Traceback" not in result.output
    return result


def test_valid_files_are_counted(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: twitch\npreset: 1080p30\n")
    result = run("validate")
    assert (result.exit_code, result.stdout) == (0, "1 destinations are valid\n")
    assert result.stderr.startswith("destinations/one.yaml:1:11: platform: Twitch ends")


def test_a_wrong_file_is_exit_code_two_and_nothing_on_stdout(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: twitch\n")
    result = run("validate")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "destinations/one.yaml:1:1: preset: is required\n"


def test_status_as_json_is_one_document(
    project: Path, embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    configure(project, embedded.endpoint)
    tags = {"ManagedBy": "lunora", "Project": "lunora-player", "Stack": "local"}
    channel = idle_channel(client("medialive"), Tags={**tags, "Destination": "one"})
    result = run("status", "--stack", "local", "--json")
    assert result.exit_code == 0
    (one,) = json.loads(result.stdout)
    assert (one["name"], one["channel_id"], one["channel_state"]) == ("one", channel, "IDLE")


def test_a_stack_without_file_is_one_sentence(project: Path) -> None:
    result = run("status", "--stack", "nowhere")
    assert result.exit_code == 2
    assert result.stderr.startswith("Pulumi.nowhere.yaml does not exist")


def test_an_aws_that_does_not_answer_is_one_sentence(project: Path) -> None:
    # A reserved port that nothing listens on.
    configure(project, "http://127.0.0.1:1")
    result = run("status", "--stack", "local")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("AWS does not answer for stack local")
