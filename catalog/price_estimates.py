"""Fill the gaps between the prices that are known: by published figures, then by estimates.

An estimate names its base and its reason, and keeps a range instead of a false cent.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from catalog import package_data
from catalog.package_data import DataModel
from catalog.price import Price, Unit

_ANYWHERE = "*"
_CHOICES = re.compile(r"{([^}]+)}")


class PublishedPrice(DataModel):
    """A price that somebody published.

    Attributes:
        figure: its key.
        region: AWS region; `*` is every region.
        usd: US dollars for one *unit*.
        unit: its unit.
        source: the document.
        date: date of the document, or the day on which it was read.
        read: how the document has it.
    """

    figure: str
    region: str
    usd: float
    unit: Unit
    source: str
    date: dt.date
    read: Literal["price-list-quoted", "price-list-computed", "aws-page"]


class Factor(DataModel):
    """A factor between two prices, with its bounds and its reason."""

    times: float
    least: float
    most: float
    why: str


class EstimateRule(Factor):
    """An estimate of one figure by another.

    Attributes:
        figure: the keys that it estimates, with `*` for any text.
        base: the key of the other figure, with the same texts.
        times: factor of the estimate; *least* and *most* bound it.
        why: the reason.
    """

    figure: str
    base: str

    def base_of(self, key: str) -> str | None:
        """Return the key that estimates *key*; None where the rule does not apply."""
        match = _pattern(self.figure).fullmatch(key)
        if match is None:
            return None
        texts = iter(match.groups())
        return re.sub(r"\*", lambda _: next(texts), self.base)


class UnreadPrice(DataModel):
    """An assumption about a price that no document gives a basis for."""

    figure: str
    usd: float
    least: float
    most: float
    unit: Unit
    date: dt.date
    why: str


class _Keys(DataModel):
    unit: Unit
    keys: str


class _Estimates(DataModel):
    figures: tuple[_Keys, ...]
    base_region: str
    other_region: Factor
    rules: tuple[EstimateRule, ...]
    unread: tuple[UnreadPrice, ...]


@functools.cache
def published() -> tuple[PublishedPrice, ...]:
    """Return the published prices."""
    rows = package_data.read("published_prices.yaml")["prices"]
    return tuple(PublishedPrice.model_validate(row) for row in rows)


@functools.cache
def _estimates() -> _Estimates:
    return _Estimates.model_validate(package_data.read("price_estimates.yaml"))


def base_region() -> str:
    """Return the region whose prices estimate those of other regions."""
    return _estimates().base_region


def other_region() -> Factor:
    """Return the factor between a price of the base region and one of another region."""
    return _estimates().other_region


def unread() -> tuple[UnreadPrice, ...]:
    """Return the assumptions without a basis."""
    return _estimates().unread


def rules() -> tuple[EstimateRule, ...]:
    """Return the rules of estimates, in their order."""
    return _estimates().rules


@functools.cache
def units() -> Mapping[str, Unit]:
    """Return the unit of every figure that there is, by its key."""
    return {key: keys.unit for keys in _estimates().figures for key in _expanded(keys.keys)}


def complete(
    region: str, own: Mapping[str, Price], base: Mapping[str, Price]
) -> Mapping[str, Price]:
    """Return all figures of *region*.

    Args:
        region: AWS region.
        own: its prices that were read from the Price List.
        base: those of the base region.
    """
    here = _Region({**_published(region), **own})
    if region == base_region():
        return {**here.known, **{key: here.price(key) for key in units() if key not in here.known}}
    there = _Region({**_published(base_region()), **base})
    figures = {key: here.by_known(key) or _elsewhere(there.price(key)) for key in units()}
    return {**figures, **here.known}


@dataclass(frozen=True, slots=True)
class _Region:
    """The known prices of a region, and the estimates that they give."""

    known: Mapping[str, Price]

    def by_known(self, key: str) -> Price | None:
        """Return the price *key*, or its estimate by a known price; None without either."""
        if key in self.known:
            return self.known[key]
        for rule in rules():
            base = rule.base_of(key)
            if base is not None and base in self.known:
                return _times(self.known[base], rule, base)
        return None

    def price(self, key: str, *, estimating: tuple[str, ...] = ()) -> Price:
        """Return the price *key*, or its estimate.

        Raises:
            LookupError: when nothing estimates it.
        """
        price = self.by_known(key)
        if price is not None:
            return price
        for row in _estimates().unread:
            if row.figure == key:
                return _unread(row)
        for rule in rules():
            base = rule.base_of(key)
            if base is None or base in estimating:
                continue
            try:
                return _times(self.price(base, estimating=(*estimating, key)), rule, base)
            except LookupError:
                continue
        raise LookupError(key)


def _published(region: str) -> dict[str, Price]:
    return {
        row.figure: Price(
            usd=row.usd, unit=row.unit, origin="published", source=row.source, date=row.date
        )
        for row in published()
        if row.region in {region, _ANYWHERE}
    }


def _times(price: Price, factor: Factor, name: str) -> Price:
    return Price(
        usd=round(price.usd * factor.times, 6),
        unit=price.unit,
        origin="estimate",
        source=f"{factor.why}; {factor.times:g} times {name}",
        date=price.date,
        least_usd=round(price.low * factor.least, 6),
        most_usd=round(price.high * factor.most, 6),
    )


def _elsewhere(price: Price) -> Price:
    estimate = _times(price, _estimates().other_region, base_region())
    return estimate.model_copy(
        update={"source": f"{_estimates().other_region.why}, none was found here: {price.source}"}
    )


def _unread(row: UnreadPrice) -> Price:
    return Price(
        usd=row.usd,
        unit=row.unit,
        origin="estimate",
        source=f"no figure was read: {row.why}",
        date=row.date,
        least_usd=row.least,
        most_usd=row.most,
    )


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("(.+)".join(re.escape(part) for part in text.split("*")))


def _expanded(keys: str) -> Iterator[str]:
    parts = _CHOICES.split(keys)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ("".join(combination) for combination in itertools.product(*choices))
