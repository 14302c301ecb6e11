"""docs/proof.md says what the measurements found."""

from __future__ import annotations

import datetime as dt

from bench.figures import Figures, Table, everything
from bench.proof import DOCUMENT, document

FOUND = Figures(
    title="Faults, one by one",
    order=1,
    command="python -m bench.faults",
    promise="Every fault is survived.",
    verdict="41 of 42 cases survived.",
    kept=False,
    tables=(Table(caption="By call:", columns=("call", "cases"), rows=(("CreateChannel", "8"),)),),
    notes=("A dropped answer counts twice.",),
    measured=dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC),
    machine="2 cores",
    revision="abc",
)


def test_the_document_of_the_checkout_is_that_of_its_figures() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(everything())


def test_a_promise_that_is_not_kept_is_said_in_the_first_table() -> None:
    first = document([FOUND]).split("## Faults")[0]
    assert "| no | 41 of 42 cases survived. | `python -m bench.faults` |" in first


def test_the_first_table_leads_to_the_section() -> None:
    assert "(#faults-one-by-one)" in document([FOUND])


def test_each_figure_stands_with_its_date_machine_revision_and_command() -> None:
    section = document([FOUND]).split("## Faults")[1]
    assert "| call | cases |\n|---|---|\n| CreateChannel | 8 |" in section
    assert "- A dropped answer counts twice." in section
    assert "Measured 2026-03-02 09:30 UTC at `abc` on 2 cores. Again: `python -m bench.faults`" in (
        section
    )
