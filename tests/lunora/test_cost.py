"""`lunora cost`: each destination and all together, alone or beside another commit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lunora.cli import app
from lunora.cost.measured import Readings, SourceBitrate

ONE = "platform: twitch\npreset: 1080p30\n"
STACK = """\
config:
  aws:region: us-west-2
  lunora-player:flows: {main: {name: router, source: {mbps: 8}}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUNORA_STACK", "local")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("catalog.stack_cost.StackCost.caveats", lambda *_: ("a doubt",))
    (tmp_path / "Pulumi.yaml").write_text("name: lunora-player\n")
    (tmp_path / "Pulumi.local.yaml").write_text(STACK)
    (tmp_path / "destinations").mkdir()
    (tmp_path / "destinations/one.yaml").write_text(ONE)
    return tmp_path


@pytest.fixture
def committed(project: Path) -> Path:
    git("init", "--quiet", "--initial-branch=main")
    commit("one")
    return project


def git(*words: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *identity, *words], check=True)  # noqa: S603, S607 - our own words


def commit(message: str) -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", message)


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, ["cost", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def told(*words: str) -> Any:
    result = run(*words, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def refused(*words: str) -> str:
    """Return the one sentence of a refusal for wrong input."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    return line


def test_a_document_breaks_every_destination_down(project: Path) -> None:
    found = told()
    one = found["destinations"]["one"]
    assert (one["region"], one["runningHours"], one["idleHours"]) == ("us-west-2", 730, 0)
    assert sum(line["usd"] for line in one["lines"]) == pytest.approx(one["monthlyUsd"], abs=0.03)
    shared = sum(line["usd"] for lines in found["shared"].values() for line in lines)
    assert found["cost"]["monthlyUsd"] == pytest.approx(one["monthlyUsd"] + shared, abs=0.02)
    assert shared > 0
    assert "before" not in found


def test_people_get_a_table_and_its_doubts_on_stderr(project: Path) -> None:
    result = run()
    assert result.exit_code == 0
    assert "a month, as of " in result.stdout
    assert "one" in result.stdout
    assert result.stderr == "a doubt\n"


def test_the_month_is_shown_beside_what_is_declared(project: Path) -> None:
    shown = run().stdout
    for heading in ("730 hours", "so far by the files", "so far billed", "forecast"):
        assert heading in shown
    assert "source of flow main: declared up to 8 Mb/s, not measured" in shown
    month = told()["month"]
    one = month["destinations"]["one"]
    assert "billedUsd" not in one
    total = one["forecastUsd"] + month["shared"]["forecastUsd"]
    assert month["forecastUsd"] == pytest.approx(total, abs=0.02)


def test_what_aws_measured_and_billed_comes_first(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = Readings({"main": SourceBitrate(4.0, 6.0)}, {"one": 12.5}, ("no bill of two",))
    monkeypatch.setattr("lunora.cost.measured.read", lambda *_: readings)
    before = told()["destinations"]["one"]["monthlyUsd"]
    found = told("--actual")
    assert found["destinations"]["one"]["monthlyUsd"] < before
    assert found["sources"]["main"] == {"declaredMbps": 8, "measuredMbps": 4.0}
    assert found["month"]["destinations"]["one"]["billedUsd"] == 12.5
    assert "no bill of two" in found["notes"]
    shown = run("--actual")
    assert "source of flow main: measured 4.0 Mb/s, declared up to 8 Mb/s" in shown.stdout
    assert "$12.50" in shown.stdout
    assert "no bill of two" in shown.stderr


def test_suggestions_come_with_patches_that_apply(project: Path) -> None:
    before = told()["cost"]["monthlyUsd"]
    shown = run("--suggest").stdout
    assert "one: schedule: $" in shown
    assert "+schedule:" in shown
    (schedule,) = (each for each in told("--suggest")["suggestions"] if each["way"] == "schedule")
    assert not schedule["keepsRequest"]
    subprocess.run(["git", "apply", "-"], input=schedule["patch"].encode(), check=True)  # noqa: S607
    assert told()["destinations"]["one"]["monthlyUsd"] == schedule["afterUsd"]
    assert told()["cost"]["monthlyUsd"] < before


def test_a_stopped_destination_saves(project: Path) -> None:
    (project / "destinations/one.yaml").write_text(ONE + "state: stopped\n")
    cost = told()["cost"]
    assert cost["monthlyUsd"] < cost["alwaysOnMonthlyUsd"]
    assert cost["savingPercent"] > 50


def test_markdown_shows_what_a_branch_changes(committed: Path) -> None:
    (committed / "destinations/two.yaml").write_text("platform: restream\npreset: 720p30\n")
    (committed / "destinations/one.yaml").unlink()
    result = run("--against", "main", "--markdown")
    assert result.exit_code == 0
    headings, _, one, two, shared, total, *notes = result.stdout.splitlines()
    assert headings.endswith("| before | change |")
    assert one.startswith("| one | - | - | - | - | - | $")
    assert "| -$" in one
    assert two.startswith("| two | 730 | ")
    assert "| $0.00 | +$" in two
    assert shared.startswith("| shared |")
    assert total.startswith("| all |")
    assert notes == ["", "> a doubt."]


def test_an_unchanged_branch_changes_nothing(committed: Path) -> None:
    found = told("--against", "HEAD")
    assert found["changeUsd"] == 0
    assert found["before"] == found["cost"]
    assert "| +" not in run("--against", "HEAD", "--markdown").stdout


def test_what_the_working_tree_has_is_compared_without_a_checkout(committed: Path) -> None:
    (committed / "destinations/one.yaml").write_text(ONE + "state: stopped\n")
    before = (committed / "destinations/one.yaml").read_text()
    assert told("--against", "main")["changeUsd"] < 0
    assert (committed / "destinations/one.yaml").read_text() == before


def test_a_commit_without_the_folder_has_no_destinations(committed: Path) -> None:
    git("rm", "-r", "--quiet", "--cached", "destinations")
    git("commit", "--quiet", "--message", "none")
    assert told("--against", "HEAD")["before"]["monthlyUsd"] == 0


@pytest.mark.parametrize("ref", ["no-such-branch", "main:destinations"])
def test_what_is_no_commit_is_one_sentence(committed: Path, ref: str) -> None:
    assert refused("--against", ref) == (
        f"git knows no commit {ref} here; fetch it, or name another"
    )


def test_an_option_is_no_commit(committed: Path) -> None:
    sentence = "--output=x is no git commit; name a branch, tag or commit"
    assert refused("--against=--output=x") == sentence


def test_files_that_are_not_valid_any_more_are_one_sentence(committed: Path) -> None:
    (committed / "destinations/old.yaml").write_text("platform: gone\npreset: 1080p30\n")
    commit("old")
    (committed / "destinations/old.yaml").unlink()
    assert refused("--against", "main").startswith(
        "the destinations of main cannot be compared with: 1 of their keys"
    )


def test_a_machine_without_git_is_one_sentence(
    committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert refused("--against", "main").startswith("git is not installed here")


@pytest.mark.parametrize(
    ("flows", "sentence"),
    [
        ("[]", "LUN200"),
        ("{other: {name: x}}", "one is fed by the flow main, which Pulumi.local.yaml does not"),
        ("{main: {name: x, source: {mbps: 0}}}", "LUN200"),
        ("{main: {name: x, source: 8}}", "LUN200"),
    ],
)
def test_flows_that_cannot_be_priced_are_one_sentence(
    project: Path, flows: str, sentence: str
) -> None:
    (project / "Pulumi.local.yaml").write_text(
        f"config:\n  aws:region: us-west-2\n  lunora-player:flows: {flows}\n"
    )
    assert sentence in refused()


def test_a_wrong_file_is_exit_code_two(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: twitch\n")
    assert refused().startswith("destinations/one.yaml:1:1: LUN101: preset: ")
