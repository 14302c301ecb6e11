"""How the month counts: what was due, what was on, and whose gap it is."""

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
    asked = {"name": "show", "platform": "twitch", "preset": "720p30", **more}
    return DestinationSpec.model_validate(asked)


def counted(*gaps: tuple[float, float], excuses: Sequence[Excuse] = ()) -> Account:
    """Return the account of ten hours in which a stream was off in *gaps*, in hours."""
    off = [(MONDAY + begin * HOUR, MONDAY + end * HOUR) for begin, end in gaps]
    return account(
        {"show": [Declaration(MONDAY, spec())]},
        lambda _, __, at: not any(begin <= at < end for begin, end in off),
        lambda _: [at for gap in off for at in gap],
        excuses,
        MONDAY + 10 * HOUR,
    )


def excuse(begin: float, end: float, reason: str, origin: str | None = "show") -> Excuse:
    return Excuse(origin, MONDAY + begin * HOUR, MONDAY + end * HOUR, reason)


def test_a_stream_that_is_on_all_the_time_is_wholly_available() -> None:
    found = counted()
    assert (found.due, found.gaps, found.availability, found.on) == (10 * HOUR, (), 1.0, 1.0)


def test_a_gap_without_a_reason_is_ours() -> None:
    found = counted((1, 2))
    assert found.gaps == (Gap("show", MONDAY + HOUR, MONDAY + 2 * HOUR, OURS),)
    assert (found.availability, found.on) == (0.9, 0.9)


def test_what_goes_on_after_its_reason_has_ended_is_ours() -> None:
    found = counted((1, 3), excuses=[excuse(1, 2, EDIT)])
    assert [(gap.reason, gap.seconds) for gap in found.gaps] == [(EDIT, HOUR), (OURS, HOUR)]
    assert found.availability == pytest.approx(1 - 1 / 9), "time with a reason is left out"
    assert found.on == pytest.approx(0.8)


def test_a_reason_of_another_stream_is_none() -> None:
    assert counted((1, 2), excuses=[excuse(0, 9, EDIT, "other")]).gaps[0].reason == OURS


def test_a_reason_of_a_flow_is_one_of_all_streams_and_goes_before_an_edit() -> None:
    found = counted((1, 2), excuses=[excuse(0, 9, EDIT), excuse(0, 9, BROKEN, None)])
    assert [gap.reason for gap in found.gaps] == [BROKEN]


def test_a_gap_that_is_cut_by_nothing_but_moments_is_one() -> None:
    found = counted((1, 2), (2, 3), excuses=[excuse(5, 6, EDIT)])
    assert [(gap.begin, gap.end) for gap in found.gaps] == [(MONDAY + HOUR, MONDAY + 3 * HOUR)]


def test_a_reason_without_a_gap_takes_nothing() -> None:
    assert counted(excuses=[excuse(1, 9, BROKEN)]).seconds == {}


def test_a_stream_that_is_never_due_is_available() -> None:
    declared = {"show": [Declaration(MONDAY, spec(state="stopped"))]}
    found = account(declared, lambda *_: False, lambda _: (), (), MONDAY + HOUR)
    assert (found.due, found.availability, found.on) == (0.0, 1.0, 1.0)


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
    assert [(at - MONDAY) / HOUR for at in beginnings(declared, MONDAY + 99 * HOUR)] == [33]
