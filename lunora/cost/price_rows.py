"""Rows of the Price List, from the signed API or from the public bulk files."""

from __future__ import annotations

import csv
import json
import re
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import NoCredentialsError, PartialCredentialsError

if TYPE_CHECKING:
    from mypy_boto3_pricing import PricingClient

BULK = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws"
"""Where the public files are; they need no credentials."""

_SECONDS = 60

OpenUrl = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of the Price List.

    Attributes:
        attributes: of its product, by their names without case and signs.
        unit: its unit, as the list spells it.
        usd: US dollars for one unit.
        description: the list's own words.
    """

    attributes: Mapping[str, str]
    unit: str
    usd: float
    description: str

    @property
    def usage_type(self) -> str:
        """The usage type; empty without one."""
        return self.attributes.get("usagetype", "")


def signed(
    client: PricingClient, service: str, attribute: str | None, region: str
) -> Iterator[PriceRow]:
    """Yield the on-demand rows of *service* from the API.

    Args:
        client: a client of the API.
        service: service code.
        attribute: the attribute that holds the region; None reads rows of all regions.
        region: AWS region.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    field, value = (attribute, region) if attribute else ("location", "Any")
    filters: Any = [{"Type": "TERM_MATCH", "Field": field, "Value": value}]
    pages = client.get_paginator("get_products").paginate(ServiceCode=service, Filters=filters)
    for page in pages:
        for text in page["PriceList"]:
            yield from _rows(json.loads(text))


def bulk(open_url: OpenUrl, service: str, attribute: str | None, region: str) -> Iterator[PriceRow]:
    """Yield the on-demand rows of *service* from its public file of *region*.

    Rows of all regions are in the file without a region.

    Raises:
        OSError: when the file cannot be read.
        ValueError: when it is no price file.
    """
    place = f"current/{region}" if attribute else "current"
    lines = iter(open_url(f"{BULK}/{service}/{place}/index.csv"))
    header = next((line for line in lines if line.startswith('"SKU"')), None)
    if header is None:
        raise ValueError(f"{service}: the file has no columns")
    for row in csv.DictReader([header, *lines]):
        if row["TermType"] != "OnDemand" or row["Currency"] != "USD":
            continue
        attributes = {plain(name): value for name, value in row.items() if value}
        if attribute is None and attributes.get("location") != "Any":
            continue
        price, unit = float(row["PricePerUnit"]), row["Unit"]
        yield PriceRow(attributes, unit, price, row["PriceDescription"])


def signed_or_bulk(
    client: PricingClient, open_url: OpenUrl, service: str, attribute: str | None, region: str
) -> list[PriceRow]:
    """Return the on-demand rows of *service* from the API, without credentials from its files.

    Raises:
        ClientError, BotoCoreError, OSError: when neither can be read.
    """
    try:
        return list(signed(client, service, attribute, region))
    except (NoCredentialsError, PartialCredentialsError):
        return list(bulk(open_url, service, attribute, region))


def open_public(url: str) -> Iterator[str]:
    """Yield the lines of the public file at *url*.

    Raises:
        OSError: when it cannot be read.
    """
    with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - BULK's own
        for line in answer:
            yield line.decode("utf-8")


def plain(name: str) -> str:
    """Return the *name* of an attribute without case and signs."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _rows(product: Mapping[str, Any]) -> Iterator[PriceRow]:
    named = product["product"]["attributes"].items()
    attributes = {plain(name): str(value) for name, value in named}
    for term in product["terms"].get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if "USD" in dimension["pricePerUnit"]:
                usd = float(dimension["pricePerUnit"]["USD"])
                description = dimension.get("description", "")
                yield PriceRow(attributes, dimension["unit"], usd, description)
