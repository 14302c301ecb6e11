"""The prices of a region, from prices/<region>.json, each with its source.

A price was either read from the Price List API by `lunora prices refresh`, or is an estimate;
reports name the estimates.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from catalog.errors import LunoraError

FOLDER = Path(__file__).with_name("prices")

Unit = Literal["hour", "GB", "month"]


class PriceNotFoundError(LunoraError):
    """A region or a figure without price, or an invalid price file."""

    def __init__(self, code: str, message: str, region: str) -> None:
        refresh = f"run `lunora prices refresh --region {region}`"
        super().__init__(code, message, remedy=refresh)


class _Data(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Price(_Data):
    """One price.

    Attributes:
        usd: US dollars for one *unit*, before taxes and discounts.
        unit: its unit; a GB is 2^30 bytes, as AWS bills it.
        origin: `price-list` when read from the Price List API, else `estimate`.
        source: the document or API response, or the basis of the estimate.
        date: the day of reading.
        least_usd: lower bound of an estimate, where known.
    """

    usd: float = Field(ge=0)
    unit: Unit
    origin: Literal["price-list", "estimate"]
    source: str
    date: dt.date
    least_usd: float | None = None


class Prices(_Data):
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
        least = {
            key: price.model_copy(
                update={"usd": price.usd if price.least_usd is None else price.least_usd}
            )
            for key, price in self.figures.items()
        }
        return self.model_copy(update={"figures": least})


@functools.cache
def prices(region: str) -> Prices:
    """Return the prices of *region*.

    Raises:
        PriceNotFoundError: when its file is missing or invalid.
    """
    return read(region, FOLDER)


def read(region: str, folder: Path) -> Prices:
    """Return the current prices of *region* in *folder*.

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
    age = (today - oldest).days
    if age > priced.stale_after_days:
        messages.append(
            f"the oldest price used for {priced.region} is {age} days old; run"
            f" `lunora prices refresh --region {priced.region}`"
        )
    return tuple(messages)
