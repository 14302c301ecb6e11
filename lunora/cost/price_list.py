"""Prices from the Price List; those that it does not have stay as they were.

Rows are told apart by what is documented: operations and usage types. Reserved rows are listed as
on-demand too, and have figures of their own. Of tiers the dearest counts, which is the first.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from botocore.exceptions import BotoCoreError, ClientError

from catalog.errors import LunoraError
from catalog.package_data import DataModel
from catalog.price import Price, Unit
from catalog.prices import Prices
from lunora.cost.price_rows import PriceRow

ENDPOINT_REGION = "us-east-1"
"""Where the API is, whichever region's prices it is asked for."""

ReadRows = Callable[[str, str | None, str], Iterable[PriceRow]]
"""Reads the rows of a service, by the attribute that holds the region, and the region."""


class PriceListError(LunoraError):
    """The Price List lacks something that is needed."""

    def __init__(self, cause: str, *, remedy: str) -> None:
        super().__init__("LUN453", f"cannot refresh prices: {cause}", remedy=remedy)


class Group(DataModel):
    """The rows that are one figure, or one of each class.

    Attributes:
        figure: key of the figure, with the classes of *usagetype* in braces.
        service: service code.
        unit: the figure's unit.
        units: pattern of the list's unit.
        region: the attribute that holds the region; None for rows of all regions.
        where: patterns of attributes.
        usagetype: pattern of the usage type.
        source: where such a row is documented.
        unverified: what of the patterns nobody read; None where all is documented.
    """

    figure: str
    service: str
    unit: Unit
    units: str
    region: str | None = None
    where: Mapping[str, str] = {}
    usagetype: str = ""
    source: str | None = None
    unverified: str | None = None

    def key(self, row: PriceRow, classes: Mapping[str, Mapping[str, str]]) -> str | None:
        """Return the key of the figure that *row* is; None where it is none of this group."""
        if not _search(self.units, row.unit):
            return None
        if not all(
            _search(pattern, row.attributes.get(name, "")) for name, pattern in self.where.items()
        ):
            return None
        match = re.search(self.usagetype, row.usage_type)
        if match is None:
            return None
        named = {name: classes[name].get(text) for name, text in match.groupdict().items()}
        return None if None in named.values() else self.figure.format_map(named)


class _Ignored(DataModel):
    usagetype: str
    why: str


class Service(DataModel):
    """A service of the Price List.

    Attributes:
        source: where its code is documented.
        lists: patterns of operations whose rows are reported where no group takes them.
        ignored: usage types that are never reported.
    """

    source: str
    lists: tuple[str, ...]
    ignored: tuple[_Ignored, ...] = ()

    def reports(self, row: PriceRow) -> bool:
        """Return whether *row* is reported where no group takes it."""
        operation = row.attributes.get("operation", "")
        if not any(_search(pattern, operation) for pattern in self.lists):
            return False
        return not any(re.search(rule.usagetype, row.usage_type) for rule in self.ignored)


class Rules(DataModel):
    """The whole of price_list.yaml."""

    services: Mapping[str, Service]
    classes: Mapping[str, Mapping[str, str]]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Result of a refresh.

    Attributes:
        prices: the figures read, and those of before that were not.
        read: keys of figures that the list gave.
        contradicted: keys for which it gave different prices, so that nothing was changed.
        missing: figures of which it gave nothing.
        unmatched: rows that are no figure of ours, in the list's own words.
        failures: services that could not be read, each with the reason.
    """

    prices: Prices
    read: frozenset[str]
    contradicted: frozenset[str]
    missing: frozenset[str]
    unmatched: tuple[str, ...]
    failures: Mapping[str, str]


@functools.cache
def rules() -> Rules:
    """Return the rules of price_list.yaml."""
    text = Path(__file__).with_name("price_list.yaml").read_text(encoding="utf-8")
    return Rules.model_validate(yaml.safe_load(text))


def refreshed(read_rows: ReadRows, before: Prices, today: dt.date) -> Refreshed:
    """Return the figures of *before*'s region as the Price List has them on the day *today*.

    A service that cannot be read does not lose the others.

    Raises:
        PriceListError: when no service can be read, or none has the region.
    """
    by_key: dict[str, dict[float, Price]] = defaultdict(dict)
    unmatched: dict[str, None] = {}
    failures: dict[str, str] = {}
    used: list[Group] = []
    for service, groups in _by_query(rules().groups):
        attribute = groups[0].region
        try:
            rows = list(read_rows(service, attribute, before.region))
        except (ClientError, BotoCoreError, OSError, ValueError) as error:
            failures[service] = str(error)
            continue
        keyed = [(row, _figures(row, groups)) for row in rows]
        for (key, usage), (group, usd) in _dearest(keyed).items():
            source = f"Price List, {service}, usage type {usage or '?'}"
            price = Price(usd=usd, unit=group.unit, origin="price-list", source=source, date=today)
            by_key[key].setdefault(usd, price)
            used.append(group)
        unmatched |= {
            f"{row.usage_type}: {row.description}": None
            for row, figures in keyed
            if not figures and rules().services[service].reports(row)
        }
    # A price of all regions says nothing about the region.
    if all(group.region is None for group in used):
        raise _nothing(before.region, failures)
    read = {key: next(iter(prices.values())) for key, prices in by_key.items() if len(prices) == 1}
    plain_figures = {group.figure for group in rules().groups if "{" not in group.figure}
    return Refreshed(
        before.model_copy(update={"figures": {**before.figures, **read}}),
        frozenset(read),
        frozenset(by_key.keys() - read.keys()),
        frozenset(plain_figures - by_key.keys()),
        tuple(unmatched),
        failures,
    )


def _nothing(region: str, failures: Mapping[str, str]) -> PriceListError:
    if failures:
        service, reason = next(iter(failures.items()))
        return PriceListError(
            f"{len(failures)} services could not be read ({service}: {reason})",
            remedy="check credentials and network",
        )
    return PriceListError(
        f"the Price List has no prices for {region}", remedy="name a region that it has"
    )


def _by_query(groups: Iterable[Group]) -> Iterator[tuple[str, tuple[Group, ...]]]:
    """Yield the groups that one query of a service answers."""
    queries: dict[tuple[str, str | None], list[Group]] = defaultdict(list)
    for group in groups:
        queries[group.service, group.region].append(group)
    for (service, _), of_query in queries.items():
        yield service, tuple(of_query)


def _figures(row: PriceRow, groups: Iterable[Group]) -> dict[str, Group]:
    keys = ((group.key(row, rules().classes), group) for group in groups)
    return {key: group for key, group in keys if key is not None}


def _dearest(
    keyed: Iterable[tuple[PriceRow, Mapping[str, Group]]],
) -> dict[tuple[str, str], tuple[Group, float]]:
    """Return the price of each figure and usage type: of its tiers, the dearest."""
    prices: dict[tuple[str, str], tuple[Group, float]] = {}
    for row, figures in keyed:
        for key, group in figures.items():
            _, usd = prices.get((key, row.usage_type), (group, 0.0))
            prices[key, row.usage_type] = (group, max(usd, row.usd))
    return prices


def _search(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None
