"""Measurements become a document, and lines of docs/reference/benchmarks.md."""

from __future__ import annotations

import datetime as dt

from bench.figures import Figures, Table
from bench.proof import SUMMARY, summary

FAULTS = Figures(
    title="Faults, one by one",
    command="python -m bench.faults",
    promise="Every fault is survived.",
    verdict="41 of 42 faults survived.",
    passed=False,
    tables=(Table(caption="By call:", columns=("call", "cases"), rows=(("CreateChannel", "8"),)),),
    notes=("A dropped answer counts twice.",),
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
    after = summary("\n".join(before), [FAULTS]).splitlines()
    assert [line for line in after if line not in before] == [ROW]
    assert len(after) == len(before)


def test_a_section_has_the_tables_notes_date_machine_revision_and_command() -> None:
    section = FAULTS.markdown
    assert "| call | cases |\n| --- | --- |\n| CreateChannel | 8 |" in section
    assert "- A dropped answer counts twice." in section
    assert (
        "Measured 2026-03-02 09:30 UTC at `abc` on 2 cores by `python -m bench.faults`" in section
    )
