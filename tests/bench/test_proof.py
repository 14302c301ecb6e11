"""Measurements become a document, and lines of docs/reference/benchmarks.md."""

from __future__ import annotations

import datetime as dt

from bench.figures import Check, Figures, Report, Table
from bench.proof import SUMMARY, summary

FAULTS = Figures(
    name="faults",
    title="Faults, one by one",
    command="python -m bench.faults",
    promise="Every fault is survived.",
    verdict="41 of 42 faults survived.",
    passed=False,
    tables=[Table("By call:", ("call", "cases"), [("CreateChannel", "8")])],
    notes="A dropped answer counts twice.",
    measured=dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC),
    machine="2 cores",
    revision="abc",
)
ROW = (
    "| Faults, one by one | **Missed.** 41 of 42 faults survived. | `python -m bench.faults` |"
    " 2 cores | 2026-03-02, `abc` |"
)


def test_a_new_measurement_replaces_its_line_and_no_other() -> None:
    before = SUMMARY.read_text(encoding="utf-8").splitlines()
    after = summary("\n".join(before), [FAULTS.markdown]).splitlines()
    assert [line for line in after if line not in before] == [ROW]
    assert len(after) == len(before)


def test_a_document_has_the_tables_notes_and_the_line() -> None:
    document = FAULTS.markdown
    assert "By call:\n\n| call | cases |\n| --- | --- |\n| CreateChannel | 8 |" in document
    assert "\nA dropped answer counts twice.\n" in document
    assert document.endswith(f"\n{ROW}\n")


def test_checks_are_counted_by_their_columns_and_outcomes() -> None:
    report = Report("name", "title", "promise", "noun", ("run", "call"), "", (("call",),))
    checks = [Check(("up", "a"), [], "failed"), Check(("up", "a"), ["bad"]), Check(("up", "b"), [])]
    table = report.counted(checks, ("call",))
    assert table.columns == ("call", "cases", "failed", "passed")
    assert table.rows == [("a", "2", "1", "1"), ("b", "1", "0", "1")]
