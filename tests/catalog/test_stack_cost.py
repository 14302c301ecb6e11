"""A stack's cost is the sum of its destinations', with the doubts of all prices used."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog import alarms, cost, dashboard, stack_cost
from catalog.errors import ExitCode
from catalog.flow_source import FlowFacts, FlowSource
from catalog.model import DestinationSpec
from catalog.prices import Price, PriceNotFoundError, Prices, prices

FLOWS = {"main": FlowFacts("us-west-2", FlowSource(mbps=8))}
SOURCE = "medialive.input.avc.hd.under-10-mbps.single"
REGIONS = ("us-west-2", "eu-west-1")
HOURLY = {
    SOURCE: 0.25,
    "medialive.output.avc.hd.up-to-30-fps.under-10-mbps.single": 0.75,
    "medialive.idle-channel": 0.01,
    "medialive.idle-push-input": 0.01,
    "mediaconnect.output": 0,
    "egress.internet": 0,
    "ssm.parameter": 0,
    "secretsmanager.secret": 0,
    "cloudwatch.alarm": 0,
    "cloudwatch.dashboard": 0,
}


@pytest.fixture(autouse=True)
def _round_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    def figure(key: str, usd: float) -> Price:
        read = key.startswith("medialive.output")
        return Price(
            usd=usd,
            unit="hour",
            origin="price-list" if read else "estimate",
            source="a test",
            date=dt.date(2029, 7, 1 if key == SOURCE else 2),
        )

    figures = {key: figure(key, usd) for key, usd in HOURLY.items()}
    made = Prices(region="us-west-2", stale_after_days=90, figures=figures)
    monkeypatch.setattr(
        "catalog.stack_cost.prices",
        lambda region: (
            made.model_copy(update={"region": region}) if region in REGIONS else prices(region)
        ),
    )


def spec(name: str = "one", **more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate(
        {"name": name, "platform": "twitch", "preset": "1080p30", **more}
    )


def test_destinations_add_up() -> None:
    single, both = (
        stack_cost.estimate([spec()], FLOWS),
        stack_cost.estimate([spec("two"), spec()], FLOWS),
    )
    assert list(both.destinations) == ["one", "two"]
    assert both.monthly_usd == pytest.approx(2 * single.monthly_usd)


def test_flows_schedules_and_dashboards_are_shared() -> None:
    windows = [{"days": ["mon"], "start": "09:00", "stop": "17:30"}]
    scheduled = spec("two", schedule={"timezone": "UTC", "windows": windows})
    (plain,) = stack_cost.estimate([spec()], FLOWS).shared.values()
    (both,) = stack_cost.estimate([spec(), scheduled], FLOWS).shared.values()
    assert [line.what for line in plain] == [line.what for line in both] == ["alarms", "dashboards"]
    assert plain[0].quantity == cost.metrics(alarms.flow_alarms([spec()]).values())
    assert (
        both[0].quantity - plain[0].quantity == cost.metrics(alarms.schedule_alarms().values()) > 0
    )


def test_dashboards_have_rows_for_channels_only_and_are_paid_once() -> None:
    def dashboards(specs: list[DestinationSpec]) -> list[float]:
        shared = stack_cost.estimate(
            specs, {**FLOWS, "far": FlowFacts("eu-west-1", FlowSource(mbps=8))}
        )
        lines = (line for items in shared.shared.values() for line in items)
        return [line.quantity for line in lines if line.what == "dashboards"]

    many = [spec(f"one-{number}") for number in range(300)]
    passed = [spec(f"by-{number}", route="flow", preset=None) for number in range(300)]
    assert dashboards(many) == [dashboard.pages(1, 300)]
    assert dashboard.pages(1, 300) > 1
    assert dashboards([spec(), *passed]) == [1]
    assert dashboards([spec(), spec("two", flow="far")]) == [1]


def test_an_alarm_of_a_flow_is_for_what_it_feeds() -> None:
    flows = {**FLOWS, "rests": FlowFacts("us-west-2", FlowSource(mbps=8))}
    (both,) = stack_cost.estimate([spec(), spec("two", flow="rests")], flows).shared.values()
    (single,) = stack_cost.estimate([spec()], FLOWS).shared.values()
    assert both[0].quantity == 2 * single[0].quantity


def test_its_summary_is_the_same_on_any_day() -> None:
    total = stack_cost.estimate([spec(), spec("two", state="stopped")], FLOWS)
    assert total.summary == {
        "monthlyUsd": 744.6,
        "alwaysOnMonthlyUsd": 1460,
        "savingPercent": 49.0,
        "pricedAsOf": "2029-07-01",
        "estimate": True,
    }


def test_no_destination_costs_nothing() -> None:
    total = stack_cost.estimate([], FLOWS)
    assert total.summary == {
        "monthlyUsd": 0,
        "alwaysOnMonthlyUsd": 0,
        "savingPercent": 0.0,
        "pricedAsOf": None,
        "estimate": False,
    }
    assert total.caveats(dt.date(2030, 1, 1)) == ()


def test_estimates_and_age_are_told_for_every_region() -> None:
    caveats = stack_cost.estimate([spec()], FLOWS).caveats(dt.date(2030, 1, 1))
    assert [sentence.partition(";")[0] for sentence in caveats] == [
        "6 of the 7 prices used for us-west-2 are estimates, not read from the Price List API",
        "the oldest price used for us-west-2 is 184 days old",
    ]


def test_a_flow_in_a_region_without_prices_is_one_sentence() -> None:
    with pytest.raises(PriceNotFoundError, match=r"LUN160.*xx-moon-1"):
        stack_cost.estimate([spec()], {"main": FlowFacts("xx-moon-1", FlowSource())})


def test_a_source_without_a_figure_is_one_sentence() -> None:
    flows = {"main": FlowFacts("us-west-2", FlowSource(codec="HEVC"))}
    with pytest.raises(PriceNotFoundError, match=r"medialive\.input\.hevc\.hd\.10-20-mbps"):
        stack_cost.estimate([spec()], flows)


def test_a_budget_is_held_to_the_cent() -> None:
    total = stack_cost.estimate([spec()], FLOWS)
    thousands = stack_cost.estimate([spec(), spec("two")], FLOWS)
    assert "would cost $1,460.00 a month, more than the $1,000.00" in str(
        stack_cost.budget_exceeded(thousands, 1000)
    )
    assert stack_cost.budget_exceeded(total, 730) is None
    error = stack_cost.budget_exceeded(total, 729.99)
    assert error is not None
    assert (error.code, error.exit_code) == ("LUN258", ExitCode.GUARD_REFUSED)
    assert "$730.00 a month, more than the $729.99" in error.message
