"""The next start or stop of a schedule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.schedule import Schedule
from lunora.ops.next_transition import NextTransition, next_transition

WEEKDAYS = {"days": ["mon", "tue"], "start": "22:00", "stop": "02:00"}


def schedule(timezone: str, *windows: dict[str, Any]) -> Schedule:
    return Schedule.model_validate({"timezone": timezone, "windows": list(windows)})


@pytest.mark.parametrize(
    ("now", "expected", "starts"),
    [
        # 2026-11-30 is a Monday.
        ("2026-11-30T12:00+00:00", "2026-11-30T22:00+00:00", True),
        ("2026-11-30T22:00+00:00", "2026-12-01T02:00+00:00", False),
        ("2026-12-02T01:59+00:00", "2026-12-02T02:00+00:00", False),
        ("2026-12-02T02:00+00:00", "2026-12-07T22:00+00:00", True),
    ],
)
def test_the_first_after_now_is_next(*, now: str, expected: str, starts: bool) -> None:
    due = next_transition(schedule("UTC", WEEKDAYS), dt.datetime.fromisoformat(now))
    assert due == NextTransition(dt.datetime.fromisoformat(expected), starts=starts)


def test_times_are_those_of_the_time_zone_across_a_change_of_clocks() -> None:
    weekly = schedule("America/New_York", {"days": ["sun"], "start": "12:00", "stop": "13:00"})
    before = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)
    due = next_transition(weekly, before)
    # New York's clocks go back on 2026-11-01, before noon.
    assert due == NextTransition(dt.datetime(2026, 11, 1, 17, tzinfo=dt.UTC), starts=True)


def test_an_event_far_ahead_is_next_where_there_are_no_windows() -> None:
    event = {"start": "2027-05-01T20:00", "stop": "2027-05-01T22:00"}
    events = Schedule.model_validate({"timezone": "UTC", "events": [event]})
    begin, end = (dt.datetime(2027, 5, 1, hour, tzinfo=dt.UTC) for hour in (20, 22))
    now = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    assert next_transition(events, now) == NextTransition(begin, starts=True)
    assert next_transition(events, begin) == NextTransition(end, starts=False)
    assert next_transition(events, end) is None
