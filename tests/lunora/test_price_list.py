"""Rows of the Price List API become figures: the right ones, or none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from catalog.prices import Price, Prices
from lunora.cost import price_list
from lunora.cost.price_list import PriceListError, refreshed

TODAY = dt.date(2030, 1, 1)
OUTPUT = "medialive.output.avc.hd.up-to-30-fps"
ESTIMATE = Price(usd=9, unit="hour", origin="estimate", source="a guess", date=dt.date(2026, 1, 1))


@pytest.fixture
def pricing(client: Callable[[str], Any]) -> Any:
    return client("pricing")


def before(
    region: str = "us-west-2", figures: Mapping[str, Price] = MappingProxyType({})
) -> Prices:
    return Prices(region=region, stale_after_days=7, figures=figures)


def test_figures_are_read_with_their_source_and_the_day(pricing: Any) -> None:
    figures = refreshed(pricing, before(), TODAY).prices.figures
    assert figures["medialive.input.avc.hd.10-20-mbps.single"] == Price(
        usd=0.11,
        unit="hour",
        origin="price-list",
        source="Price List API, AWSElementalMediaLive, usage type EML1-USW2-IN-AVC-HD-10-20",
        date=TODAY,
    )


@pytest.mark.parametrize(
    ("key", "usd", "unit"),
    [
        ("medialive.input.avc.sd.under-10-mbps.single", 0.05, "hour"),
        ("medialive.input.avc.uhd.over-20-mbps.standard", 0.756, "hour"),
        (f"{OUTPUT}.under-10-mbps.single", 0.4, "hour"),
        ("medialive.output.avc.hd.30-60-fps.10-20-mbps.single", 0.672, "hour"),
        ("medialive.idle-channel", 0.02, "hour"),
        ("medialive.idle-push-input", 0.03, "hour"),
        ("mediaconnect.output", 0.015, "GB"),
        ("egress.internet", 0.08, "GB"),
        ("cloudwatch.alarm", 0.2, "month"),
        ("cloudwatch.dashboard", 4, "month"),
    ],
)
def test_a_figure_is_that_of_its_class_and_region(
    pricing: Any, key: str, usd: float, unit: str
) -> None:
    figure = refreshed(pricing, before(), TODAY).prices.figure(key)
    assert (figure.usd, figure.unit) == (usd, unit)


def test_what_the_api_does_not_give_stays_as_it_was(pricing: Any) -> None:
    refresh = refreshed(pricing, before(figures={"ssm.parameter": ESTIMATE}), TODAY)
    assert refresh.prices.figure("ssm.parameter") == ESTIMATE
    assert "ssm.parameter" not in refresh.read
    assert refresh.prices.stale_after_days == 7


def test_what_it_contradicts_itself_about_stays_as_it_was(pricing: Any) -> None:
    key = f"{OUTPUT}.over-20-mbps.single"
    refresh = refreshed(pricing, before(figures={key: ESTIMATE}), TODAY)
    assert refresh.contradicted == {key}
    assert refresh.prices.figure(key) == ESTIMATE


def test_the_same_answers_make_the_same_figures(pricing: Any) -> None:
    once, again = (refreshed(pricing, before(), TODAY) for _ in range(2))
    assert once == again


def test_a_region_that_it_does_not_have_is_one_sentence(pricing: Any) -> None:
    with pytest.raises(PriceListError, match=r"LUN453.*xx-moon-1"):
        refreshed(pricing, before("xx-moon-1"), TODAY)


class Renamed:
    """An API with other attribute names and rows than today's."""

    def __init__(self, pricing: Any, names: list[str], *attributes: dict[str, str]) -> None:
        self._pricing, self._names, self._attributes = pricing, names, attributes

    def describe_services(self, **request: Any) -> Any:
        if request["ServiceCode"] == "AWSElementalMediaLive":
            return {"Services": [{"AttributeNames": self._names}]}
        return self._pricing.describe_services(**request)

    def get_paginator(self, operation: str) -> Any:
        return self

    def paginate(self, **request: Any) -> Any:
        self.filters = request["Filters"]
        dimension = {"unit": "Hrs", "pricePerUnit": {"USD": "0.5"}}
        terms = {"OnDemand": {"t": {"priceDimensions": {"d": dimension}}}}
        rows = self._attributes if request["ServiceCode"] == "AWSElementalMediaLive" else ()
        texts = [json.dumps({"product": {"attributes": row}, "terms": terms}) for row in rows]
        yield {"PriceList": texts}


NAMES = ["Bit Rate", "Codec", "Frame Rate", "Operation", "Pipeline", "Region Code", "Reserve Type"]
NAMES += ["Resolution", "Usage Type", "Video Quality"]
ROW = {
    "Bit Rate": "<10mbps",
    "Codec": "AVC",
    "Operation": "CHANNEL_INPUT",
    "Pipeline": "Single",
    "Resolution": "HD",
}


def test_attributes_may_be_spelt_in_any_way(pricing: Any) -> None:
    refresh = refreshed(Renamed(pricing, NAMES, ROW), before(), TODAY)  # type: ignore[arg-type]
    assert refresh.read == {"medialive.input.avc.hd.under-10-mbps.single"}


@pytest.mark.parametrize(
    "change",
    [
        {"Reserve Type": "1 Year"},
        {"Usage Type": "EML1-USW2-IN-R"},
        {"Pipeline": "Triple"},
        {"Bit Rate": "NA"},
        {"Bit Rate": "10mbps"},
        {"Resolution": ""},
        {"Operation": "CHANNEL_FEATURE"},
    ],
)
def test_a_row_that_is_no_figure_of_ours_is_left_out(pricing: Any, change: dict[str, str]) -> None:
    api = Renamed(pricing, NAMES, {**ROW, **change})
    with pytest.raises(PriceListError, match=r"LUN453.*us-west-2"):
        refreshed(api, before(), TODAY)  # type: ignore[arg-type]


def test_an_attribute_that_is_gone_is_one_sentence(pricing: Any) -> None:
    with pytest.raises(PriceListError, match=r"LUN453.*attribute bitrate"):
        refreshed(Renamed(pricing, NAMES[1:]), before(), TODAY)  # type: ignore[arg-type]


def test_a_price_in_another_unit_or_currency_is_no_price() -> None:
    group = price_list._rules().groups[0]
    wrong = [
        {"unit": "GB", "pricePerUnit": {"USD": "1"}},
        {"unit": "Hrs", "pricePerUnit": {"CNY": "1"}},
    ]
    dimensions = dict(enumerate(wrong))
    product = {"terms": {"OnDemand": {"t": {"priceDimensions": dimensions}}}}
    assert price_list._usd(group, product) is None
    assert price_list._usd(group, {"terms": {}}) is None


def test_the_rules_say_that_they_are_not_verified() -> None:
    rules = price_list._rules()
    assert rules.unverified
    assert rules.source.strip()
