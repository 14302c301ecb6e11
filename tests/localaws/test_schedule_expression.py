"""Schedule expressions come due when EventBridge Scheduler says they do."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from localaws.schedule_expression import InvalidExpression, next_after

LOS_ANGELES = "America/Los_Angeles"


def due(expression: str, after: str, zone: str = LOS_ANGELES) -> str | None:
    place = ZoneInfo(zone)
    begin = dt.datetime.fromisoformat(after).replace(tzinfo=place).timestamp()
    time = next_after(expression, zone, begin)
    return (
        None if time is None else dt.datetime.fromtimestamp(time, place).strftime("%Y-%m-%dT%H:%M")
    )


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("cron(0 9 ? * MON,FRI *)", "2026-11-24T10:00", "2026-11-27T09:00"),
        ("cron(0 9 ? * 2-6 *)", "2026-11-27T09:00", "2026-11-30T09:00"),
        ("cron(30 17 * * ? *)", "2026-11-24T10:00", "2026-11-24T17:30"),
        ("cron(0/20 * * * ? *)", "2026-11-24T10:05", "2026-11-24T10:20"),
        ("cron(0 0 1 JAN ? 2027)", "2026-11-24T10:00", "2027-01-01T00:00"),
        ("cron(0 0 1 1 ? 2020)", "2026-11-24T10:00", None),
        ("rate(5 minutes)", "2026-11-24T10:00", "2026-11-24T10:05"),
        ("rate(1 day)", "2026-11-24T10:00", "2026-11-25T10:00"),
        ("at(2026-11-24T12:00:00)", "2026-11-24T10:00", "2026-11-24T12:00"),
        ("at(2026-11-24T12:00:00)", "2026-11-24T13:00", None),
    ],
)
def test_the_next_time_is_later(expression: str, after: str, expected: str | None) -> None:
    assert due(expression, after) == expected


def test_a_time_that_the_clock_skips_is_skipped() -> None:
    assert due("cron(30 2 * * ? *)", "2026-03-07T03:00") == "2026-03-09T02:30"


def test_a_time_that_comes_twice_is_taken_once() -> None:
    first = due("cron(30 1 * * ? *)", "2026-11-01T00:00")
    assert first == "2026-11-01T01:30"
    assert due("cron(30 1 * * ? *)", "2026-11-01T01:30") == "2026-11-02T01:30"


@pytest.mark.parametrize(
    ("expression", "zone", "sentence"),
    [
        ("cron(0 9 * * MON *)", "UTC", "one of the days being ?"),
        ("cron(0 9 ? * MON)", "UTC", "six fields"),
        ("cron(0 99 ? * MON *)", "UTC", "99 is not understood"),
        ("cron(0 9 L * ? *)", "UTC", "L is not understood"),
        ("cron(0/x 9 * * ? *)", "UTC", "0/x is not understood"),
        ("rate(0 minutes)", "UTC", "is not understood"),
        ("at(noon)", "UTC", "not a date"),
        ("every day", "UTC", "not a schedule expression"),
        ("rate(1 day)", "Mars/Phobos", "no time zone"),
        ("rate(1 day)", "../etc", "no time zone"),
    ],
)
def test_what_cannot_be_understood_is_refused(expression: str, zone: str, sentence: str) -> None:
    with pytest.raises(InvalidExpression, match=sentence):
        next_after(expression, zone, 0)
