"""The report of the months."""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter

import pytest

from bench.soak.__main__ import figures
from bench.soak.availability import EDIT, OURS, Account
from bench.soak.month import Month, Result

RESULT = Result(
    month=Month(seed=7),
    account=Account(3600.0 * 1000, {EDIT: 120.0, OURS: 36.0}),
    touched=[],
    disagreements=[],
    complaints=[],
    counts=Counter({"edit: preset": 3, "fault: throttled": 5, "pulumi up": 12}),
    minutes=15.0,
)


def test_a_month_is_a_column() -> None:
    report = figures([RESULT])
    assert report.passed
    assert report.command == "python -m bench.soak --seed 7 --days 30 --activity 1"
    assert report.verdict.startswith("1 months, 12 ups: 0 touches")
    assert {tuple(table.columns) for table in report.tables} == {("", "seed 7")}
    cells = {row[0]: row[1] for table in report.tables for row in table.rows}
    assert cells["availability"] == "99.9990%"
    assert (cells[EDIT], cells[OURS]) == ("120", "36")
    assert (cells["edit: preset"], cells["fault: throttled"]) == ("3", "5")


@pytest.mark.parametrize("wrong", ["touched", "disagreements", "complaints"])
def test_whatever_goes_wrong_breaks_the_promise(wrong: str) -> None:
    changes = {wrong: ["something"]}
    assert not figures([RESULT, dataclasses.replace(RESULT, **changes)]).passed  # type: ignore[arg-type]


def test_too_long_a_gap_breaks_the_promise() -> None:
    off = Account(1000.0, {OURS: 2.0})
    assert not figures([dataclasses.replace(RESULT, account=off)]).passed


def test_a_month_comes_back_from_its_process_as_it_was() -> None:
    assert pickle.loads(pickle.dumps(RESULT)) == RESULT  # noqa: S301 - our own bytes
