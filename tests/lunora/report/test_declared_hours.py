"""Declared hours follow the history of declarations, and say where they do not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from catalog.declaration import Declaration
from lunora.report import history_lines
from lunora.report.declared_hours import DeclaredHours, declared_hours
from lunora.report.history_lines import Records
from lunora.report.intervals import Interval
from tests.support.report import after_noon, line, minutes, records, window

HOUR = window(60)
RUNNING, STOPPED = Declaration(), Declaration(state="stopped")


def declaring(*lines: tuple[float, dict[str, Any] | None]) -> Records:
    return records(*(line(time, "declaration", declared=what) for time, what in lines))


def hours(lines: Records, present: Declaration | None = None, **more: Any) -> DeclaredHours:
    return declared_hours(lines, present, more.pop("history_begin", None), HOUR, **more)


def test_without_a_history_the_file_is_taken_and_named() -> None:
    declared = hours(Records(), RUNNING)
    assert (minutes(declared.runs), declared.basis(HOUR)) == ([(0, 60)], "file")


def test_without_a_file_and_a_history_nothing_was_declared() -> None:
    declared = hours(Records())
    assert (minutes(declared.exists), declared.basis(HOUR)) == ([], None)


def test_each_declaration_lasts_until_the_next() -> None:
    lines = declaring((-90, {"state": "stopped"}), (10, {"state": "running"}), (40, None))
    declared = hours(lines, STOPPED)
    assert (minutes(declared.runs), minutes(declared.exists)) == ([(10, 40)], [(0, 40)])
    assert declared.basis(HOUR) == "history"


def test_before_the_first_line_of_the_history_it_is_assumed() -> None:
    declared = hours(declaring((30, {"state": "running"})), STOPPED, history_begin=after_noon(30))
    assert (minutes(declared.runs), declared.basis(HOUR)) == ([(0, 60)], "history and file")


def test_one_that_the_history_meets_later_is_new() -> None:
    declared = hours(declaring((30, {"state": "running"})), RUNNING, history_begin=after_noon(-300))
    assert (minutes(declared.exists), declared.basis(HOUR)) == ([(30, 60)], "history")


def test_a_mark_that_is_older_than_the_history_does_not_begin_it() -> None:
    mark = line(-500, "operator", change="began", by="alice")
    first = line(30, "declaration", declared={"state": "running"})
    assert history_lines.begin([first, mark]) == after_noon(30)
    assert records(first, mark).first == after_noon(30)


def test_before_its_channel_was_created_it_was_not() -> None:
    assert minutes(hours(Records(), RUNNING, created=after_noon(20)).exists) == [(20, 60)]


def test_a_declaration_of_another_version_is_no_declaration() -> None:
    assert minutes(hours(declaring((0, {"state": "asleep"}))).runs) == []


def test_a_window_across_a_clock_change_has_its_own_length() -> None:
    schedule = {
        "timezone": "Europe/Berlin",
        "windows": [{"days": ["sat"], "start": "23:00", "stop": "05:00"}],
    }
    declared = Declaration.parse({"schedule": schedule})
    lengths = []
    for month, day in ((3, 21), (3, 28), (10, 24)):
        begin = dt.datetime(2026, month, day, tzinfo=dt.UTC)
        weekend = Interval(begin, begin + dt.timedelta(days=2))
        lengths.append(declared_hours(Records(), declared, None, weekend).runs.hours)
    assert lengths == [6, 5, 7]


def test_the_last_day_ends_the_hours() -> None:
    declared = Declaration(expires=dt.date(2026, 1, 1))
    assert minutes(hours(Records(), declared).runs) == []
