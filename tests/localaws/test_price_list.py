"""The Price List API of the emulator: asked as the real one is, with made-up prices."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

SERVICE = "AWSElementalMediaLive"


@pytest.fixture
def pricing(client: Callable[[str], Any]) -> Any:
    return client("pricing")


def products(pricing: Any, *filters: tuple[str, str]) -> list[dict[str, Any]]:
    conditions = [{"Type": "TERM_MATCH", "Field": f, "Value": v} for f, v in filters]
    pages = pricing.get_paginator("get_products").paginate(ServiceCode=SERVICE, Filters=conditions)
    return [json.loads(text) for page in pages for text in page["PriceList"]]


def test_services_name_their_attributes(pricing: Any) -> None:
    described = pricing.describe_services()["Services"]
    assert [service["ServiceCode"] for service in described] == [
        "AWSDataTransfer",
        SERVICE,
        "AWSMediaConnect",
        "AWSSecretsManager",
        "AmazonCloudWatch",
    ]
    (service,) = pricing.describe_services(ServiceCode=SERVICE)["Services"]
    assert {"bitRate", "regionCode", "reserveType"} <= set(service["AttributeNames"])


def test_an_attribute_lists_its_values(pricing: Any) -> None:
    values = pricing.get_attribute_values(ServiceCode=SERVICE, AttributeName="regionCode")
    assert [value["Value"] for value in values["AttributeValues"]] == ["eu-west-3", "us-west-2"]


def test_every_filter_has_to_hold(pricing: Any) -> None:
    listed = products(pricing, ("regionCode", "eu-west-3"), ("operation", "CHANNEL_INPUT"))
    assert [product["product"]["attributes"]["usagetype"] for product in listed] == [
        "EML1-EUW3-IN-AVC-HD-L20"
    ]
    (term,) = listed[0]["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    assert dimension == {
        "unit": "Hrs",
        "description": "$0.99/hour for Single Pipeline HD AVC inputs at 10-20mbps in EU (Paris)",
        "pricePerUnit": {"USD": "0.9900000000"},
    }


def test_reserved_rows_are_on_demand_terms_too(pricing: Any) -> None:
    (first, *_) = products(pricing, ("reserveType", "1 Year"))
    assert list(first["terms"]) == ["OnDemand"]


def test_long_answers_come_in_pages(pricing: Any) -> None:
    first = pricing.get_products(ServiceCode=SERVICE, MaxResults=1)
    second = pricing.get_products(ServiceCode=SERVICE, MaxResults=1, NextToken=first["NextToken"])
    assert len(first["PriceList"]) == len(second["PriceList"]) == 1
    assert first["PriceList"] != second["PriceList"]


def test_what_it_does_not_know_it_refuses(pricing: Any) -> None:
    with pytest.raises(ClientError, match=r"NotFoundException.*there is no service AmazonMediaL"):
        pricing.describe_services(ServiceCode="AmazonMediaLive")
    with pytest.raises(ClientError, match=r"InvalidParameterException.*cannot filter on colour"):
        products(pricing, ("colour", "red"))
    with pytest.raises(ClientError, match=r"NotImplementedException.*ListPriceLists"):
        pricing.list_price_lists(
            ServiceCode=SERVICE, EffectiveDate="2026-01-01", CurrencyCode="USD"
        )
