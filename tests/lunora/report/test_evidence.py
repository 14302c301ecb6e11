"""On air, off air or a gap: what each kind of evidence tells, and which one outranks which."""

from __future__ import annotations

import datetime as dt

import pytest

from lunora.report.evidence import Evidence, timeline
from tests.support.report import evidence, line, minutes, points, state, window

HOUR = window(60)


def judged(known: Evidence) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    result = timeline(known, HOUR)
    assert not result.on_air & result.off_air
    return minutes(result.on_air), minutes(result.off_air)


def test_datapoints_all_along_are_an_hour_on_air() -> None:
    assert judged(evidence(points(range(60)))) == ([(0, 60)], [])


def test_a_resolution_without_datapoints_tells_nothing() -> None:
    assert judged(evidence(points([], period=5), points(range(60)))) == ([(0, 60)], [])


def test_a_disabled_output_sends_nothing_although_its_source_arrives() -> None:
    lines = [
        state(0, "", "ENABLED"),
        state(20, "ENABLED", "DISABLED"),
        state(30, "DISABLED", "ENABLED"),
    ]
    known = evidence(points(range(60)), lines=lines, now="ENABLED", indirect=True)
    assert judged(known) == ([(0, 20), (30, 60)], [(20, 30)])


def test_a_datapoint_that_comes_late_is_no_interruption() -> None:
    assert judged(evidence(points(range(20), range(21, 60)))) == ([(0, 60)], [])


def test_a_hole_between_datapoints_is_an_interruption() -> None:
    assert judged(evidence(points(range(20), range(25, 60)))) == ([(0, 20), (25, 60)], [(20, 25)])


def test_a_fault_in_the_datapoints_is_an_interruption() -> None:
    faults = dict.fromkeys(range(30, 33), "no video arrives at its channel")
    assert judged(evidence(points(range(60), faults=faults))) == ([(0, 30), (33, 60)], [(30, 33)])


def test_without_evidence_all_is_a_gap() -> None:
    assert judged(evidence()) == ([], [])
    assert judged(evidence(now="IDLE")) == ([], [])


def test_before_the_first_and_after_the_last_datapoint_nothing_is_known() -> None:
    assert judged(evidence(points(range(10, 50)))) == ([(10, 50)], [])


def test_a_channel_that_is_stopped_now_was_so_since_its_last_datapoint() -> None:
    assert judged(evidence(points(range(40)), now="IDLE")) == ([(0, 40)], [(40, 60)])
    assert judged(evidence(points(range(40)), now="")) == ([(0, 40)], [(40, 60)])


class TestHistory:
    def test_it_tells_what_cloudwatch_does_not(self) -> None:
        lines = [
            state(0, "", "RUNNING"),
            state(30, "RUNNING", "IDLE"),
            state(35, "IDLE", "RUNNING"),
        ]
        assert judged(evidence(lines=lines)) == ([(0, 30), (35, 60)], [(30, 35)])

    def test_an_incident_of_a_running_channel_is_a_gap_where_nothing_was_measured(self) -> None:
        incident = {"change": "closed", "reason": "no source", "affected": ["show"]}
        opened = {"opened": state(10, "", "")["time"]}
        closed = line(20, "incident", "flow main", **incident, **opened)
        assert judged(evidence(lines=[state(0, "", "RUNNING"), closed])) == (
            [(0, 10), (20, 60)],
            [],
        )

    def test_a_state_is_not_believed_beyond_a_missing_line(self) -> None:
        lines = [state(0, "", "RUNNING"), state(30, "STARTING", "RUNNING")]
        assert judged(evidence(lines=lines)) == ([(30, 60)], [])

    def test_the_last_state_is_not_believed_where_aws_shows_another(self) -> None:
        assert judged(evidence(lines=[state(0, "", "IDLE")])) == ([], [])

    def test_a_running_channel_whose_datapoints_are_lost_is_a_gap(self) -> None:
        known = evidence(points(range(20), range(40, 60)), lines=[state(0, "", "RUNNING")])
        assert judged(known) == ([(0, 20), (40, 60)], [])
        assert minutes(timeline(known, HOUR).ran) == [(0, 60)]

    def test_a_hole_that_ends_as_the_watchdog_reads_the_stop_is_an_interruption(self) -> None:
        lines = [
            state(0, "", "RUNNING"),
            state(34, "RUNNING", "IDLE"),
            state(40, "IDLE", "RUNNING"),
        ]
        known = evidence(points(range(25), range(33, 60)), lines=lines)
        assert judged(known) == ([(0, 25), (33, 60)], [(25, 33)])

    def test_it_shows_a_stop_that_a_coarse_datapoint_hides(self) -> None:
        coarse = points(range(0, 60, 30), period=30)
        lines = [
            state(0, "", "RUNNING"),
            state(10, "RUNNING", "IDLE"),
            state(14, "IDLE", "RUNNING"),
        ]
        assert judged(evidence(coarse, lines=lines)) == ([(0, 10), (14, 60)], [(10, 14)])

    def test_it_does_not_outrank_a_minutes_datapoint(self) -> None:
        lines = [
            state(0, "", "RUNNING"),
            state(10, "RUNNING", "IDLE"),
            state(14, "IDLE", "RUNNING"),
        ]
        assert judged(evidence(points(range(60)), lines=lines)) == ([(0, 60)], [])


class TestCloudTrail:
    def test_its_calls_tell_what_nothing_else_does(self) -> None:
        calls = [(5, "CreateChannel", "ci"), (10, "StartChannel", "ci"), (50, "StopChannel", "ada")]
        assert judged(evidence(calls=calls, now="IDLE")) == ([(10, 50)], [(5, 10), (50, 60)])

    def test_the_last_call_is_not_believed_where_aws_shows_another_state(self) -> None:
        assert judged(evidence(calls=[(10, "StartChannel", "ci")], now="IDLE")) == ([], [])

    def test_datapoints_outrank_it(self) -> None:
        known = evidence(points(range(20, 60)), calls=[(10, "StartChannel", "ci")])
        assert judged(known) == ([(10, 60)], [])


@pytest.mark.parametrize("period", [1, 5, 60])
def test_the_time_of_a_report_bounds_everything(period: int) -> None:
    known = evidence(points(range(-120, 120, period), period=period))
    result = timeline(known, HOUR)
    assert minutes(result.on_air) == minutes(result.ran) == [(0, 60)]
    assert HOUR.length == dt.timedelta(hours=1)
