"""Figures: availability without gaps, interruptions with causes, sums, and months."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.declaration import Declaration
from lunora.report.causes import cause
from lunora.report.declared_hours import declared_hours
from lunora.report.evidence import Evidence, timeline
from lunora.report.figures import Figures, ReportCost, figures, percent, total
from lunora.report.intervals import Interval
from lunora.report.record import DestinationRecord
from lunora.report.report import periods
from tests.support.report import after_noon, evidence, line, points, state, window

HOUR = window(60)


def record(known: Evidence, time: Interval = HOUR, **keys: Any) -> DestinationRecord:
    declared = declared_hours(known.records, Declaration(**keys), None, time)
    return DestinationRecord("show", declared, known, timeline(known, time))


def counted(known: Evidence) -> Figures:
    return figures(record(known), HOUR, ReportCost(2.0, 1.0, None))


def test_a_whole_hour_is_complete() -> None:
    result = counted(evidence(points(range(60))))
    assert (result.declared_hours, result.on_air_hours, result.availability) == (1, 1, 1)
    assert (result.interruptions, result.restarts, result.incidents) == ((), None, None)


def test_a_gap_counts_neither_way() -> None:
    result = counted(evidence(points(range(30)), now="RUNNING"))
    assert (result.gaps.hours, result.availability) == (0.5, 1)
    assert result.document()["gap_hours"] == 0.5


def test_nothing_known_is_no_availability() -> None:
    result = counted(evidence())
    assert (result.availability, result.document()["availability_percent"]) == (None, None)
    assert result.gaps.hours == 1


def test_an_interruption_has_its_length_and_lasts_while_it_does() -> None:
    result = counted(evidence(points(range(10), range(15, 50)), now="IDLE"))
    assert [(each.begin, each.end, each.seconds) for each in result.interruptions] == [
        (after_noon(10), after_noon(15), 300),
        (after_noon(50), None, 600),
    ]
    assert result.availability == 0.75


def test_99_percent_is_not_rounded_to_100() -> None:
    assert percent(0.999999) == 99.999
    assert percent(1.0) == 100


STOP = line(29, "operator", change="began", by="alice")
DEAD = state(31, "RUNNING", "IDLE")
INCIDENT = line(
    35,
    "incident",
    change="closed",
    reason="its channel is stopped although its file says running",
    opened=after_noon(31).isoformat(),
    affected=["show"],
)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({}, "its channel did not run"),
        ({"lines": [DEAD, INCIDENT, STOP]}, "stopped by alice"),
        ({"lines": [state(31, "RUNNING", "IDLE", "stopped by bob")]}, "stopped by bob"),
        ({"lines": [DEAD, INCIDENT]}, "its channel is stopped although its file says running"),
        ({"lines": [line(32, "refused", code="LUN331")]}, "AWS refused its start: LUN331"),
        ({"calls": [(29, "StopChannel", "ada")]}, "stopped by ada"),
        ({"calls": [(9, "StopChannel", "ada")]}, "its channel did not run"),
    ],
)
def test_the_cause_is_who_or_what_the_evidence_names(known: dict[str, Any], reason: str) -> None:
    result = counted(evidence(points(range(30), range(36, 60)), **known))
    assert [each.cause for each in result.interruptions] == [reason]


def test_a_measured_fault_is_a_cause() -> None:
    faults = dict.fromkeys(range(30, 36), "its channel sent nothing")
    result = counted(evidence(points(range(60), faults=faults)))
    assert [each.cause for each in result.interruptions] == ["its channel sent nothing"]


def test_the_begin_of_declared_hours_is_a_start() -> None:
    known = record(evidence(points(range(-60, -30), range(3, 60))), window(60, -60))
    assert cause(known, window(3, -60)) == "its channel did not run"
    scheduled = {
        "timezone": "UTC",
        "windows": [{"days": ["fri"], "start": "12:00", "stop": "13:00"}],
    }
    known = record(
        evidence(points(range(-60, -30), range(3, 60))),
        window(60, -60),
        schedule=Declaration.parse({"schedule": scheduled}).schedule,  # type: ignore[union-attr]
    )
    assert [each.cause for each in figures(known, HOUR, ReportCost()).interruptions] == [
        "it was starting"
    ]


def test_restarts_and_incidents_are_counted_where_there_is_a_history() -> None:
    starts = [line(minutes, "start", attempt=1) for minutes in (-5, 10, 20)]
    result = counted(evidence(points(range(60)), lines=[*starts, INCIDENT]))
    assert (result.restarts, result.incidents and len(result.incidents)) == (2, 1)


def test_a_sum_counts_an_incident_of_a_flow_once() -> None:
    lost = line(
        9,
        "incident",
        "flow main",
        change="closed",
        reason="no source",
        opened=after_noon(5).isoformat(),
        affected=["show"],
    )
    each = counted(evidence(points(range(60)), lines=[lost, state(0, "", "RUNNING")]))
    both = total({"show": each, "talk": each})
    assert (both.incidents, both.declared_hours, both.availability) == (1, 2, 1)
    assert both.cost == ReportCost(4.0, 2.0, None)


def test_months_have_their_own_figures() -> None:
    begin, end = dt.datetime(2026, 1, 31, tzinfo=dt.UTC), dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    time = Interval(begin, end)
    minutes = [
        int((begin - after_noon(0)).total_seconds() / 60) + minute for minute in range(2 * 24 * 60)
    ]
    known = record(evidence(points(minutes)), time)
    listed = periods([known], time, "month", lambda *_: ReportCost(1.0))
    assert [part.destinations["show"].on_air_hours for part in listed] == [24, 24]
    (whole,) = periods([known], time, None, lambda *_: ReportCost(1.0))
    assert whole.total.on_air_hours == 48
