"""Windows become cron expressions of their own time zone, across weeks and clock changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.model import DestinationSpec
from catalog.schedule import Schedule
from catalog.scheduler_expressions import (
    output_schedule_entries,
    output_suffix,
    schedule_entries,
    schedule_names,
    skipped,
)

LA = "America/Los_Angeles"
NINE_TO_FIVE = ("mon tue wed thu fri sat sun", "09:00", "17:00")


def schedule(*windows: tuple[str, str, str], timezone: str = LA) -> Schedule:
    """Make a schedule of windows given as days, start and stop."""
    written: list[dict[str, Any]] = [
        {"days": days.split(), "start": start, "stop": stop} for days, start, stop in windows
    ]
    return Schedule.model_validate({"timezone": timezone, "windows": written})


def crons(*windows: tuple[str, str, str]) -> dict[str, str]:
    return {firing.name: firing.expression for firing in schedule_entries(schedule(*windows))}


def test_a_window_is_one_start_and_one_stop_for_all_of_its_days() -> None:
    assert crons(("fri mon", "09:00", "17:30")) == {
        "start-0900": "cron(0 9 ? * MON,FRI *)",
        "stop-1730": "cron(30 17 ? * MON,FRI *)",
    }


def test_a_window_over_midnight_stops_on_the_next_day() -> None:
    assert crons(("sun wed", "22:00", "02:05")) == {
        "start-2200": "cron(0 22 ? * WED,SUN *)",
        "stop-0205": "cron(5 2 ? * MON,THU *)",
    }


def test_a_window_to_the_end_of_its_day_stops_when_the_next_begins() -> None:
    assert crons(("sun", "20:00", "24:00"))["stop-0000"] == "cron(0 0 ? * MON *)"


def test_windows_that_touch_are_not_interrupted() -> None:
    assert crons(("mon", "09:00", "12:00"), ("mon", "12:00", "18:00")) == {
        "start-0900": "cron(0 9 ? * MON *)",
        "stop-1800": "cron(0 18 ? * MON *)",
    }


def test_windows_that_begin_at_the_same_time_share_their_start() -> None:
    expressions = crons(("mon", "09:00", "12:00"), ("tue", "09:00", "18:00"))
    assert expressions == {
        "start-0900": "cron(0 9 ? * MON,TUE *)",
        "stop-1200": "cron(0 12 ? * MON *)",
        "stop-1800": "cron(0 18 ? * TUE *)",
    }


@pytest.mark.parametrize(
    ("windows", "late"),
    [
        pytest.param([("mon", "09:00", "09:10")], {"start": 600, "stop": 86400}, id="short"),
        pytest.param([("mon", "09:00", "09:01")], {"start": 60, "stop": 86400}, id="shortest"),
        pytest.param(
            [("mon tue", "00:00", "23:00")], {"start": 23 * 3600, "stop": 3600}, id="long"
        ),
        pytest.param(
            [("sat", "00:00", "24:00"), ("sun", "00:00", "24:00")],
            {"start": 86400, "stop": 86400},
            id="a weekend",
        ),
    ],
)
def test_a_late_firing_never_comes_after_the_one_that_undoes_it(
    windows: list[tuple[str, str, str]], late: dict[str, int]
) -> None:
    entries = {
        firing.name.partition("-")[0]: firing for firing in schedule_entries(schedule(*windows))
    }
    assert {kind: firing.late_seconds for kind, firing in entries.items()} == late


def test_its_order_and_names_do_not_depend_on_how_the_windows_are_written() -> None:
    first, second = ("mon", "09:00", "12:00"), ("tue", "10:00", "11:00")
    assert schedule_entries(schedule(first, second)) == schedule_entries(schedule(second, first))


def test_what_the_clock_jumps_over_is_found() -> None:
    night = schedule(("sun", "02:30", "05:00"))
    ((transition, date),) = skipped(night, dt.date(2027, 1, 1), 365)
    assert (transition.time, transition.starts, date) == ("02:30", True, dt.date(2027, 3, 14))


@pytest.mark.parametrize(
    "unharmed",
    [
        schedule(("mon", "02:30", "05:00")),
        schedule(("sun", "03:00", "05:00")),
        schedule(("sun", "01:30", "05:00")),
        schedule(("sun", "02:30", "05:00"), timezone="UTC"),
        schedule(("sun", "02:30", "05:00"), timezone="America/Phoenix"),
    ],
)
def test_what_the_clock_does_not_jump_over_is_left_alone(unharmed: Schedule) -> None:
    assert list(skipped(unharmed, dt.date(2027, 1, 1), 365)) == []


def test_what_starts_and_what_stops_is_told_apart() -> None:
    starts = {
        entry.name: entry.starts for entry in schedule_entries(schedule(("mon", "09:00", "17:30")))
    }
    assert starts == {"start-0900": True, "stop-1730": False}


def test_firings_come_in_one_order_starts_first() -> None:
    entries = schedule_entries(schedule(("mon", "09:00", "10:00"), ("tue", "11:00", "12:00")))
    assert [entry.name for entry in entries] == [
        "start-1100",
        "start-0900",
        "stop-1200",
        "stop-1000",
    ]


def output_crons(*windows: tuple[str, str, str], timezone: str = "UTC") -> dict[str, str]:
    entries = output_schedule_entries(schedule(*windows, timezone=timezone))
    return {firing.name: firing.expression for firing in entries}


def test_flow_outputs_are_enabled_a_minute_before_and_disabled_a_minute_after() -> None:
    assert output_crons(("mon", "00:00", "17:30")) == {
        "enable-2359": "cron(59 23 ? * SUN *)",
        "disable-1731": "cron(31 17 ? * MON *)",
    }


@pytest.mark.parametrize(
    ("second", "schedule_entries"),
    [
        ("10:01", {"enable-0859", "disable-1101"}),
        ("10:02", {"enable-0859", "disable-1101"}),
        ("10:03", {"enable-0859", "disable-1001", "enable-1002", "disable-1101"}),
    ],
)
def test_flow_outputs_stay_enabled_where_two_margins_meet(
    second: str, schedule_entries: set[str]
) -> None:
    windows = [("mon", "09:00", "10:00"), ("mon", second, "11:00")]
    assert output_crons(*windows).keys() == schedule_entries


def test_flow_outputs_of_almost_all_the_week_are_never_disabled() -> None:
    assert output_crons(("mon tue wed thu fri sat sun", "00:00", "23:58")) == {}
    some_night = output_crons(("mon tue wed thu fri sat sun", "00:00", "23:57"))
    assert some_night.keys() == {"enable-2359", "disable-2358"}


def test_a_firing_may_be_late_until_the_next_one_undoes_it() -> None:
    late = {
        entry.name: entry.late_seconds for entry in output_schedule_entries(schedule(NINE_TO_FIVE))
    }
    assert late == {"enable-0859": 8 * 3600 + 120, "disable-1701": 57_480}


# The clock jumps from 02:00 to 03:00 on a Sunday, in London from 01:00 to 02:00.
@pytest.mark.parametrize(
    ("timezone", "days", "start", "again"),
    [
        (LA, "mon sun", "03:00", {"enable-0300": "cron(0 3 ? * SUN *)"}),
        ("Europe/London", "sun", "02:00", {"enable-0200": "cron(0 2 ? * SUN *)"}),
        # Midnight is skipped in Chile, so that the minute before is of no Sunday.
        ("America/Santiago", "sun", "01:00", {"enable-0100": "cron(0 1 ? * SUN *)"}),
        (LA, "mon", "03:00", {}),
        (LA, "sun", "02:30", {}),
        ("UTC", "sun", "03:00", {}),
    ],
)
def test_outputs_are_enabled_with_the_start_where_no_minute_is_before_it(
    timezone: str, days: str, start: str, again: dict[str, str]
) -> None:
    expressions = output_crons((days, start, "05:00"), timezone=timezone)
    more = {
        name: cron
        for name, cron in expressions.items()
        if name == f"enable-{start.replace(':', '')}"
    }
    assert more == again
    assert len(expressions) == 2 + len(again)


def test_an_output_that_is_enabled_twice_may_be_late_until_it_is_disabled() -> None:
    entries = output_schedule_entries(schedule(("sun", "03:00", "05:00")))
    late = {entry.name: entry.late_seconds for entry in entries if entry.starts}
    assert late == {"enable-0259": 2 * 3600 + 120, "enable-0300": 2 * 3600 + 60}


def test_no_name_of_a_schedule_is_longer_than_scheduler_takes() -> None:
    name = "a" * 40
    spec = DestinationSpec.model_validate(
        {
            "name": name,
            "platform": "youtube",
            "preset": "1080p30",
            "redundancy": "standard",
            "flow": ["main", "backup"],
            "schedule": schedule(NINE_TO_FIVE).model_dump(),
        }
    )
    names = schedule_names(spec)
    assert f"{name}-disable-1701-backup-1" in names
    assert (len(names), max(map(len, names))) == (2 + 4 * 2, 62)


def test_no_schedule_has_no_names_and_without_a_channel_only_its_own() -> None:
    given: dict[str, Any] = {"name": "one", "platform": "youtube", "route": "flow"}
    assert schedule_names(DestinationSpec.model_validate(given)) == frozenset()
    given["schedule"] = schedule(NINE_TO_FIVE).model_dump()
    spec = DestinationSpec.model_validate(given)
    assert schedule_names(spec) == {"one-start-0900", "one-stop-1700"}


@pytest.mark.parametrize(
    ("flow", "pipeline", "suffix"),
    [(0, 0, ""), (0, 1, "-1"), (1, 0, "-backup"), (1, 1, "-backup-1")],
)
def test_the_schedules_of_each_flow_output_have_a_suffix(
    flow: int, pipeline: int, suffix: str
) -> None:
    assert output_suffix(flow, pipeline) == suffix
