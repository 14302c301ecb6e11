"""The runbook names a cause and something to do for every symptom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/how-to/runbook.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("row", re.findall(r"^\| (?!-|symptom|alarm)(.+) \|$", TEXT, re.MULTILINE))
def test_every_symptom_has_a_cause_and_something_to_do(row: str) -> None:
    symptom, cause, *do = (cell.strip() for cell in row.split(" | "))
    assert symptom
    assert cause
    assert len(do) == 1
