"""The comparison of always on and on demand follows the price file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from catalog.prices import Price, Prices, prices
from lunora.cost import comparison

DOCUMENT = Path(__file__).parents[2] / "docs/reference/cost.md"


def made(*, hour: float, idle: float) -> Prices:
    figures = dict.fromkeys(prices("us-west-2").figures, 0.0)
    figures |= {
        "medialive.input.avc.hd.10-20-mbps.single": hour,
        "medialive.idle-channel": idle,
    }
    return Prices(
        region="us-west-2",
        figures={
            key: Price(
                usd=usd,
                unit="hour",
                origin="price-list",
                source="a test",
                date=dt.date(2030, 1, 1),
                least_usd=usd / 2,
            )
            for key, usd in figures.items()
        },
    )


def test_the_document_has_the_example_of_the_price_file() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert comparison.with_example(DOCUMENT, prices("us-west-2")) == text, (
        "run `lunora prices example`"
    )


def test_the_claim_is_measured_and_what_it_would_buy_is_said() -> None:
    text = comparison.example(made(hour=1, idle=0))
    assert "prices as of 2030-01-01 (0 of 6 are estimates)" in text
    assert "| always on | $3,650 | $1,825 | 0 % |" in text
    assert "| on air 184 h a month | $920 | $460 | 75 % |" in text
    assert " 3.6 to 7.3 times the claimed $500." in text
    assert text.endswith("$500 a month buy about 100 hours on air for each of the five.\n")


def test_five_stopped_channels_may_cost_more_than_was_claimed() -> None:
    text = comparison.example(made(hour=2, idle=1))
    assert "| stopped all month | $3,650 | $1,825 | 50 % |" in text
    assert text.endswith("$500 do not even pay for five stopped ones.\n")
