"""The documents name what there is, and their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from lunora.cli import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "destinations/README.md"]
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
MONITORING = (ROOT / "docs/reference/monitoring.md").read_text(encoding="utf-8")


def targets() -> set[str]:
    """Return the names of the make targets."""
    lines = (ROOT / "Makefile").read_text() + (ROOT / "pipeline.mk").read_text()
    return set(re.findall(r"^([a-z-]+):", lines, re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_target_of_make_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"(?:`|^)make ([a-z][a-z-]*)", document.read_text(), re.MULTILINE)
    assert set(named) - targets() == set()


def test_the_readme_has_every_command() -> None:
    commands = app.registered_commands
    names = [command.name or command.callback.__name__ for command in commands if command.callback]
    names += [str(group.name) for group in app.registered_groups]
    assert [name for name in names if f"`lunora {name}" not in README] == []


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


def test_the_page_on_monitoring_has_every_alarm() -> None:
    sections = yaml.safe_load((ROOT / "catalog/alarms.yaml").read_text())
    alarms = [name for section in sections.values() for name in section]
    assert [name for name in alarms if f"`{name}`" not in MONITORING] == []


def test_the_newest_version_of_the_changelog_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d[\d.]+)", changelog, re.MULTILINE)
    assert versions[0] == project["version"]


def test_the_index_has_every_page() -> None:
    folders = ("tutorials", "how-to", "reference", "explanation")
    pages = [path for folder in folders for path in (ROOT / "docs" / folder).glob("*.md")]
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    missing = [page for page in pages if f"({page.relative_to(ROOT / 'docs')})" not in index]
    assert missing == []


@pytest.mark.parametrize(
    "path",
    [*DOCUMENTS, ROOT / "Makefile", ROOT / "pipeline.mk"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_preview_that_is_to_be_run_writes_no_state_at_its_steps(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    lines = (text if path.suffix != ".md" else blocks).splitlines()
    previews = [line for line in lines if "pulumi preview" in line]
    switches = ("PULUMI_SKIP_CHECKPOINTS=true pulumi", "$(PREVIEWING) lunora pulumi")
    assert [line for line in previews if not any(switch in line for switch in switches)] == []


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/adr").glob("0*.md")]
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_no_document_is_untracked() -> None:
    words = ("git", "ls-files", "--others", "--exclude-standard", "docs")
    untracked = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert untracked.stdout == ""
