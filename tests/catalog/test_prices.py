"""Figures name where they are from, and nobody uses one without hearing of its doubts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from catalog.prices import FOLDER, Price, PriceNotFoundError, Prices, caveats, prices, read, text_of

TODAY = dt.date(2030, 1, 1)
FILES = sorted(FOLDER.glob("*.json"))


def figure(usd: float = 1, *, age: int = 0, **more: object) -> Price:
    given = {
        "usd": usd,
        "unit": "hour",
        "origin": "price-list",
        "source": "a test",
        "date": TODAY - dt.timedelta(days=age),
        **more,
    }
    return Price.model_validate(given)


def made(**figures: Price) -> Prices:
    return Prices(region="us-west-2", stale_after_days=90, figures=figures)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_price_file_is_written_as_the_command_writes_it(path: Path) -> None:
    priced = prices(path.stem)
    assert priced.region == path.stem
    assert path.read_text() == text_of(priced)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_figure_says_where_it_is_from(path: Path) -> None:
    for key, price in prices(path.stem).figures.items():
        assert price.source.strip(), key
        if price.origin == "estimate":
            read = price.source.startswith("AWS Solutions")
            assert (
                read or "no page was read" in price.source or "no figure was read" in price.source
            )
        else:
            assert price.source.startswith("Price List API"), key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_two_pipelines_cost_no_more_than_two_of_one(path: Path) -> None:
    figures = prices(path.stem).figures
    pairs = [(key, key.replace(".single", ".standard")) for key in figures if ".single" in key]
    assert pairs
    for single, standard in pairs:
        assert figures[single].usd <= figures[standard].usd <= 2 * figures[single].usd


def test_figures_come_in_one_order() -> None:
    first, second = made(a=figure(), b=figure(2)), made(b=figure(2), a=figure())
    assert text_of(first) == text_of(second)
    assert Prices.model_validate_json(text_of(first)) == first


def test_a_region_without_prices_is_one_sentence() -> None:
    with pytest.raises(PriceNotFoundError, match=r"LUN160.*xx-moon-1"):
        prices("xx-moon-1")


@pytest.mark.parametrize("text", [b"{}", b"not json", b"\xff\xfe"])
def test_a_file_that_is_no_price_file_is_one_sentence(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "broken.json").write_bytes(text)
    with pytest.raises(PriceNotFoundError, match=r"LUN161.*broken\.json"):
        read("broken", tmp_path)


def test_a_missing_figure_is_one_sentence_that_names_it() -> None:
    with pytest.raises(PriceNotFoundError, match=r"LUN160.*us-west-2.* b;"):
        made(a=figure()).figure("b")


def test_only_estimates_of_known_doubt_may_be_less() -> None:
    doubtful = figure(2, origin="estimate", least_usd=1)
    least = made(a=doubtful, b=figure(3)).at_their_least()
    assert {key: price.usd for key, price in least.figures.items()} == {"a": 1, "b": 3}


def test_read_and_fresh_figures_need_no_word() -> None:
    assert caveats(made(a=figure(age=90)), ["a"], TODAY) == ()


def test_nothing_used_needs_no_word() -> None:
    assert caveats(made(a=figure(origin="estimate")), [], TODAY) == ()


def test_estimates_among_what_is_used_are_counted() -> None:
    priced = made(a=figure(), b=figure(origin="estimate"), c=figure(origin="estimate"))
    assert caveats(priced, ["a", "b", "b"], TODAY) == (
        "1 of the 2 prices used for us-west-2 are estimates, not read from the Price List API",
    )


def test_the_age_of_the_oldest_is_told_from_the_day_it_is_stale() -> None:
    priced = made(a=figure(age=91), b=figure(age=5), unused=figure(age=900))
    assert caveats(priced, ["a", "b"], TODAY) == (
        (
            "the oldest price used for us-west-2 is 91 days old; run"
            " `lunora prices refresh --region us-west-2`"
        ),
    )
