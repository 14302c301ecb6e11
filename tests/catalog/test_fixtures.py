"""Every rule has a folder of files that it lets pass and one of files that it speaks up for.

What it says of the bad ones stands in said.txt beside them; UPDATE_GOLDEN=1 writes it anew.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from types import ModuleType

import pytest

from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from catalog.rules import (
    audio,
    channel_input,
    cross_file,
    hls,
    per_file,
    picture,
    platform,
    transport,
)

FIXTURES = Path(__file__).with_name("fixtures")
REAL = Path(__file__).parents[2] / "examples"
TODAY = dt.date(2026, 6, 15)


def rules(module: ModuleType) -> list[str]:
    return [name for name in vars(module) if name.startswith(("check_", "warn_"))]


RULES = sorted(
    {
        rule
        for module in (
            *(audio, channel_input, cross_file, hls),
            *(picture, platform, transport, per_file),
        )
        for rule in rules(module)
    }
)


def said_of(folder: Path) -> list[str]:
    """Return everything that is said of the files in *folder*, wrong or only unwise."""
    try:
        diagnostics = load(folder, today=TODAY).warnings
    except DestinationValidationError as invalid:
        diagnostics = invalid.diagnostics
    return [str(diagnostic).removeprefix(f"{folder}/") for diagnostic in diagnostics]


def test_every_rule_has_its_fixtures() -> None:
    assert sorted(path.name for path in FIXTURES.iterdir()) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_lets_good_files_pass(rule: str) -> None:
    assert said_of(FIXTURES / rule / "good") == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_is_wrong_with_bad_files(rule: str) -> None:
    messages, golden = said_of(FIXTURES / rule / "bad"), FIXTURES / rule / "said.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text("".join(f"{line}\n" for line in messages))
    assert len(messages) == 1
    assert golden.read_text().splitlines() == messages


def test_the_destinations_of_this_project_are_valid() -> None:
    names = sorted(path.stem for path in REAL.glob("*.yaml"))
    assert [spec.name for spec in load(REAL).specs] == names
    assert names
