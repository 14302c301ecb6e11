"""The report of the months."""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter

import pytest

from bench.soak.availability import EDIT, OURS, Account, Gap
from bench.soak.report import figures
from bench.soak.simulation import Month, Result

FOUND = Result(
    month=Month(seed=7),
    account=Account(
        3600.0 * 1000, (Gap("show", 0.0, 120.0, EDIT), Gap("show", 200.0, 236.0, OURS))
    ),
    ups=12,
    again=2,
    failures=("AWS said no",) * 2,
    touched=(),
    disagreements=(),
    complaints=(),
    counts=Counter({"edit: preset": 3, "edit: add": 1, "fault: throttled": 5}),
    calls=1000,
    fired=40,
    seconds=900.0,
)


def row(result: Result, table: int, name: str) -> str:
    rows = {cells[0]: cells[1] for cells in figures([result]).tables[table].rows}
    return rows[name]


def test_a_month_is_a_column() -> None:
    report = figures([FOUND])
    assert report.passed
    assert report.command == "python -m bench.soak --seed 7 --days 30 --activity 1"
    assert report.tables[0].columns == ("", "seed 7")
    assert row(FOUND, 0, "edits") == "4"
    assert row(FOUND, 0, "ups that had to be run again") == "2"
    assert row(FOUND, 0, "availability") == "99.9990%"
    assert row(FOUND, 1, EDIT) == "0.03 h in 1"
    assert row(FOUND, 1, OURS) == "36 s in 1"
    assert row(FOUND, 2, "fault: throttled") == "5"


def test_without_a_restart_there_is_no_median_of_restarts() -> None:
    quiet = dataclasses.replace(FOUND, account=Account(0.0, ()))
    assert row(quiet, 0, "a restart by an edit, median") == "none"


@pytest.mark.parametrize("wrong", ["touched", "disagreements", "complaints"])
def test_whatever_goes_wrong_breaks_the_promise(wrong: str) -> None:
    changes = {wrong: ("something",)}
    assert not figures([FOUND, dataclasses.replace(FOUND, **changes)]).passed  # type: ignore[arg-type]


def test_too_long_a_gap_breaks_the_promise() -> None:
    off = Account(1000.0, (Gap("show", 0.0, 2.0, OURS),))
    assert not figures([dataclasses.replace(FOUND, account=off)]).passed


def test_a_month_comes_back_from_its_process_as_it_was() -> None:
    assert pickle.loads(pickle.dumps(FOUND)) == FOUND  # noqa: S301 - our own bytes
