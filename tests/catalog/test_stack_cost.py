"""A stack's cost is the sum of its destinations', with the doubts of all prices used."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog import alarms, cost, dashboard, stack_cost
from catalog.errors import ExitCode
from catalog.flow_source import FlowFacts, FlowSource, Function
from catalog.model import DestinationSpec
from catalog.price import Price
from catalog.prices import Prices, prices
from tests.support.import_manifest import billed_settings, entry_with

FLOWS = {"main": FlowFacts("us-west-2", FlowSource(mbps=8))}
SOURCE = "medialive.input.avc.hd.under-10-mbps.single"
CONTENT = ("alarms on content quality", "composite alarm on content quality")
LENGTH = dt.timedelta(hours=2)
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
    "cloudwatch.composite-alarm": 0,
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


@pytest.fixture
def shipped_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.stack_cost.prices", prices)


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
    names = ["alarms", *CONTENT, "dashboards"]
    assert [line.what for line in plain] == [line.what for line in both] == names
    assert plain[0].quantity == cost.metrics(alarms.flow_alarms([spec()]).values())
    assert (
        both[0].quantity - plain[0].quantity == cost.metrics(alarms.schedule_alarms().values()) > 0
    )


def test_a_source_with_a_minimum_has_two_alarms_and_one_that_notifies() -> None:
    bounded = {"main": FlowFacts("us-west-2", FlowSource(mbps=8, minimum_mbps=4))}
    (lines,) = stack_cost.estimate([spec()], bounded).shared.values()
    assert [(line.what, line.quantity) for line in lines][:2] == [
        *(("alarms", 2), ("composite alarm", 1)),
    ]


@pytest.mark.usefixtures("shipped_prices")
def test_alarms_on_content_quality_count_and_may_not_be_billed() -> None:
    """The settings of the flow decide, which no file declares."""

    def content(**more: Any) -> dict[str, tuple[float, float, float]]:
        (lines,) = stack_cost.estimate([spec(**more)], FLOWS).shared.values()
        named = (line for line in lines if line.what in CONTENT)
        return {line.what: (line.quantity, round(line.usd, 2), line.least_usd) for line in named}

    assert content() == {CONTENT[0]: (3, 0.3, 0), CONTENT[1]: (1, 0.5, 0)}
    assert content(state="stopped") == {}
    bounded = {"main": FlowFacts("us-west-2", FlowSource(mbps=8, minimum_mbps=4, sound=False))}
    (lines,) = stack_cost.estimate([spec()], bounded).shared.values()
    counted = {line.what: line.quantity for line in lines}
    assert [counted.get(what) for what in CONTENT] == [2, None]
    assert counted["composite alarm"] == 1


def test_alarms_of_functions_count_once_a_region() -> None:
    functions: frozenset[Function] = frozenset({"watchdog", "api"})
    serving = FlowFacts("us-west-2", FlowSource(mbps=8), functions=functions)
    both = [spec(), spec("two", flow="second")]
    (lines,) = stack_cost.estimate(both, {"main": serving, "second": serving}).shared.values()
    (plain,) = stack_cost.estimate(both, {**FLOWS, "second": FLOWS["main"]}).shared.values()
    definitions = alarms.alarm_definitions()
    expected = cost.metrics([*definitions.watchdog.values(), *definitions.api.values()])
    assert lines[0].quantity - plain[0].quantity == expected == 4


@pytest.mark.usefixtures("shipped_prices")
def test_the_token_of_a_repository_is_one_secret_of_its_region() -> None:
    keeping = FlowFacts("us-west-2", FlowSource(mbps=8), keeps_token=True)
    flows = {
        "main": keeping,
        "second": keeping,
        "far": FlowFacts("eu-west-1", FlowSource(mbps=8)),
    }
    specs = [spec(flow, flow=flow) for flow in flows]
    with_token = stack_cost.estimate(specs, flows)
    plain = stack_cost.estimate(specs, {**flows, "main": FLOWS["main"], "second": FLOWS["main"]})
    tokens = [
        (region, line.key, line.quantity)
        for region, lines in with_token.shared.items()
        for line in lines
        if line.what == "repository token"
    ]
    assert tokens == [("us-west-2", "secretsmanager.secret", 1)]
    assert with_token.monthly_usd - plain.monthly_usd == pytest.approx(0.40)


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


def test_its_summary_changes_when_an_event_is_over() -> None:
    today = dt.datetime.now(dt.UTC).replace(tzinfo=None, second=0, microsecond=0)

    def monthly_usd(*days: int) -> float:
        starts = [today + dt.timedelta(days=number) for number in days]
        events = [
            {"start": f"{start:%Y-%m-%dT%H:%M}", "stop": f"{start + LENGTH:%Y-%m-%dT%H:%M}"}
            for start in starts
        ]
        scheduled = spec(schedule={"timezone": "UTC", "events": events})
        return float(stack_cost.estimate([scheduled], FLOWS).summary["monthlyUsd"])

    idle = 730 * 0.02
    assert monthly_usd(-40) == pytest.approx(idle, abs=0.01)
    assert monthly_usd(-40, 40) == monthly_usd(40) == pytest.approx(idle + 2 * 0.98, abs=0.01)


def test_its_summary_has_the_figures_of_all() -> None:
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
        "7 of the 8 prices used for us-west-2 are estimates, not read from the Price List API",
        "the oldest price used for us-west-2 is of 2029-07-01",
    ]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (FlowFacts("moon", FlowSource()), "moon is no AWS region"),
        (FlowFacts("us-west-2", FlowSource(codec="HEVC")), "medialive.input.hevc.hd.10-20-mbps"),
    ],
)
def test_a_destination_without_prices_does_not_lose_the_others(facts: FlowFacts, why: str) -> None:
    alone = stack_cost.estimate([spec()], FLOWS)
    both = stack_cost.estimate([spec(), spec("two", flow="other")], {**FLOWS, "other": facts})
    assert both.destinations == alone.destinations
    assert both.unpriced.keys() == {"two"}
    assert both.unpriced["two"].code == "LUN160"
    assert why in both.unpriced["two"].message
    assert both.summary["unpriced"] == ["two"]
    (sentence, *_) = both.caveats(dt.date(2030, 1, 1))
    assert sentence.startswith("two has no cost: ")


UHD = billed_settings(3840, 2160, 60, video_kbps=60000, mbps=10)


@pytest.mark.usefixtures("shipped_prices")
def test_an_adopted_channel_costs_what_it_keeps() -> None:
    entries = {"one": entry_with(spec(), billed=UHD)}
    for mbps in (8, 18):
        flows = {"main": FlowFacts("us-west-2", FlowSource(mbps=mbps))}
        total = stack_cost.estimate([spec()], flows, entries)
        keys = {line.what: line.key for line in total.destinations["one"].lines}
        assert keys["running input"] == "medialive.input.avc.hd.under-10-mbps.single"
        assert keys["running output"] == ("medialive.output.avc.uhd.30-60-fps.over-20-mbps.single")
        plain = stack_cost.estimate([spec()], flows)
        assert total.monthly_usd > 3 * plain.monthly_usd


@pytest.mark.usefixtures("shipped_prices")
def test_an_edited_file_decides_what_an_adopted_channel_costs() -> None:
    entries = {"one": entry_with(spec(), billed=UHD)}
    edited = spec(preset="720p30")
    assert (
        stack_cost.estimate([edited], FLOWS, entries).destinations
        == stack_cost.estimate([edited], FLOWS).destinations
    )
    stopped = stack_cost.estimate([spec(state="stopped")], FLOWS, entries)
    assert stopped.always_on_usd > stopped.monthly_usd * 10


def test_an_adopted_channel_without_recorded_settings_is_said() -> None:
    total = stack_cost.estimate([spec()], FLOWS, {"one": entry_with(spec(), billed=None)})
    assert total.unrecorded == ("one",)
    assert total.caveats(dt.date(2029, 8, 1))[0].startswith("one was adopted before")


def test_regions_add_up() -> None:
    flows = {**FLOWS, "far": FlowFacts("eu-west-1", FlowSource(mbps=8))}
    here, there = (stack_cost.estimate([spec(flow=flow)], flows) for flow in ("main", "far"))
    both = stack_cost.estimate([spec(), spec("two", flow="far")], flows)
    assert both.shared.keys() == {"us-west-2", "eu-west-1"}
    assert both.monthly_usd == pytest.approx(here.monthly_usd + there.monthly_usd)


def test_estimates_give_a_range_and_known_prices_none() -> None:
    total = stack_cost.estimate([spec()], FLOWS)
    assert total.range_usd == pytest.approx((total.monthly_usd, total.monthly_usd))


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
