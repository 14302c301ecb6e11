"""Each fact that data or the emulator marks as unverified is listed with what the product does."""

from __future__ import annotations

import io
import json
import re
import tokenize
from pathlib import Path

import pytest
import yaml

from catalog.unverified import unverified_facts
from tests.support.stage import run

ROOT = Path(__file__).parents[2]
READINGS = "localaws/medialive/readings.yaml"
FACTS = unverified_facts()


def marking() -> set[str]:
    """Return the data files, and the code about AWS, that mark something as unverified."""
    folders = ("catalog", "localaws", "lunora", "provider")
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.yaml"))
    data = {path for path in files if "unverified" in path.read_text()}
    code = {
        path
        for folder in ("localaws", "provider")
        for path in (ROOT / folder).rglob("*.py")
        if "unverified" in (text := path.read_text()).lower() and marks(text)
    }
    return {str(path.relative_to(ROOT)) for path in data | code} - {"catalog/unverified.yaml"}


def marks(text: str) -> bool:
    """Tell whether a comment or docstring of Python code marks something as unverified."""
    words = re.compile(r"\bunverified\b", re.IGNORECASE)
    return any(
        words.search(token.string)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type in {tokenize.COMMENT, tokenize.STRING}
    )


def test_each_file_that_marks_facts_is_listed_and_no_other() -> None:
    assert {fact.marked_in for fact in FACTS} == marking()


def test_each_reading_of_a_disputed_behaviour_is_listed() -> None:
    disputed = yaml.safe_load((ROOT / READINGS).read_text(encoding="utf-8"))
    listed = {fact.key: fact for fact in FACTS if fact.marked_in == READINGS}
    assert listed.keys() == disputed.keys()
    for name, behaviour in disputed.items():
        readings = listed[name].readings
        assert sorted(readings) == sorted(behaviour["readings"])
        assert next(iter(readings)) == behaviour["default"]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.fact)
def test_a_fact_has_two_readings(fact: object) -> None:
    assert len(fact.readings) >= 2  # type: ignore[attr-defined]


def test_the_doctor_lists_them_without_account_and_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    listed = json.loads(run("doctor", "--unverified", "--json").stdout)
    assert [fact["fact"] for fact in listed] == [fact.fact for fact in FACTS]
    shown = run("doctor", "--unverified")
    assert shown.exit_code == 0
    assert "role-omitted" not in shown.stdout
    assert "RoleArn" in shown.stdout
