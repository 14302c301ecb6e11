"""`lunora cost`: each destination and all together, alone or beside another commit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from catalog import import_manifest
from catalog.model import DestinationSpec
from lunora.cli import app
from lunora.cost.measured import Readings, SourceBitrate
from tests.support.import_manifest import entry

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


def test_the_token_of_a_repository_is_a_shared_cost(project: Path) -> None:
    repository = "{name: octo/streams, token: {secret: github}}"
    api = f"  lunora-player:api: {{enabled: true, repository: {repository}}}\n"
    before = told()["shared"]["us-west-2"]
    (project / "Pulumi.local.yaml").write_text(STACK + api)
    after = {line["what"]: line["usd"] for line in told()["shared"]["us-west-2"]}
    assert after.keys() - {line["what"] for line in before} == {"repository token"}
    assert after["repository token"] == pytest.approx(0.40)


def test_a_document_breaks_every_destination_down(project: Path) -> None:
    document = told()
    destination = document["destinations"]["one"]
    assert (destination["region"], destination["runningHours"], destination["idleHours"]) == (
        "us-west-2",
        730,
        0,
    )
    assert sum(line["usd"] for line in destination["lines"]) == pytest.approx(
        destination["monthlyUsd"], abs=0.03
    )
    shared = sum(line["usd"] for lines in document["shared"].values() for line in lines)
    assert document["cost"]["monthlyUsd"] == pytest.approx(
        destination["monthlyUsd"] + shared, abs=0.02
    )
    assert shared > 0
    assert "before" not in document


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
    share = month["destinations"]["one"]
    assert "billedUsd" not in share
    total = share["forecastUsd"] + month["shared"]["forecastUsd"]
    assert month["forecastUsd"] == pytest.approx(total, abs=0.02)


def test_what_aws_measured_and_billed_comes_first(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = Readings({"main": SourceBitrate(4.0, 6.0)}, {"one": 12.5}, ("no bill of two",))
    monkeypatch.setattr("lunora.cost.measured.read", lambda *_: readings)
    before = told()["destinations"]["one"]["monthlyUsd"]
    document = told("--actual")
    assert document["destinations"]["one"]["monthlyUsd"] < before
    assert document["sources"]["main"] == {"declaredMbps": 8, "measuredMbps": 4.0}
    assert document["month"]["destinations"]["one"]["billedUsd"] == 12.5
    assert "no bill of two" in document["notes"]
    shown = run("--actual")
    assert "source of flow main: measured 4.0 Mb/s, declared up to 8 Mb/s" in shown.stdout
    assert "$12.50" in shown.stdout
    assert "no bill of two" in shown.stderr


def test_a_flow_without_prices_does_not_lose_the_others(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = told()["destinations"]
    (project / "Pulumi.local.yaml").write_text(
        STACK.replace("{main:", "{far: {name: x, region: moon}, main:")
    )
    (project / "destinations/two.yaml").write_text(
        "platform: restream\npreset: 720p30\nflow: far\n"
    )
    monkeypatch.undo()
    monkeypatch.chdir(project)
    monkeypatch.setenv("LUNORA_STACK", "local")
    document = told()
    assert document["destinations"] == alone
    assert document["cost"]["unpriced"] == ["two"]
    assert document["notes"][0] == "two has no cost: moon is no AWS region"


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
    headings, _, first, second, shared, total, *notes = result.stdout.splitlines()
    assert headings.endswith("| before | change |")
    assert first.startswith("| one | - | - | - | - | - | $")
    assert "| -$" in first
    assert second.startswith("| two | 730 | ")
    assert "| $0.00 | +$" in second
    assert shared.startswith("| shared |")
    assert total.startswith("| all |")
    assert notes == ["", "> a doubt."]


def test_an_unchanged_branch_changes_nothing(committed: Path) -> None:
    document = told("--against", "HEAD")
    assert document["changeUsd"] == 0
    assert document["before"] == document["cost"]
    assert "| +" not in run("--against", "HEAD", "--markdown").stdout


def test_a_commit_is_compared_at_the_same_bitrates_and_adopted_channels(
    committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = Readings({"main": SourceBitrate(4.0, 6.0)}, {}, ())
    monkeypatch.setattr("lunora.cost.measured.read", lambda *_: readings)
    spec = DestinationSpec.model_validate({**yaml.safe_load(ONE), "name": "one"})
    (committed / "adopted.local.json").write_text(import_manifest.text({"one": entry(spec)}))
    assert told("--against", "HEAD", "--actual")["changeUsd"] == 0


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
def test_a_missing_commit_is_refused(committed: Path, ref: str) -> None:
    assert refused("--against", ref).startswith("LUN422: ")


def test_an_option_is_no_commit(committed: Path) -> None:
    assert refused("--against=--output=x").startswith("LUN422: ")


def test_a_commit_with_files_of_another_version_is_refused(committed: Path) -> None:
    (committed / "destinations/old.yaml").write_text("platform: gone\npreset: 1080p30\n")
    commit("old")
    (committed / "destinations/old.yaml").unlink()
    assert refused("--against", "main").startswith("LUN423: ")


def test_a_machine_without_git_is_refused(committed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert refused("--against", "main").startswith("LUN424: ")


@pytest.mark.parametrize(
    ("flows", "code"),
    [
        ("[]", "LUN200"),
        ("{other: {name: x}}", "LUN205"),
        ("{main: {name: x, source: {mbps: 0}}}", "LUN200"),
        ("{main: {name: x, source: 8}}", "LUN200"),
    ],
)
def test_flows_that_cannot_be_priced_are_refused(project: Path, flows: str, code: str) -> None:
    (project / "Pulumi.local.yaml").write_text(
        f"config:\n  aws:region: us-west-2\n  lunora-player:flows: {flows}\n"
    )
    assert f"{code}: " in refused()


def test_a_wrong_file_is_exit_code_two(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: twitch\n")
    assert refused().startswith("destinations/one.yaml:1:1: LUN101: preset: ")
