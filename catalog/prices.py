"""The prices of a region, each with its source.

A price was read from the Price List by `lunora prices refresh` (prices/<region>.json), else
published by somebody (published_prices.yaml), else it is an estimate (price_estimates.yaml).
Every region has all figures; reports name the estimates.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from catalog import price_estimates
from catalog.errors import LunoraError
from catalog.price import Price, PriceData

FOLDER = Path(__file__).with_name("prices")

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")


class PriceNotFoundError(LunoraError):
    """A region or a figure without price, or an invalid price file."""

    def __init__(self, code: str, message: str, region: str) -> None:
        refresh = f"run `lunora prices refresh --region {region}`"
        super().__init__(code, message, remedy=refresh)


class Prices(PriceData):
    """The figures of one region.

    Attributes:
        region: AWS region.
        stale_after_days: age from which a price is stale.
        figures: by dotted key, for example `medialive.idle-channel`.
    """

    region: str
    stale_after_days: int = Field(90, ge=1)
    figures: Mapping[str, Price]

    def figure(self, key: str) -> Price:
        """Return the figure *key*.

        Raises:
            PriceNotFoundError: when the region has none.
        """
        if key not in self.figures:
            message = f"the prices of {self.region} have no figure {key}"
            raise PriceNotFoundError("LUN160", message, self.region)
        return self.figures[key]

    def at_their_least(self) -> Prices:
        """Return the same prices, each estimate at its lower bound."""
        return self._with({key: price.low for key, price in self.figures.items()})

    def at_their_most(self) -> Prices:
        """Return the same prices, each estimate at its upper bound."""
        return self._with({key: price.high for key, price in self.figures.items()})

    def _with(self, usd: Mapping[str, float]) -> Prices:
        figures = {
            key: price.model_copy(update={"usd": usd[key]}) for key, price in self.figures.items()
        }
        return self.model_copy(update={"figures": figures})


@functools.cache
def prices(region: str) -> Prices:
    """Return all figures of *region*: read, published or estimated.

    Raises:
        PriceNotFoundError: when *region* is no region, or its file is invalid.
    """
    if not _REGION.fullmatch(region):
        raise PriceNotFoundError("LUN160", f"{region} is no AWS region", region)
    own, base = (_read_or_none(name) for name in (region, price_estimates.base_region()))
    return own.model_copy(
        update={"figures": price_estimates.complete(region, own.figures, base.figures)}
    )


def _read_or_none(region: str) -> Prices:
    return read(region, FOLDER) if file_of(region).exists() else Prices(region=region, figures={})


def read(region: str, folder: Path) -> Prices:
    """Return the prices of *region* that were read from the Price List into *folder*.

    Raises:
        PriceNotFoundError: when its file is missing or invalid.
    """
    path = file_of(region, folder)
    try:
        return Prices.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"there are no prices for {region}"
        raise PriceNotFoundError("LUN160", message, region) from None
    except (OSError, UnicodeDecodeError, ValidationError):
        message = f"{path} is not a price file; restore it from version control"
        raise PriceNotFoundError("LUN161", message, region) from None


def file_of(region: str, folder: Path = FOLDER) -> Path:
    """Return the file that holds the prices of *region*."""
    return folder / f"{region}.json"


def text_of(priced: Prices) -> str:
    """Return the text of the file of *priced*, the same for the same figures."""
    ordered = priced.model_copy(update={"figures": dict(sorted(priced.figures.items()))})
    return ordered.model_dump_json(by_alias=True, exclude_none=True, indent=2) + "\n"


def caveats(priced: Prices, keys: Iterable[str], today: dt.date) -> tuple[str, ...]:
    """Return the caveats of the prices *keys*: estimates and stale prices."""
    used = {key: priced.figure(key) for key in sorted(set(keys))}
    messages = []
    estimates = [key for key, price in used.items() if price.origin == "estimate"]
    if estimates:
        messages.append(
            f"{len(estimates)} of the {len(used)} prices used for {priced.region} are estimates,"
            " not read from the Price List API"
        )
    oldest = min((price.date for price in used.values()), default=today)
    if (today - oldest).days > priced.stale_after_days:
        messages.append(
            f"the oldest price used for {priced.region} is of {oldest}; run"
            f" `lunora prices refresh --region {priced.region}`"
        )
    return tuple(messages)
