"""`lunora permissions`: the policies to attach, and sentences for what is missing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lunora.cli import app

ROOT = Path(__file__).parents[2]
STACK = """
config:
  aws:region: us-west-2
  lunora-player:flows:
    main: {name: main-router}
    other: {arn: "arn:aws:mediaconnect:eu-west-1:123456789012:flow:1-a:other-router"}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two flows and a key that is an existing parameter."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "Pulumi.prod.yaml").write_text(STACK)
    (tmp_path / "destinations").mkdir()
    text = "platform: twitch\npreset: 720p30\nstream_key: {ssm: /existing/key}\n"
    (tmp_path / "destinations/one.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LUNORA_STACK", raising=False)
    return tmp_path


def test_policies_are_printed_for_the_stacks_flows_regions_and_keys(project: Path) -> None:
    done = CliRunner().invoke(app, ["permissions", "preview", "--account", "123456789012"])
    assert done.exit_code == 0
    statements = {
        statement["Sid"]: statement for statement in json.loads(done.stdout)["preview"]["Statement"]
    }
    flow = "arn:aws:mediaconnect:eu-west-1:123456789012:flow:*:other-router"
    assert flow in statements["ReadFlows"]["Resource"]
    assert statements["ReadExistingKeys"]["Resource"] == [
        f"arn:aws:ssm:{region}:123456789012:parameter/existing/key"
        for region in ("us-west-2", "eu-west-1")
    ]


@pytest.mark.parametrize(
    "words",
    [["nobody", "--account", "123456789012"], ["preview"], ["preview", "--account", "12"]],
)
def test_an_invalid_option_has_a_code(project: Path, words: list[str]) -> None:
    done = CliRunner().invoke(app, ["permissions", *words])
    assert done.exit_code == 2
    assert done.stderr.startswith("LUN400: ")


def test_the_page_is_written_where_it_has_its_marks(project: Path) -> None:
    (project / "docs/reference").mkdir(parents=True)
    page = project / "docs/reference/permissions.md"
    shutil.copy(ROOT / "docs/reference/permissions.md", page)
    text = page.read_text()
    begin, end = text.index("\n## preview"), text.index("<!-- end")
    page.write_text(text[: begin + 1] + text[end:])
    assert CliRunner().invoke(app, ["permissions", "--write"]).exit_code == 0
    assert page.read_text() == text
    page.write_text("no marks")
    assert CliRunner().invoke(app, ["permissions", "--write"]).exit_code == 2
