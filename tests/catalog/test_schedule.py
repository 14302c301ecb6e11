"""Weekly windows: what is accepted, and when a destination streams."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from catalog.schedule import DAYS, Schedule, Span, Transition, timezones

LOS_ANGELES = "America/Los_Angeles"
WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def window(days: list[str], start: str, stop: str) -> dict[str, Any]:
    return {"days": days, "start": start, "stop": stop}


def schedule(*windows: dict[str, Any], timezone: str = LOS_ANGELES) -> Schedule:
    return Schedule.model_validate({"timezone": timezone, "windows": list(windows)})


def refusal(*windows: dict[str, Any], timezone: str = LOS_ANGELES) -> tuple[str, str]:
    """Return code and message of the error of such a schedule."""
    with pytest.raises(ValidationError) as caught:
        schedule(*windows, timezone=timezone)
    (error,) = caught.value.errors()
    return error["type"], error["msg"]


def transitions(schedule: Schedule) -> list[str]:
    return [f"{'+' if t.starts else '-'}{t.day} {t.time}" for t in schedule.transitions]


def test_a_window_opens_on_each_of_its_days() -> None:
    office = schedule(window(WORKDAYS, "09:00", "17:30"))
    assert transitions(office)[:4] == ["+mon 09:00", "-mon 17:30", "+tue 09:00", "-tue 17:30"]
    assert office.transitions[0] == Transition("mon", "09:00", starts=True)


def test_a_window_that_stops_before_it_starts_ends_the_next_day() -> None:
    late = schedule(window(["fri"], "22:00", "01:30"))
    assert transitions(late) == ["+fri 22:00", "-sat 01:30"]


def test_a_window_may_go_on_from_sunday_into_monday() -> None:
    night = schedule(window(["sun"], "23:00", "02:00"))
    assert transitions(night) == ["+sun 23:00", "-mon 02:00"]
    assert night.is_open(dt.datetime(2026, 11, 23, 1, 59, tzinfo=ZoneInfo(LOS_ANGELES)))
    assert not night.is_open(dt.datetime(2026, 11, 23, 2, 0, tzinfo=ZoneInfo(LOS_ANGELES)))


def test_windows_that_touch_stream_on_without_a_break() -> None:
    weekend = schedule(window(["sat", "sun"], "00:00", "24:00"), window(["mon"], "00:00", "06:00"))
    assert weekend.spans == (Span(5 * 1440, 7 * 1440 + 360),)
    assert transitions(weekend) == ["+sat 00:00", "-mon 06:00"]


def test_it_is_open_from_the_minute_it_starts_to_the_minute_it_stops() -> None:
    office = schedule(window(["tue"], "09:00", "17:30"))
    day = dt.datetime(2026, 11, 24, tzinfo=ZoneInfo(LOS_ANGELES))
    open_at = [
        f"{hour:02}:{minute:02}"
        for hour, minute in ((8, 59), (9, 0), (17, 29), (17, 30))
        if office.is_open(day.replace(hour=hour, minute=minute))
    ]
    assert open_at == ["09:00", "17:29"]
    assert not office.is_open(day.replace(hour=9) + dt.timedelta(days=1))


def test_the_moment_counts_and_not_the_zone_it_is_told_in() -> None:
    office = schedule(window(["tue"], "09:00", "17:30"))
    assert office.is_open(dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC))
    assert not office.is_open(dt.datetime(2026, 11, 24, 16, 59, tzinfo=dt.UTC))
    # Summer time: the same wall clock is an hour earlier in UTC.
    assert office.is_open(dt.datetime(2026, 7, 21, 16, 0, tzinfo=dt.UTC))


SYDNEY = "Australia/Sydney"
# Clocks go back at 03:00 summer time, which is 16:00 UTC on the day before.
FIRST_PASS = dt.datetime(2027, 4, 3, 15, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("windows", "margin", "open_at"),
    [
        # The stop at 02:30 is in the first pass; nothing starts it again in the second.
        ([window(["sun"], "01:30", "02:30")], 0, range(-30, 30)),
        ([window(["sun"], "01:30", "02:30")], 1, range(-31, 31)),
        # What starts in the repeated hour starts in the first pass and goes on.
        ([window(["sun"], "02:30", "04:00")], 0, range(30, 180)),
        ([window(["sun"], "03:00", "04:00")], 0, range(120, 180)),
        # The minute before 03:00 comes first in the first pass.
        ([window(["sun"], "03:00", "04:00")], 1, range(59, 181)),
    ],
)
def test_a_repeated_hour_starts_and_stops_once(
    windows: list[dict[str, Any]], margin: int, open_at: range
) -> None:
    night = schedule(*windows, timezone=SYDNEY)
    minutes = [
        minute
        for minute in range(-60, 240)
        if night.is_open(FIRST_PASS + dt.timedelta(minutes=minute), margin_minutes=margin)
    ]
    assert minutes == list(open_at)


def test_a_margin_goes_over_the_end_of_the_week() -> None:
    early = schedule(window(["mon"], "00:00", "01:00"))
    before = dt.datetime(2026, 11, 22, 23, 59, tzinfo=ZoneInfo(LOS_ANGELES))
    assert not early.is_open(before)
    assert early.is_open(before, margin_minutes=1)


@pytest.mark.parametrize(
    ("windows", "sentence"),
    [
        pytest.param(
            [window(["mon"], "09:00", "12:00"), window(["mon"], "11:00", "13:00")],
            "mon 09:00 to mon 12:00 overlaps mon 11:00 to mon 13:00",
            id="same day",
        ),
        pytest.param(
            [window(["mon"], "22:00", "03:00"), window(["tue"], "02:00", "04:00")],
            "mon 22:00 to tue 03:00 overlaps tue 02:00 to tue 04:00",
            id="over midnight",
        ),
        pytest.param(
            [window(["sun"], "22:00", "03:00"), window(["mon"], "02:00", "04:00")],
            "sun 22:00 to mon 03:00 overlaps mon 02:00 to mon 04:00",
            id="over the end of the week",
        ),
        pytest.param(
            [window(["mon", "mon"], "09:00", "10:00")],
            "mon 09:00 to mon 10:00 overlaps mon 09:00 to mon 10:00",
            id="a day twice",
        ),
    ],
)
def test_windows_that_overlap_are_refused(windows: list[dict[str, Any]], sentence: str) -> None:
    code, message = refusal(*windows)
    assert code == "LUN117"
    assert message.startswith(f"{sentence}; ")


def test_a_window_without_length_is_refused() -> None:
    code, _ = refusal(window(["mon"], "09:00", "09:00"))
    assert code == "LUN117"


@pytest.mark.parametrize(
    "windows",
    [
        pytest.param([window(list(DAYS), "00:00", "24:00")], id="seven whole days"),
        pytest.param(
            [window(list(DAYS), "06:00", "18:00"), window(list(DAYS), "18:00", "06:00")],
            id="day and night",
        ),
    ],
)
def test_a_schedule_that_never_closes_is_refused(windows: list[dict[str, Any]]) -> None:
    code, _ = refusal(*windows)
    assert code == "LUN117"


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("America/Los_Angelos", 'did you mean "America/Los_Angeles"?'),
        ("los_angeles", 'did you mean "America/Los_Angeles"?'),
        ("nowhere", "give an IANA name, as in America/New_York"),
        pytest.param("EST", "give an IANA name, as in America/New_York", id="no summer time"),
        pytest.param("Etc/GMT+8", "give an IANA name, as in America/New_York", id="reversed sign"),
    ],
)
def test_a_time_zone_that_is_none_gets_the_nearest(wrong: str, hint: str) -> None:
    code, message = refusal(window(["mon"], "09:00", "10:00"), timezone=wrong)
    assert code == "LUN116"
    assert message.endswith(f"; {hint}")


def test_every_time_zone_on_offer_can_be_used() -> None:
    assert {"UTC", LOS_ANGELES, "Europe/Berlin"} <= timezones()
    noon = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
    for zone in timezones():
        schedule(window(["tue"], "09:00", "10:00"), timezone=zone).is_open(noon)
