"""Availability of a month: due times, times on, and the reasons of gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from bench.soak.availability import (
    BROKEN,
    EDIT,
    OURS,
    Account,
    Declaration,
    Excuse,
    Gap,
    account,
    beginnings,
    due,
)
from catalog.model import DestinationSpec

MONDAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC).timestamp()
HOUR = 3600.0
SCHEDULE = {
    "timezone": "UTC",
    "windows": [{"days": ["mon", "tue"], "start": "09:00", "stop": "17:00"}],
}


def spec(**more: object) -> DestinationSpec:
    fields = {"name": "show", "platform": "twitch", "preset": "720p30", **more}
    return DestinationSpec.model_validate(fields)


def counted(*gaps: tuple[float, float], excuses: Sequence[Excuse] = ()) -> Account:
    """Return the account of ten hours in which a stream was off in *gaps*, in hours."""
    off = [(MONDAY + begin * HOUR, MONDAY + end * HOUR) for begin, end in gaps]
    return account(
        {"show": [Declaration(MONDAY, spec())]},
        lambda _, __, time: not any(begin <= time < end for begin, end in off),
        lambda _: [time for gap in off for time in gap],
        excuses,
        MONDAY + 10 * HOUR,
    )


def excuse(begin: float, end: float, reason: str, origin: str | None = "show") -> Excuse:
    return Excuse(origin, MONDAY + begin * HOUR, MONDAY + end * HOUR, reason)


def test_a_stream_that_is_on_all_the_time_is_wholly_available() -> None:
    result = counted()
    assert (result.due, result.gaps, result.availability, result.on) == (10 * HOUR, (), 1.0, 1.0)


def test_a_gap_without_a_reason_is_ours() -> None:
    result = counted((1, 2))
    assert result.gaps == (Gap("show", MONDAY + HOUR, MONDAY + 2 * HOUR, OURS),)
    assert (result.availability, result.on) == (0.9, 0.9)


def test_what_goes_on_after_its_reason_has_ended_is_ours() -> None:
    result = counted((1, 3), excuses=[excuse(1, 2, EDIT)])
    assert [(gap.reason, gap.seconds) for gap in result.gaps] == [(EDIT, HOUR), (OURS, HOUR)]
    assert result.availability == pytest.approx(1 - 1 / 9), "time with a reason is left out"
    assert result.on == pytest.approx(0.8)


def test_a_reason_of_another_stream_is_none() -> None:
    assert counted((1, 2), excuses=[excuse(0, 9, EDIT, "other")]).gaps[0].reason == OURS


def test_a_reason_of_a_flow_is_one_of_all_streams_and_goes_before_an_edit() -> None:
    result = counted((1, 2), excuses=[excuse(0, 9, EDIT), excuse(0, 9, BROKEN, None)])
    assert [gap.reason for gap in result.gaps] == [BROKEN]


def test_a_gap_that_is_cut_by_nothing_but_moments_is_one() -> None:
    result = counted((1, 2), (2, 3), excuses=[excuse(5, 6, EDIT)])
    assert [(gap.begin, gap.end) for gap in result.gaps] == [(MONDAY + HOUR, MONDAY + 3 * HOUR)]


def test_a_reason_without_a_gap_takes_nothing() -> None:
    assert counted(excuses=[excuse(1, 9, BROKEN)]).seconds == {}


def test_a_stream_that_is_never_due_is_available() -> None:
    declared = {"show": [Declaration(MONDAY, spec(state="stopped"))]}
    result = account(declared, lambda *_: False, lambda _: (), (), MONDAY + HOUR)
    assert (result.due, result.availability, result.on) == (0.0, 1.0, 1.0)


def test_it_is_due_from_its_file_to_the_end_of_its_file() -> None:
    declared = [
        Declaration(MONDAY + HOUR, spec()),
        Declaration(MONDAY + 2 * HOUR, spec(state="stopped")),
        Declaration(MONDAY + 3 * HOUR, spec()),
        Declaration(MONDAY + 4 * HOUR, None),
    ]
    hours = [
        ((begin - MONDAY) / HOUR, (end - MONDAY) / HOUR)
        for begin, end, _ in due(declared, MONDAY + 9 * HOUR)
    ]
    assert hours == [(1, 2), (3, 4)]


def test_it_is_due_within_the_hours_of_its_schedule() -> None:
    declared = [
        Declaration(MONDAY + 10.5 * HOUR, spec(schedule=SCHEDULE)),
        Declaration(MONDAY + 34 * HOUR, None),
    ]
    hours = [
        ((begin - MONDAY) / HOUR, (end - MONDAY) / HOUR)
        for begin, end, _ in due(declared, MONDAY + 99 * HOUR)
    ]
    assert hours == [(10.5, 17), (33, 34)]


def test_hours_begin_where_the_schedule_says_not_where_the_file_does() -> None:
    declared = [Declaration(MONDAY + 10.5 * HOUR, spec(schedule=SCHEDULE))]
    assert [(time - MONDAY) / HOUR for time in beginnings(declared, MONDAY + 99 * HOUR)] == [33]
