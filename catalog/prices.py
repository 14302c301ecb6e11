"""What things cost in a region: figures from prices/<region>.json, each with where it is from.

A figure was either read from the Price List API by `lunora prices refresh`, or is an estimate;
whoever uses one says which.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

FOLDER = Path(__file__).with_name("prices")

Unit = Literal["hour", "GB", "month"]


class PriceNotFoundError(Exception):
    """A region or a figure has no price; the text is one sentence for a person."""


class _Data(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Price(_Data):
    """One price.

    Attributes:
        usd: US dollars for one *unit*, before taxes and discounts.
        unit: what it is for one of; a GB is 2^30 bytes, as AWS bills it.
        origin: `price-list` when read from the Price List API, else `estimate`.
        source: where exactly it was read, or what it was concluded from.
        date: when.
        least_usd: what an estimate may be at the least, where that is known.
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
        stale_after_days: age of a figure at which it is called stale.
        figures: by dotted key, for example `medialive.idle-channel`.
    """

    region: str
    stale_after_days: int = Field(90, ge=1)
    figures: Mapping[str, Price]

    def figure(self, key: str) -> Price:
        """Return the figure *key*.

        Raises:
            NoPrice: when the region has none.
        """
        if key not in self.figures:
            raise PriceNotFoundError(
                f"the prices of {self.region} have no figure {key};"
                f" run `lunora prices refresh --region {self.region}`"
            )
        return self.figures[key]

    def at_their_least(self) -> Prices:
        """Return the same figures, each estimate at the least that it may be."""
        least = {
            key: one if one.least_usd is None else one.model_copy(update={"usd": one.least_usd})
            for key, one in self.figures.items()
        }
        return self.model_copy(update={"figures": least})


@functools.cache
def prices(region: str) -> Prices:
    """Return the prices of *region*.

    Raises:
        NoPrice: when there is no file for it, or one that is not what it has to be.
    """
    return read(region, FOLDER)


def read(region: str, folder: Path) -> Prices:
    """Return the prices of *region* as a file in *folder* has them now.

    Raises:
        NoPrice: when there is no file for it, or one that is not what it has to be.
    """
    path = file_of(region, folder)
    try:
        return Prices.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PriceNotFoundError(
            f"there are no prices for {region}; run `lunora prices refresh --region {region}`"
        ) from None
    except (OSError, UnicodeDecodeError, ValidationError):
        raise PriceNotFoundError(
            f"{path} is no price file; restore it, then run"
            f" `lunora prices refresh --region {region}`"
        ) from None


def file_of(region: str, folder: Path = FOLDER) -> Path:
    """Return the file that holds the prices of *region*."""
    return folder / f"{region}.json"


def text_of(priced: Prices) -> str:
    """Return what the file of *priced* holds: the same text for the same figures."""
    ordered = priced.model_copy(update={"figures": dict(sorted(priced.figures.items()))})
    return ordered.model_dump_json(by_alias=True, exclude_none=True, indent=2) + "\n"


def caveats(priced: Prices, keys: Iterable[str], today: dt.date) -> tuple[str, ...]:
    """Return what has to be said wherever the figures *keys* are used, a sentence each."""
    used = {key: priced.figure(key) for key in sorted(set(keys))}
    said = []
    estimates = [key for key, one in used.items() if one.origin == "estimate"]
    if estimates:
        said.append(
            f"{len(estimates)} of the {len(used)} prices used for {priced.region} are estimates,"
            " not read from the Price List API"
        )
    oldest = min((one.date for one in used.values()), default=today)
    age = (today - oldest).days
    if age > priced.stale_after_days:
        said.append(
            f"the oldest price used for {priced.region} is {age} days old; run"
            f" `lunora prices refresh --region {priced.region}`"
        )
    return tuple(said)
