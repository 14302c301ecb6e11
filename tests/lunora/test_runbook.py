"""Runbook and set-up name commands, targets and files that exist, and reasons as they are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from lunora.cli import app

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/how-to/runbook.md").read_text(encoding="utf-8")
BOTH = TEXT + (ROOT / "docs/how-to/setup.md").read_text(encoding="utf-8")
MAKE = "".join((ROOT / name).read_text() for name in ("Makefile", "pipeline.mk"))
TARGETS = set(re.findall(r"^([a-z]+):", MAKE, re.MULTILINE))
VERBS = {
    verb: {option for parameter in command.params for option in parameter.opts}
    for verb, command in typer.main.get_group(app).commands.items()
}


def spoken() -> Iterator[list[str]]:
    """Yield the words of every command: in back quotes, or a line of a block of code."""
    blocks = re.findall(r"```sh\n(.*?)```", BOTH, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    prose = re.sub(r"```.*?```", "", BOTH, flags=re.DOTALL)
    for command in [*lines, *re.findall(r"`([^`]+)`", prose)]:
        words = shlex.split(command.replace("...", ""), comments=True)
        if len(words) > 1:
            yield words


def test_every_verb_and_option_of_the_command_exists() -> None:
    ours = [words for words in spoken() if words[0] == "lunora"]
    assert len(ours) > 10
    for _, verb, *rest in ours:
        assert verb in VERBS, verb
        assert {word for word in rest if word.startswith("--")} <= VERBS[verb], rest


def test_every_target_of_make_exists() -> None:
    targets = {words[1] for words in spoken() if words[0] == "make"}
    assert targets <= TARGETS
    assert targets


@pytest.mark.parametrize("row", re.findall(r"^\| (?!-|symptom|alarm)(.+) \|$", TEXT, re.MULTILINE))
def test_every_symptom_has_a_cause_and_something_to_do(row: str) -> None:
    symptom, cause, *do = (cell.strip() for cell in row.split(" | "))
    assert symptom
    assert cause
    assert len(do) == 1


def test_every_file_that_it_leads_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)", BOTH)
    assert links
    assert [link for link in links if not (ROOT / "docs/how-to" / link).is_file()] == []
