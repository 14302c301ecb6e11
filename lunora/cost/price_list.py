"""Prices from the Price List API; those that it does not have stay as they were.

Names of attributes are asked of the API. Reserved rows are left out: they are listed as
on-demand too. Of tiers the dearest counts, which is the first.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict

from catalog.errors import LunoraError
from catalog.prices import Price, Prices, Unit

if TYPE_CHECKING:
    from mypy_boto3_pricing import PricingClient

ENDPOINT_REGION = "us-east-1"
"""Where the API is, whichever region's prices it is asked for."""


class PriceListError(LunoraError):
    """The Price List API lacks something that is needed."""

    def __init__(self, cause: str, *, remedy: str) -> None:
        super().__init__("LUN453", f"cannot refresh prices: {cause}", remedy=remedy)


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    figure: str
    service: str
    region: str
    unit: Unit
    units: str
    where: Mapping[str, str]
    unless: Mapping[str, str] = {}


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: str
    unverified: bool
    groups: tuple[_Group, ...]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Result of a refresh.

    Attributes:
        prices: the figures read, and those of before that were not.
        read: keys of figures that the API gave.
        contradicted: keys for which it gave different prices, so that nothing was changed.
    """

    prices: Prices
    read: frozenset[str]
    contradicted: frozenset[str]


def refreshed(client: PricingClient, before: Prices, today: dt.date) -> Refreshed:
    """Return the figures of *before*'s region as the API has them on the day *today*.

    Raises:
        PriceListError: when the API lacks a service, an attribute or the whole region.
        ClientError, BotoCoreError: when AWS does not answer.
    """
    by_key: dict[str, dict[float, Price]] = defaultdict(dict)
    for group in _rules().groups:
        for key, figure in _figures(client, group, before.region, today):
            by_key[key].setdefault(figure.usd, figure)
    if not by_key:
        raise PriceListError(
            f"the Price List API has no prices for {before.region}",
            remedy="name a region that it has",
        )
    read = {key: next(iter(prices.values())) for key, prices in by_key.items() if len(prices) == 1}
    return Refreshed(
        before.model_copy(update={"figures": {**before.figures, **read}}),
        frozenset(read),
        frozenset(by_key.keys() - read.keys()),
    )


@functools.cache
def _rules() -> _Rules:
    text = Path(__file__).with_name("price_list.yaml").read_text(encoding="utf-8")
    return _Rules.model_validate(yaml.safe_load(text))


def _figures(
    client: PricingClient, group: _Group, region: str, today: dt.date
) -> Iterator[tuple[str, Price]]:
    names = _attribute_names(client, group.service)
    needed = {group.region, *group.where, *re.findall(r"{(\w+)}", group.figure)}
    missing = sorted(needed - names.keys())
    if missing:
        raise PriceListError(
            f"{group.service} of the Price List API has no attribute {missing[0]}",
            remedy="adapt lunora/cost/price_list.yaml",
        )
    filters: Any = [{"Type": "TERM_MATCH", "Field": names[group.region], "Value": region}]
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=group.service, Filters=filters
    )
    for page in pages:
        for text in page["PriceList"]:
            product = json.loads(text)
            attributes = {
                _plain(name): str(value) for name, value in product["product"]["attributes"].items()
            }
            key = _key(group, attributes)
            usd = _usd(group, product)
            if key is not None and usd is not None:
                usage = attributes.get("usagetype", "?")
                source = f"Price List API, {group.service}, usage type {usage}"
                yield (
                    key,
                    Price(usd=usd, unit=group.unit, origin="price-list", source=source, date=today),
                )


def _attribute_names(client: PricingClient, service: str) -> dict[str, str]:
    services = client.describe_services(ServiceCode=service)["Services"]
    return {_plain(name): name for listed in services for name in listed.get("AttributeNames", [])}


def _key(group: _Group, attributes: Mapping[str, str]) -> str | None:
    def holds(name: str, pattern: str) -> bool:
        return re.search(pattern, attributes.get(name, ""), re.IGNORECASE) is not None

    if not all(holds(name, pattern) for name, pattern in group.where.items()):
        return None
    if any(holds(name, pattern) for name, pattern in group.unless.items()):
        return None
    classes = {name: _CLASSES.get(name, str.lower)(text) for name, text in attributes.items()}
    if not all(classes.get(name) for name in re.findall(r"{(\w+)}", group.figure)):
        return None
    return group.figure.format_map(classes)


def _usd(group: _Group, product: Mapping[str, Any]) -> float | None:
    prices = [
        float(dimension["pricePerUnit"]["USD"])
        for term in product["terms"].get("OnDemand", {}).values()
        for dimension in term["priceDimensions"].values()
        if re.search(group.units, dimension["unit"], re.IGNORECASE)
        and "USD" in dimension["pricePerUnit"]
    ]
    return max(prices, default=None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _range(text: str, unit: str, below: str) -> str:
    numbers = re.findall(r"\d+", text)
    if len(numbers) > 1:
        return f"{numbers[0]}-{numbers[1]}-{unit}"
    if not numbers or not re.search(r"[<>]", text):
        return ""
    return f"{'over' if '>' in text else below}-{numbers[0]}-{unit}"


_PIPELINES = {"single": "single", "standard": "standard", "dual": "standard"}
_CLASSES = {
    "bitrate": lambda text: _range(text, "mbps", "under"),
    "framerate": lambda text: _range(text, "fps", "up-to"),
    "pipeline": lambda text: _PIPELINES.get(text.lower(), ""),
}
