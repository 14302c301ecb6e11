"""The comparison of always on and on demand follows the price file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from catalog.price import Price
from catalog.price_estimates import published, rules
from catalog.prices import Prices, prices
from lunora.cost import comparison, price_table

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


def test_the_document_has_the_example_and_the_table_of_the_prices() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    written = comparison.with_example(DOCUMENT, prices("us-west-2"))
    assert price_table.PRICES.inserted(written, DOCUMENT, price_table.table()) == text, (
        "run `lunora prices example --region us-west-2`"
    )


def test_the_table_has_every_published_price_with_source_and_date() -> None:
    table = price_table.table()
    for row in published():
        (line,) = (
            line
            for line in table.splitlines()
            if line.startswith(f"| `{row.figure}` | {row.region.replace('*', 'all')} |")
        )
        assert f"| {row.usd:g} | {row.unit} | {row.date} |" in line
        assert row.source in line
    assert all(f"| `{rule.figure}` |" in table for rule in rules())


def test_claims_are_held_against_the_prices() -> None:
    text = comparison.example(made(hour=1, idle=0))
    assert "prices as of 2030-01-01 (0 of 7 are estimates)" in text
    assert "| always on | $3,650 | $1,825 to $3,650 | 0 % |" in text
    assert "| on air 184 h a month | $920 | $460 to $920 | 75 % |" in text
    assert "| $3,650, $1,825 to $3,650 | no: 3.6 to 7.3 times as much |" in text
    assert "| 20 to 40 hours on air a month, each | up to 40 hours a month, 9 a week |" in text
    assert "| 292 to 365 hours on air a month; fewer hours save more |" in text


def test_a_claim_may_hold() -> None:
    text = comparison.example(made(hour=0.1, idle=0))
    assert "| at the lower bound of these prices |" in text


def test_five_stopped_channels_may_cost_more_than_was_claimed() -> None:
    text = comparison.example(made(hour=2, idle=1))
    assert "| stopped all month | $3,650 | $1,825 to $3,650 | 50 % |" in text
    assert "| not even stopped ones | no |" in text
