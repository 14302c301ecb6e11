"""Rows of the Price List become figures: the right ones, or none."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from catalog.price import Price
from catalog.prices import Prices
from lunora.cost import price_list, price_rows
from lunora.cost.price_list import PriceListError, Refreshed
from lunora.cost.price_rows import PriceRow

TODAY = dt.date(2030, 1, 1)
OUTPUT = "medialive.output.avc.hd.up-to-30-fps"
ESTIMATE = Price(usd=9, unit="hour", origin="estimate", source="a guess", date=dt.date(2026, 1, 1))
LIVE = "AWSElementalMediaLive"


@pytest.fixture
def pricing(client: Callable[[str], Any]) -> Any:
    return client("pricing")


def before(
    region: str = "us-west-2", figures: Mapping[str, Price] = MappingProxyType({})
) -> Prices:
    return Prices(region=region, stale_after_days=7, figures=figures)


def refreshed(pricing: Any, figures: Prices, today: dt.date) -> Refreshed:
    return price_list.refreshed(functools.partial(price_rows.signed, pricing), figures, today)


def test_figures_are_read_with_their_source_and_the_day(pricing: Any) -> None:
    figures = refreshed(pricing, before(), TODAY).prices.figures
    assert figures["medialive.input.avc.hd.10-20-mbps.single"] == Price(
        usd=0.11,
        unit="hour",
        origin="price-list",
        source="Price List, AWSElementalMediaLive, usage type EML1-USW2-IN-AVC-HD-L20",
        date=TODAY,
    )


@pytest.mark.parametrize(
    ("key", "usd", "unit"),
    [
        ("medialive.input.avc.sd.under-10-mbps.single", 0.05, "hour"),
        ("medialive.input.avc.uhd.over-20-mbps.standard", 0.7, "hour"),
        (f"{OUTPUT}.under-10-mbps.single", 0.4, "hour"),
        ("medialive.output.avc.hd.30-60-fps.10-20-mbps.single", 0.672, "hour"),
        ("medialive.input.avc.hd.10-20-mbps.single.reserved", 0.01, "hour"),
        (f"{OUTPUT}.under-10-mbps.single.reserved", 0.02, "hour"),
        ("medialive.idle-channel", 0.02, "hour"),
        ("medialive.idle-push-input", 0.03, "hour"),
        ("mediaconnect.output", 0.015, "GB"),
        ("mediaconnect.egress", 0.085, "GB"),
        ("egress.internet", 0.08, "GB"),
        ("cloudwatch.alarm", 0.2, "month"),
        ("cloudwatch.dashboard", 4, "month"),
        ("secretsmanager.secret", 0.5, "month"),
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


def test_what_is_no_figure_of_ours_is_listed_in_its_own_words(pricing: Any) -> None:
    assert refreshed(pricing, before(), TODAY).unmatched == (
        (
            "EML1-USW2-IN-AVC-FHD-L10: $0.77/hour for Single Pipeline FHD AVC inputs at <10mbps"
            " in US West (Oregon)"
        ),
    )


def test_a_figure_that_the_list_lacks_is_named(pricing: Any) -> None:
    missing = refreshed(pricing, before("eu-west-3"), TODAY).missing
    assert {"medialive.idle-push-input", "cloudwatch.alarm"} <= missing
    assert "medialive.idle-channel" not in missing


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "NotFoundException", "Message": "none"}}, "GetProducts"),
        OSError("no route"),
        ValueError("no columns"),
    ],
)
def test_a_service_that_fails_does_not_lose_the_others(pricing: Any, error: Exception) -> None:
    def read(service: str, attribute: str | None, region: str) -> Iterable[PriceRow]:
        if service == "AWSMediaConnect":
            raise error
        return price_rows.signed(pricing, service, attribute, region)

    result = price_list.refreshed(read, before(figures={"mediaconnect.output": ESTIMATE}), TODAY)
    assert result.failures == {"AWSMediaConnect": str(error)}
    assert result.prices.figure("medialive.idle-channel").usd == 0.02
    assert result.prices.figure("mediaconnect.output") == ESTIMATE


def test_services_that_all_fail_are_one_sentence() -> None:
    def read(service: str, attribute: str | None, region: str) -> Iterable[PriceRow]:
        raise OSError("no route")

    with pytest.raises(PriceListError, match=r"^LUN453.*5 services.*no route"):
        price_list.refreshed(read, before(), TODAY)


def test_the_same_answers_make_the_same_figures(pricing: Any) -> None:
    once, again = (refreshed(pricing, before(), TODAY) for _ in range(2))
    assert once == again


def test_a_region_that_it_does_not_have_is_one_sentence(pricing: Any) -> None:
    with pytest.raises(PriceListError, match=r"^LUN453.*xx-moon-1"):
        refreshed(pricing, before("xx-moon-1"), TODAY)


ROW = {"operation": "CHANNEL_INPUT", "usagetype": "EML1-USW2-IN-AVC-HD-L10"}


def of_rows(*rows: PriceRow) -> Refreshed:
    def read(service: str, _attribute: str | None, _region: str) -> Iterable[PriceRow]:
        return rows if service == LIVE else ()

    return price_list.refreshed(read, before(), TODAY)


def test_a_row_is_told_by_operation_and_usage_type() -> None:
    assert of_rows(PriceRow(ROW, "Hrs", 0.5, "")).read == {
        "medialive.input.avc.hd.under-10-mbps.single"
    }


@pytest.mark.parametrize(
    "change",
    [
        {"usagetype": "EML3-USW2-IN-AVC-HD-L10"},
        {"usagetype": "EML1-USW2-IN-AVC-HD-L100"},
        {"usagetype": "EML1-USW2-IN-AVC-HD"},
        {"usagetype": "EML1-USW2-IN-AVC-8K-L10"},
        {"operation": "CHANNEL_FEATURE"},
        {"operation": "CHANNEL_OUTPUT"},
    ],
)
def test_a_row_that_is_no_figure_of_ours_is_left_out(change: dict[str, str]) -> None:
    with pytest.raises(PriceListError, match=r"^LUN453.*us-west-2"):
        of_rows(PriceRow({**ROW, **change}, "Hrs", 0.5, ""))


def test_a_price_in_another_unit_is_no_price() -> None:
    with pytest.raises(PriceListError, match=r"^LUN453"):
        of_rows(PriceRow(ROW, "GB", 0.5, ""))


# The head of a public file (service-comprehend of 2026-01-16) with the columns and a row of
# AWSElementalMediaLive.csv as labofsahil/aws-pricing-dataset has them; other rows are alike.
COLUMNS = (
    '"SKU","OfferTermCode","RateCode","TermType","PriceDescription","EffectiveDate",'
    '"StartingRange","EndingRange","Unit","PricePerUnit","Currency","Product Family",'
    '"serviceCode","Location","Location Type","usageType","operation","Bit Rate","Codec",'
    '"Frame Rate","Input","Output","Pipeline","Region Code","Reserve Type","Resolution",'
    '"serviceName","Video Quality"\n'
)
HEAD = [
    '"FormatVersion","v1.0"\n',
    '"Disclaimer","This pricing list is for informational purposes only."\n',
    '"Publication Date","2026-01-16T16:02:58Z"\n',
    '"Version","20260116160258"\n',
    '"OfferCode","AWSElementalMediaLive"\n',
    COLUMNS,
]


def bulk_row(usage: str, operation: str, usd: str, term: str = "OnDemand") -> str:
    return (
        f'"22RUEM629D7TR9FW","JRTCKXETXF","22RUEM629D7TR9FW.JRTCKXETXF.6YS6EN2CT7","{term}",'
        f'"${usd}/hour","2024-10-01","0","Inf","Hrs","{usd}","USD","Transcode minute",'
        f'"AWSElementalMediaLive","EU (Paris)","AWS Region","{usage}","{operation}","<10mbps",'
        f'"AVC","NA","AVC UHD","NA","Single","eu-west-3","1 Year","UHD",'
        f'"AWS Elemental MediaLive","NA"\n'
    )


def test_the_public_files_give_the_same_figures() -> None:
    opened = []

    def open_url(url: str) -> Iterable[str]:
        opened.append(url)
        if LIVE not in url:
            raise OSError("not here")
        return [
            *HEAD,
            bulk_row("EML1-EUW3-IN-AVC-UHD-L10-R", "CHANNEL_INPUT", "0.2330000000"),
            bulk_row("EML2-EUW3-OUT-AVC-HD-L10-30-S", "CHANNEL_OUTPUT", "0.8"),
            bulk_row("EML2-EUW3-OUT-AVC-HD-L20-30-S", "CHANNEL_OUTPUT", "0.9", "Reserved"),
        ]

    result = price_list.refreshed(
        functools.partial(price_rows.bulk, open_url), before("eu-west-3"), TODAY
    )
    assert {key: price.usd for key, price in result.prices.figures.items()} == {
        "medialive.input.avc.uhd.under-10-mbps.single.reserved": 0.233,
        f"{OUTPUT}.under-10-mbps.standard": 0.8,
    }
    assert f"{price_rows.BULK}/{LIVE}/current/eu-west-3/index.csv" in opened
    # The dashboards' rows are of all regions.
    assert f"{price_rows.BULK}/AmazonCloudWatch/current/index.csv" in opened


def test_a_public_file_without_columns_is_a_failure() -> None:
    with pytest.raises(ValueError, match="no columns"):
        list(price_rows.bulk(lambda _: HEAD[:2], LIVE, "regionCode", "eu-west-3"))


class WithoutCredentials:
    def get_paginator(self, operation: str) -> Any:
        raise NoCredentialsError


def test_without_credentials_the_public_files_are_read() -> None:
    rows = price_rows.signed_or_bulk(
        WithoutCredentials(),  # type: ignore[arg-type]
        lambda _: [*HEAD, bulk_row("EML1-EUW3-IN-AVC-UHD-L10-R", "CHANNEL_INPUT", "0.233")],
        LIVE,
        "regionCode",
        "eu-west-3",
    )
    assert [row.usd for row in rows] == [0.233]
