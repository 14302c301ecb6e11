"""The documents name what there is, and their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
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


def targets() -> set[str]:
    """Return what make can be asked for."""
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
    verbs = [one.name or one.callback.__name__ for one in app.registered_commands if one.callback]
    verbs += [str(one.name) for one in app.registered_groups]
    assert [verb for verb in verbs if f"`lunora {verb}" not in README] == []


def test_the_readme_has_every_alarm() -> None:
    watched = yaml.safe_load((ROOT / "catalog/alarms.yaml").read_text())
    alarms = [name for section in watched.values() for name in section]
    assert [name for name in alarms if f"`{name}`" not in README] == []


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
    switches = ("PULUMI_SKIP_CHECKPOINTS=true pulumi", "$(PREVIEWING) pulumi")
    assert [line for line in previews if not any(one in line for one in switches)] == []


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/adr").glob("*.md")]
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_no_document_is_a_leftover() -> None:
    words = ("git", "ls-files", "--others", "--exclude-standard", "docs")
    untracked = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert untracked.stdout == ""
