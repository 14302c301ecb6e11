"""The history in CloudWatch Logs: what is written can be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from lunora.ops import audit, history_log

GROUP = "/lunora-player/local/history"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


@pytest.fixture
def logs(client: Callable[[str], Any]) -> Any:
    logs = client("logs")
    logs.create_log_group(logGroupName=GROUP)
    return logs


def line(subject: str, minutes: int = 0, **details: Any) -> dict[str, Any]:
    time = NOW - dt.timedelta(minutes=minutes)
    return {"time": time.isoformat(), "kind": "state", "subject": subject, **details}


def write(logs: Any, lines: Sequence[Mapping[str, Any]]) -> None:
    timed = [(dt.datetime.fromisoformat(each["time"]), each) for each in lines]
    history_log.write(logs, GROUP, "watchdog", timed)


def test_lines_are_read_by_subject_in_their_order(logs: Any) -> None:
    lines = [line("destination show"), line("destination show-2"), line("destination show", 5)]
    write(logs, lines)
    write(logs, [line("flow main")])
    read = history_log.read(logs, GROUP, "destination show", NOW - dt.timedelta(hours=1))
    assert [entry["time"] for entry in read] == [lines[2]["time"], lines[0]["time"]]


def test_without_a_history_nothing_is_written_or_read(client: Callable[[str], Any]) -> None:
    logs = client("logs")
    write(logs, [line("destination show")])
    assert history_log.read(logs, GROUP, "destination show", NOW - dt.timedelta(hours=1)) == []


def test_a_destinations_changes_are_told_in_words(logs: Any) -> None:
    state = {"from": "RUNNING", "to": "IDLE", "cause": "stopped by alice"}
    incident = {"kind": "incident", "change": "opened", "reason": "its channel is stopped"}
    until = "2026-01-02T12:15:00+00:00"
    began = {"kind": "deployment", "change": "began", "by": "a deployment", "until": until}
    ended = {**began, "change": "ended"}
    lines = [
        line("destination show", 9, **state),
        line("destination show", 8, **incident),
        line("destination show", 7, **began),
        line("destination show", 6, **ended),
    ]
    write(logs, lines)
    changes = audit.in_history(logs, GROUP, "show", NOW)
    assert changes is not None
    assert [change.what for change in changes] == [
        "RUNNING -> IDLE (stopped by alice)",
        "incident opened: its channel is stopped",
        f"stop by a deployment began, until {until}",
        "stop by a deployment ended",
    ]
