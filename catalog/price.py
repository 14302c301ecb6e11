"""One price, with its source and its range."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Unit = Literal["hour", "GB", "month"]


class PriceData(BaseModel):
    """Base of the models of a price file."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Price(PriceData):
    """One price.

    Attributes:
        usd: US dollars for one *unit*, before taxes and discounts.
        unit: its unit; a GB is 2^30 bytes, as AWS bills it.
        origin: `price-list` when read from the Price List, `published` when somebody published
            it for this region, else `estimate`.
        source: the document or the row, or the reason of the estimate.
        date: the day of reading.
        least_usd: lower bound of an estimate.
        most_usd: upper bound of an estimate.
    """

    usd: float = Field(ge=0)
    unit: Unit
    origin: Literal["price-list", "published", "estimate"]
    source: str
    date: dt.date
    least_usd: float | None = None
    most_usd: float | None = None

    @property
    def low(self) -> float:
        """The least that it may be, in US dollars."""
        return self.usd if self.least_usd is None else self.least_usd

    @property
    def high(self) -> float:
        """The most that it may be, in US dollars."""
        return self.usd if self.most_usd is None else self.most_usd
