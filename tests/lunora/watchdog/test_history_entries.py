"""Lines of the history, as the console and the report read them."""

from __future__ import annotations

import datetime as dt

import pytest

from catalog.suspension import DEPLOYMENT, Suspension
from lunora.watchdog import history_entries
from lunora.watchdog.memory import ChannelRecord

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(hours=1)
LINE = {"time": "2026-01-02T12:00:00+00:00", "subject": "destination show"}


def test_a_change_of_state_has_its_cause() -> None:
    entry = history_entries.state_entry("flow main", "ACTIVE", "STANDBY", "stopped", NOON)
    assert entry.document() == {
        **LINE,
        "subject": "flow main",
        "kind": "state",
        "from": "ACTIVE",
        "to": "STANDBY",
        "cause": "stopped",
    }


def test_a_start_has_its_number_and_the_time_of_the_next() -> None:
    record = ChannelRecord(first_read=NOON, attempts=2, next_attempt=LATER)
    assert history_entries.start_entry("show", record, NOON).document() == {
        **LINE,
        "kind": "start",
        "attempt": 2,
        "next": "2026-01-02T13:00:00+00:00",
    }
    last = history_entries.start_entry("show", ChannelRecord(first_read=NOON), NOON)
    assert last.details["next"] is None


def test_a_refusal_has_the_code_of_aws() -> None:
    entry = history_entries.refusal_entry("show", "AccessDenied", NOON)
    assert entry.document() == {**LINE, "kind": "refused", "code": "AccessDenied"}


def test_a_file_that_is_gone_declares_nothing() -> None:
    entry = history_entries.declaration_entry("show", None, NOON)
    assert entry.document() == {**LINE, "kind": "declaration", "declared": None}


@pytest.mark.parametrize(("by", "kind"), [("alice", "operator"), (DEPLOYMENT, "deployment")])
def test_a_stop_has_one_id_from_begin_to_end(by: str, kind: str) -> None:
    stop = Suspension(by, NOON, LATER, "rehearsal")
    began, ended = (
        history_entries.stop_entry("show", stop, change, LATER) for change in ("began", "ended")
    )
    details = {
        "id": "destination-show/20260102T120000Z",
        "by": by,
        "since": "2026-01-02T12:00:00+00:00",
        "until": "2026-01-02T13:00:00+00:00",
        "why": "rehearsal",
    }
    assert began.document() == {**LINE, "kind": kind, "change": "began", **details}
    later = {**LINE, "time": "2026-01-02T13:00:00+00:00"}
    assert ended.document() == {**later, "kind": kind, "change": "ended", **details}


def test_a_stop_without_begin_or_reason_begins_when_it_is_read() -> None:
    entry = history_entries.stop_entry("show", Suspension("alice", None, None), "began", NOON)
    assert entry.document() == {
        **LINE,
        "kind": "operator",
        "change": "began",
        "id": "destination-show/20260102T120000Z",
        "by": "alice",
        "since": None,
        "until": None,
    }
