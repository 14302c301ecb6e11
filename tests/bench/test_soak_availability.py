"""Availability of a month: due times, times on, and the reasons of gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from bench.soak.availability import (
    BROKEN,
    EDIT,
    OURS,
    START_SECONDS,
    WINDOW,
    Account,
    Declaration,
    Excuse,
    account,
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


def never_on(declarations: Sequence[Declaration], hours: float) -> Account:
    """Return the account of a stream that was never on."""
    return account(
        {"show": declarations}, lambda *_: False, lambda _: (), (), MONDAY + hours * HOUR
    )


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
    return Excuse(origin, reason, MONDAY + begin * HOUR, MONDAY + end * HOUR)


def test_a_stream_that_is_on_all_the_time_is_wholly_available() -> None:
    result = counted()
    assert (result.due, result.seconds, result.availability, result.on) == (10 * HOUR, {}, 1, 1)


def test_a_gap_without_a_reason_is_ours() -> None:
    result = counted((1, 2))
    assert (result.seconds, result.availability, result.on) == ({OURS: HOUR}, 0.9, 0.9)
    assert result.ours == [f"show was off for 3600 s at {MONDAY + HOUR}"]


def test_what_goes_on_after_its_reason_has_ended_is_ours() -> None:
    result = counted((1, 3), excuses=[excuse(1, 2, EDIT)])
    assert result.seconds == {EDIT: HOUR, OURS: HOUR}
    assert result.availability == pytest.approx(1 - 1 / 9), "time with a reason is left out"
    assert result.on == pytest.approx(0.8)


def test_a_reason_of_another_stream_is_none() -> None:
    assert counted((1, 2), excuses=[excuse(0, 9, EDIT, "other")]).seconds == {OURS: HOUR}


def test_a_reason_of_a_flow_is_one_of_all_streams_and_goes_before_an_edit() -> None:
    result = counted((1, 2), excuses=[excuse(0, 9, EDIT), excuse(0, 9, BROKEN, None)])
    assert result.seconds == {BROKEN: HOUR}


def test_a_reason_without_a_gap_takes_nothing() -> None:
    assert counted(excuses=[excuse(1, 9, BROKEN)]).seconds == {}


def test_a_stream_that_is_never_due_is_available() -> None:
    result = never_on([Declaration(MONDAY, spec(state="stopped"))], 1)
    assert (result.due, result.availability, result.on) == (0.0, 1.0, 1.0)


def test_it_is_due_from_its_file_to_the_end_of_its_file() -> None:
    declared = [
        Declaration(MONDAY + HOUR, spec()),
        Declaration(MONDAY + 2 * HOUR, spec(state="stopped")),
        Declaration(MONDAY + 3 * HOUR, spec()),
        Declaration(MONDAY + 4.5 * HOUR, None),
    ]
    assert never_on(declared, 9).due == 2.5 * HOUR


def test_it_is_due_within_the_hours_of_its_schedule_which_begin_with_a_start() -> None:
    declared = [
        Declaration(MONDAY + 10.5 * HOUR, spec(schedule=SCHEDULE)),
        Declaration(MONDAY + 34 * HOUR, None),
    ]
    result = never_on(declared, 99)
    # 10:30 to 17:00 on Monday, whose hours had begun before, and 9:00 to 10:00 on Tuesday.
    assert result.due == 7.5 * HOUR
    assert result.seconds == {OURS: 7.5 * HOUR - START_SECONDS, WINDOW: START_SECONDS}
