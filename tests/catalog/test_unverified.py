"""Each fact that data or code marks as unverified is listed, with what the product does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from catalog import first_hour_page
from catalog.unverified import UnverifiedFact, unverified_facts
from lunora.verification.report import CHECKS
from tests.support.stage import run
from tests.support.unverified_marks import READINGS, marks

ROOT = Path(__file__).parents[2]
FACTS = unverified_facts()
LISTED = {
    (file, field) for fact in FACTS for file, fields in fact.marked_in.items() for field in fields
}


def test_each_mark_is_listed_and_nothing_else() -> None:
    assert LISTED - marks() == set(), "the file no longer marks this; delete the entry"
    assert marks() - LISTED == set(), "list the fact in catalog/unverified.yaml"


def test_each_reading_of_a_disputed_behaviour_is_listed() -> None:
    disputed = yaml.safe_load((ROOT / READINGS).read_text(encoding="utf-8"))
    listed = {field: fact for fact in FACTS for field in fact.marked_in.get(READINGS, [])}
    for name, behaviour in disputed.items():
        assert sorted(listed[name].readings) == sorted(behaviour["readings"])
        assert listed[name].assumed == behaviour["default"]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.fact)
def test_a_fact_has_two_readings(fact: UnverifiedFact) -> None:
    assert len(fact.readings) >= 2


def test_each_check_of_the_doctor_settles_a_fact_and_no_other_is_named() -> None:
    assert {fact.check for fact in FACTS if fact.check} == CHECKS.keys()


WAYS: list[dict[str, Any]] = [{}, {"check": "fill", "command": "`lunora status`"}]


@pytest.mark.parametrize("ways", WAYS)
def test_a_fact_is_settled_in_one_way(ways: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give one of"):
        UnverifiedFact(fact="x", marked_in={"a": ["b"]}, readings={"y": "z"}, **ways)


def test_the_checklist_has_a_row_for_each_fact() -> None:
    page = ROOT / first_hour_page.PAGE
    text = page.read_text(encoding="utf-8")
    assert first_hour_page.with_checklist(page) == text, "run `python -m catalog.first_hour_page`"
    assert [fact.fact for fact in FACTS if text.count(f"| {fact.fact} |") != 1] == []


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
