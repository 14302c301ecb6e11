"""The documents name what there is, and their links lead somewhere."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from lunora.cli import app
from tests.support import guide

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "destinations/README.md"]
)
BLOCKS = [block for path in DOCUMENTS for block in guide.blocks(str(path.relative_to(ROOT)))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MONITORING = (ROOT / "docs/reference/monitoring.md").read_text(encoding="utf-8")


def _options(command: Any) -> set[str]:
    """Return the options of a command, and of the commands below it."""
    own = {option for parameter in command.params for option in parameter.opts}
    return own.union(*map(_options, getattr(command, "commands", {}).values()))


OPTIONS = {key: _options(each) for key, each in typer.main.get_group(app).commands.items()}


def name(path: Path) -> str:
    """Return the path of a document from the repository's root."""
    return str(path.relative_to(ROOT))


def targets() -> set[str]:
    """Return the names of the make targets."""
    lines = (ROOT / "Makefile").read_text() + (ROOT / "pipeline.mk").read_text()
    return set(re.findall(r"^([a-z-]+):", lines, re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_target_of_make_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"(?:`|^)make ([a-z][a-z-]*)", document.read_text(), re.MULTILINE)
    assert set(named) - targets() == set()


def test_every_command_is_run_or_has_a_reason() -> None:
    neither = [
        f"{block.page}, {block.section}: {command}"
        for block in BLOCKS
        for command in block.to_run
        if block.test is None
    ]
    assert neither == [], f"name a test or a reason in {guide.RUNS}"


def test_every_reason_is_of_a_command_that_is_there() -> None:
    commands = {(block.page, command) for block in BLOCKS for command in block.commands}
    reasons = {(block.page, command) for block in BLOCKS for command in block.left_out}
    assert reasons <= commands
    sections = {(block.page, block.section, block.number) for block in BLOCKS}
    entries = {
        (page, section, number)
        for page, entry in guide.runs().items()
        for section, listed in entry.items()
        if isinstance(listed, list)
        for number in range(len(listed))
    }
    assert entries <= sections
    assert set(guide.runs()) <= {block.page for block in BLOCKS}


@pytest.mark.parametrize("test", sorted({block.test for block in BLOCKS if block.test}))
def test_a_test_that_runs_commands_reads_them_from_the_page(test: str) -> None:
    path, _, name = test.partition("::")
    functions = {
        node.name: {argument.arg for argument in node.args.args}
        for node in ast.parse((ROOT / path).read_bytes()).body
        if isinstance(node, ast.FunctionDef)
    }
    assert functions[name] & {"documented", "block"}


def test_every_block_of_commands_is_marked_as_such() -> None:
    words = re.compile(r"^```(?:bash|console|shell|zsh)$", re.MULTILINE)
    assert [path for path in DOCUMENTS if words.search(path.read_text(encoding="utf-8"))] == []


def spoken(path: Path) -> Iterator[list[str]]:
    """Yield the words of each command of `lunora` in back quotes and in blocks."""
    prose = re.sub(r"(?ms)^```.*?^```", "", path.read_text(encoding="utf-8"))
    in_blocks = [
        command for block in BLOCKS if block.page == name(path) for command in block.commands
    ]
    for text in (*re.findall(r"`([^`]+)`", prose), *in_blocks):
        words = re.split(r" [>|] ", text)[0].split()
        if words[0] == "lunora" and len(words) > 1 and not words[1].isupper():
            yield words


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_command_and_option_of_lunora_exists(document: Path) -> None:
    if document.name == "CHANGELOG.md":
        pytest.skip("it tells of former versions")
    for _, command, *rest in spoken(document):
        assert command in OPTIONS, command
        options = {word.strip("[],.").partition("=")[0] for word in rest if "--" in word[:3]}
        assert command == "pulumi" or options <= OPTIONS[command], (command, rest)


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
    ids=name,
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
