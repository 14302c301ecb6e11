"""This month has its own days, windows and last days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog import stack_cost
from catalog.flow_source import FlowFacts, FlowSource
from catalog.forecast import SHARED, Month, MonthCost, forecast, minutes_on_air, usd_of_runs
from catalog.model import DestinationSpec
from catalog.prices import prices
from catalog.pricing import Pricing

FLOWS = {"main": FlowFacts("us-west-2", FlowSource(mbps=8))}
PRICING = Pricing(FLOWS, {"us-west-2": prices("us-west-2")})
# Noon of the tenth of a month of 30 days.
MONTH = Month.of(dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC))


def spec(name: str = "one", **more: Any) -> DestinationSpec:
    given = {"name": name, "platform": "restream", "preset": "1080p30", **more}
    return DestinationSpec.model_validate(given)


def of(*specs: DestinationSpec, actual: dict[str, float] | None = None) -> dict[str, MonthCost]:
    total = stack_cost.estimate(specs, FLOWS)
    return dict(forecast(specs, PRICING, total, MONTH, actual))


def schedule(zone: str = "UTC", start: str = "09:00", stop: str = "11:00") -> Any:
    windows = [{"days": ["mon", "sun"], "start": start, "stop": stop}]
    return {"timezone": zone, "windows": windows}


@pytest.mark.parametrize(
    ("day", "days"), [((2026, 2, 3), 28), ((2026, 12, 31), 31), ((2028, 2, 1), 29)]
)
def test_a_month_is_that_of_the_calendar(day: tuple[int, int, int], days: int) -> None:
    month = Month.of(dt.datetime(*day, 6, tzinfo=dt.UTC))
    assert (month.start.day, month.end.day, month.days) == (1, 1, days)
    assert month.hours_so_far + month.hours_left == days * 24


def test_a_channel_that_always_runs_costs_by_the_hours_of_the_month() -> None:
    cost = of(spec())["one"]
    monthly = PRICING.cost(spec()).monthly_usd
    assert cost.declared == pytest.approx(monthly * 228 / 730)
    assert cost.left == pytest.approx(monthly * 492 / 730)
    assert cost.forecast == pytest.approx(monthly * 720 / 730)


def test_the_bill_takes_the_place_of_what_the_files_say_so_far() -> None:
    costs = of(spec(), actual={"one": 100.0, "gone": 5.0, "": 2.0})
    assert costs["one"].actual == 100
    assert costs["one"].forecast == 100 + costs["one"].left
    assert costs[SHARED].actual == 7


def test_what_destinations_share_costs_by_the_hour() -> None:
    hourly = stack_cost.estimate([spec()], FLOWS).shared_usd / 730
    shared = of(spec())[SHARED]
    assert hourly > 0
    assert shared.declared == pytest.approx(hourly * 228)
    assert shared.left == pytest.approx(hourly * 492)


def test_no_time_costs_nothing() -> None:
    assert usd_of_runs(spec(), PRICING, 0, [60]) == 0


def test_a_destination_that_was_not_billed_has_cost_nothing() -> None:
    assert of(spec(), actual={})["one"].actual == 0


def test_windows_count_as_they_fall() -> None:
    # Sundays and Mondays of November 2026 until the tenth: 1, 2, 8 and 9.
    assert minutes_on_air(spec(schedule=schedule()), MONTH.start, MONTH.now) == [120] * 4
    cost = of(spec(schedule=schedule()))["one"]
    expected = PRICING.cost(spec(schedule=schedule()), hours=8 * 730 / 228).monthly_usd
    assert cost.declared == pytest.approx(expected * 228 / 730)


def test_a_window_across_the_edge_of_the_month_counts_in_part() -> None:
    late = spec(schedule=schedule(start="23:00", stop="02:00"))
    assert minutes_on_air(late, MONTH.start, MONTH.start + dt.timedelta(hours=12)) == []
    begin = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    # From Sunday 23:00 to Monday 02:00, of which two hours are Monday's.
    assert minutes_on_air(late, begin, begin + dt.timedelta(hours=5)) == [120]


def test_windows_follow_the_clock_of_their_zone() -> None:
    # New York sets its clock back on Sunday, 1 November 2026, at two.
    night = spec(schedule=schedule("America/New_York", "01:30", "02:30"))
    begin = dt.datetime(2026, 11, 1, 4, tzinfo=dt.UTC)
    (minutes,) = minutes_on_air(night, begin, begin + dt.timedelta(hours=12))
    assert minutes == 120


def test_a_destination_costs_as_running_until_its_last_day() -> None:
    ending = spec(expires="2026-11-11")
    (minutes,) = minutes_on_air(ending, MONTH.now, MONTH.end)
    assert minutes == 36 * 60
    assert of(ending)["one"].left < of(spec())["one"].left / 5


def test_a_stopped_destination_has_no_run() -> None:
    assert minutes_on_air(spec(state="stopped"), MONTH.start, MONTH.end) == []
    assert 0 < of(spec(state="stopped"))["one"].forecast < 20


def test_a_measured_bitrate_counts_for_data_and_not_for_the_class() -> None:
    measured = {"main": FlowFacts("us-west-2", FlowSource(mbps=20), measured_mbps=5)}
    declared = {"main": FlowFacts("us-west-2", FlowSource(mbps=20))}
    lines = [
        {line.what: line for line in Pricing(flows, PRICING.prices).cost(spec()).lines}
        for flows in (measured, declared)
    ]
    data = [each["flow output data"].quantity for each in lines]
    assert data[0] == pytest.approx(data[1] / 4)
    assert lines[0]["running input"] == lines[1]["running input"]
