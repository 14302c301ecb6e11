"""One-off events: what is accepted, when they stream, and what they become."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from catalog import cost, forecast
from catalog.loader import findings
from catalog.maintenance import MaintenanceWindow
from catalog.model import DestinationSpec
from catalog.rules import per_file
from catalog.schedule import Schedule
from catalog.scheduler_expressions import (
    output_schedule_entries,
    schedule_entries,
    schedule_names,
)

BERLIN = "Europe/Berlin"
NOW = dt.datetime(2099, 12, 1, tzinfo=dt.UTC)
EVE = {"start": "2099-12-24T18:00", "stop": "2099-12-24T22:30", "pre_roll_minutes": 10}
THURSDAYS = {"days": ["thu"], "start": "09:00", "stop": "17:00"}


def schedule(*events: dict[str, Any], windows: Any = (), timezone: str = BERLIN) -> Schedule:
    hours = {"windows": list(windows)} if windows else {}
    return Schedule.model_validate({"timezone": timezone, "events": list(events), **hours})


def spec(*events: dict[str, Any], **more: Any) -> DestinationSpec:
    windows = more.pop("windows", ())
    hours: dict[str, Any] = {"timezone": BERLIN, "events": list(events)}
    hours |= {"windows": list(windows)} if windows else {}
    return DestinationSpec.model_validate(
        {"name": "one", "platform": "youtube", "preset": "1080p30", "schedule": hours, **more}
    )


def event(start: str, stop: str) -> dict[str, str]:
    return {"start": start, "stop": stop}


def utc(hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2099, 12, 24, hour, minute, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("time", "margin", "is_open"),
    [
        (utc(16, 49), 0, False),
        (utc(16, 49), 1, True),
        (utc(16, 50), 0, True),
        (utc(21, 29), 0, True),
        (utc(21, 30), 0, False),
        (utc(21, 30), 1, True),
    ],
)
def test_it_streams_from_the_pre_roll_until_the_stop(
    time: dt.datetime,
    margin: int,
    is_open: bool,  # noqa: FBT001 - a case
) -> None:
    assert schedule(EVE).is_open(time, margin_minutes=margin) == is_open


def test_it_is_beside_the_weekly_windows() -> None:
    both = schedule(EVE, windows=[THURSDAYS])
    assert both.is_open(utc(9))
    assert both.is_open(utc(17))
    assert not both.is_open(utc(16, 30))


def test_an_event_is_a_start_and_a_stop_at_a_time() -> None:
    entries = schedule_entries(schedule(EVE), NOW)
    assert [(entry.name, entry.expression, entry.late_seconds) for entry in entries] == [
        ("start-9912241750", "at(2099-12-24T17:50:00)", 4 * 3600 + 40 * 60),
        ("stop-9912242230", "at(2099-12-24T22:30:00)", 24 * 3600),
    ]


def test_flow_outputs_are_switched_a_minute_around_it() -> None:
    entries = output_schedule_entries(schedule(EVE), NOW)
    assert [(entry.name, entry.expression) for entry in entries] == [
        ("on-9912241749", "at(2099-12-24T17:49:00)"),
        ("off-9912242231", "at(2099-12-24T22:31:00)"),
    ]


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (utc(16, 50), ["stop-9912242230"]),
        (utc(21, 30), []),
        (dt.datetime(2100, 1, 1, tzinfo=dt.UTC), []),
    ],
)
def test_what_has_passed_is_not_declared(now: dt.datetime, names: list[str]) -> None:
    assert [entry.name for entry in schedule_entries(schedule(EVE), now)] == names


def test_a_late_stop_ends_no_event_after_it() -> None:
    windows = [THURSDAYS]
    (stop,) = [e for e in schedule_entries(schedule(EVE, windows=windows), NOW) if "1700" in e.name]
    assert stop.late_seconds == 48 * 60
    (usual,) = [
        entry
        for entry in schedule_entries(
            Schedule.model_validate({"timezone": BERLIN, "windows": windows}), NOW
        )
        if "1700" in entry.name
    ]
    assert usual.late_seconds == 24 * 3600


def test_a_late_stop_of_an_event_ends_no_window_after_it() -> None:
    fridays = {"days": ["fri"], "start": "06:30", "stop": "08:00"}
    entries = schedule_entries(schedule(EVE, windows=[fridays]), NOW)
    (stop,) = [entry for entry in entries if entry.name == "stop-9912242230"]
    assert stop.late_seconds == 8 * 3600


def test_names_of_schedules_fit() -> None:
    more = {"flow": ["main", "backup"], "redundancy": "standard"}
    longest = spec(EVE, **more).model_copy(update={"name": "a" * 40})
    names = schedule_names(longest)
    assert len(names) == 2 + 2 * 4
    assert max(map(len, names)) <= 64


@pytest.mark.parametrize(
    "events",
    [
        [event("2099-12-24T18:00", "2099-12-24T18:00")],
        [event("2099-12-24T18:00", "2099-12-23T22:00")],
        [event("2099-02-30T18:00", "2099-03-01T22:00")],
        # Clocks go forward at 02:00 that night.
        [event("2026-03-29T02:30", "2026-03-29T05:00")],
        [EVE, event("2099-12-24T22:30", "2099-12-25T01:00")],
        [EVE, event("2099-12-24T22:34", "2099-12-25T01:00")],
        [EVE, event("2099-12-24T12:00", "2099-12-24T17:46")],
        [EVE, EVE],
        [],
    ],
)
def test_empty_close_and_impossible_events_are_refused(events: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError) as error:
        schedule(*events)
    assert [(e["type"], e["loc"]) for e in error.value.errors()] == [("LUN117", ("events",))]


def test_events_five_minutes_apart_are_two() -> None:
    schedule(EVE, event("2099-12-24T22:35", "2099-12-25T01:00"))


def test_a_schedule_has_windows_or_events() -> None:
    with pytest.raises(ValidationError) as error:
        Schedule.model_validate({"timezone": BERLIN})
    assert [e["type"] for e in error.value.errors()] == ["LUN117"]


@pytest.mark.parametrize(
    ("stop", "codes"), [("17:45", []), ("17:46", ["LUN117"]), ("19:00", ["LUN117"])]
)
def test_an_event_is_apart_from_the_weekly_hours(stop: str, codes: list[str]) -> None:
    declared = spec(EVE, windows=[{**THURSDAYS, "stop": stop}])
    assert [finding.code for finding in findings(declared, NOW.date())] == codes


def test_an_event_of_the_past_is_noted_and_ignored() -> None:
    declared = spec(EVE, windows=[{**THURSDAYS, "stop": "19:00"}])
    later = dt.date(2100, 1, 1)
    assert list(findings(declared, later)) == []
    (note,) = per_file.warn_about_past_events(declared, later)
    assert (note.code, note.key) == ("LUN159", "schedule.events.0")
    assert list(per_file.warn_about_past_events(declared, NOW.date())) == []


@pytest.mark.parametrize(
    ("day", "start", "codes"),
    [
        ("thu", "16:00", ["LUN128"]),
        ("thu", "21:00", ["LUN128"]),
        ("thu", "22:00", []),
        ("thu", "14:00", []),
        ("fri", "16:00", []),
    ],
)
def test_maintenance_is_outside_of_events(day: str, start: str, codes: list[str]) -> None:
    window = MaintenanceWindow.model_validate({"day": day, "start": start})
    declared = spec(EVE, maintenance=window.model_dump())
    assert [finding.code for finding in findings(declared, NOW.date())] == codes


def test_the_forecast_counts_its_hours() -> None:
    begin = dt.datetime(2099, 12, 1, tzinfo=dt.UTC)
    end = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    assert forecast.minutes_on_air(spec(EVE), begin, end) == [280]
    assert forecast.minutes_on_air(spec(EVE), begin, utc(17)) == [10]


def test_a_month_costs_its_hours_and_a_past_event_none() -> None:
    assert cost.running_hours(spec(EVE)) == pytest.approx(280 / 60)
    assert cost.running_hours(spec(event("2024-12-24T18:00", "2024-12-24T22:00"))) == 0


def test_a_schedule_without_events_is_written_as_before() -> None:
    weekly = Schedule.model_validate({"timezone": BERLIN, "windows": [THURSDAYS]})
    assert weekly.model_dump(mode="json") == {"timezone": BERLIN, "windows": [THURSDAYS]}
    assert Schedule.model_validate(schedule(EVE).model_dump(mode="json")) == schedule(EVE)
