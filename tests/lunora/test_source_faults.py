"""Faults of a source that arrives, judged as its alarms judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from catalog.flow_source import FlowSource
from lunora.ops.cloudwatch import PERIOD, Series
from lunora.ops.source_faults import begin, source_faults, summary

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
SOURCE = FlowSource(minimum_mbps=4)
GOOD, LOW = 8e6, 3e6


def series(metric: str, values: Sequence[float], *, ended: dt.timedelta = PERIOD) -> Series:
    """Return a metric with a value a minute, the last of them *ended* before noon."""
    times = [NOON - ended - number * PERIOD for number in range(len(values))]
    points = tuple(zip(reversed(times), values, strict=True))
    return Series(times[-1], {metric: points})


def alarms(metric: str, *values: float, source: FlowSource = SOURCE) -> list[str]:
    faults = source_faults(series(metric, values), source, NOON)
    return [fault.alarm for fault in faults]


@pytest.mark.parametrize(
    ("metric", "alarm"),
    [("black", "black-source"), ("frozen", "frozen-source"), ("silent", "silent-source")],
)
def test_content_is_at_fault_after_two_minutes(metric: str, alarm: str) -> None:
    assert alarms(metric, 0, 0, 1, 1) == [alarm]
    assert alarms(metric, 0, 1, 0, 1) == []
    assert alarms(metric, 1, 1, 0) == []


def test_a_bitrate_is_low_in_four_of_five_minutes() -> None:
    assert alarms("bits_in", GOOD, LOW, LOW, GOOD, LOW, LOW) == ["low-bitrate"]
    assert alarms("bits_in", LOW, LOW, GOOD, GOOD, LOW, LOW) == []


def test_without_a_minimum_no_bitrate_is_low() -> None:
    assert alarms("bits_in", *[LOW] * 9, source=FlowSource()) == []


def test_a_source_that_may_be_silent_is_not_at_fault() -> None:
    assert alarms("silent", 1, 1, 1, source=FlowSource(sound=False)) == []


def test_metrics_that_ended_long_ago_show_nothing() -> None:
    past = series("black", [1, 1, 1], ended=dt.timedelta(minutes=9))
    assert source_faults(past, SOURCE, NOON) == ()


def test_a_fault_began_before_its_first_minute_without_a_break() -> None:
    (fault,) = source_faults(
        series("bits_in", [GOOD, GOOD, LOW, GOOD, LOW, LOW, LOW]), SOURCE, NOON
    )
    assert fault.since == NOON - 5 * PERIOD
    (always,) = source_faults(series("black", [1, 1, 1]), SOURCE, NOON)
    assert always.since is None


def test_several_faults_are_one_sentence() -> None:
    both = Series(
        NOON, {**series("black", [0, 0, 1, 1]).points, **series("silent", [0, 0, 1, 1]).points}
    )
    faults = source_faults(both, SOURCE, NOON)
    assert summary(faults) == "its source is black; it is silent"
    assert begin(faults) == NOON - 2 * PERIOD


def test_a_low_bitrate_is_told_without_a_figure_that_changes() -> None:
    faults = source_faults(series("bits_in", [LOW] * 6), SOURCE, NOON)
    assert summary(faults) == "its source has less than the declared 4 Mb/s"
