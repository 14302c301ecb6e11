"""Figures name where they are from, and nobody uses one without hearing of its doubts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from catalog.price import Price
from catalog.price_estimates import _Region, complete, published, units
from catalog.prices import FOLDER, PriceNotFoundError, Prices, caveats, prices, read, text_of

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
    priced = read(path.stem, FOLDER)
    assert priced.region == path.stem
    assert path.read_text() == text_of(priced)
    for key, price in priced.figures.items():
        assert price.origin == "price-list", key
        assert price.source.startswith("Price List, "), key


REGIONS = ("us-east-1", "us-west-2", "eu-west-3", "xx-moon-1")


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_every_figure_with_its_source(region: str) -> None:
    figures = prices(region).figures
    assert figures.keys() == units().keys()
    for key, price in figures.items():
        assert price.source.strip(), key
        assert price.unit == units()[key]
        assert price.low <= price.usd <= price.high
        assert (price.low == price.high) == (price.origin != "estimate"), key


@pytest.mark.parametrize("region", REGIONS)
def test_two_pipelines_cost_no_more_than_two_of_one(region: str) -> None:
    figures = prices(region).figures
    pairs = [(key, key.replace(".single", ".standard")) for key in figures if ".single" in key]
    assert pairs
    for single, standard in pairs:
        one_pipeline, two = figures[single], figures[standard]
        assert one_pipeline.usd <= two.usd, single
        # Estimates of different bases have ranges that agree.
        assert two.low <= 2 * one_pipeline.high, single


@pytest.mark.parametrize("region", REGIONS)
def test_a_reservation_costs_less_than_on_demand(region: str) -> None:
    figures = prices(region).figures
    for key in figures:
        if key.endswith(".reserved"):
            assert figures[key].usd < figures[key.removesuffix(".reserved")].usd


def test_published_prices_say_where_and_when() -> None:
    assert len({(row.region, row.figure) for row in published()}) == len(published())
    for row in published():
        assert row.figure in units(), row.figure
        assert row.unit == units()[row.figure]
        assert row.source.strip()
        assert row.date < dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("figure", "single", "standard"),
    [
        ("input.avc.hd.under-10-mbps", 0.1404, 0.234),
        ("output.avc.hd.up-to-30-fps.under-10-mbps", 0.4212, 0.702),
        ("output.avc.sd.up-to-30-fps.under-10-mbps", 0.2124, 0.354),
    ],
)
def test_one_pipeline_is_six_tenths_of_two(figure: str, single: float, standard: float) -> None:
    east = prices("us-east-1")
    assert east.figure(f"medialive.{figure}.single").usd == single == round(0.6 * standard, 4)
    assert east.figure(f"medialive.{figure}.standard").usd == standard


def test_an_unpublished_single_pipeline_is_estimated_by_that_ratio() -> None:
    price = prices("us-east-1").figure("medialive.input.avc.hd.10-20-mbps.single")
    assert (price.usd, price.origin) == (0.1764, "estimate")
    assert "0.6 of two" in price.source


def test_another_region_is_estimated_by_us_east_1() -> None:
    key = "medialive.input.avc.hd.under-10-mbps.single"
    here, there = (prices(region).figure(key) for region in ("us-east-1", "eu-west-3"))
    assert (here.origin, there.origin) == ("published", "estimate")
    assert there.usd == here.usd
    assert there.high > here.usd
    assert there.source.startswith("price of us-east-1, none was found here: ")


@pytest.mark.parametrize(
    ("region", "usd", "origin"),
    [
        ("us-west-2", 0.09, "published"),
        ("ap-southeast-1", 0.12, "published"),
        ("sa-east-1", 0.09, "estimate"),
    ],
)
def test_the_way_to_the_internet_has_a_price_of_its_region(
    region: str, usd: float, origin: str
) -> None:
    price = prices(region).figure("egress.internet")
    assert (price.usd, price.origin) == (usd, origin)


def test_what_was_read_comes_first_and_estimates_its_neighbours() -> None:
    standard, single = (
        f"medialive.input.avc.hd.10-20-mbps.{name}" for name in ("standard", "single")
    )
    figures = complete("eu-west-3", {standard: figure(1)}, {})
    assert figures[standard] == figure(1)
    assert (figures[single].usd, figures[single].origin) == (0.6, "estimate")
    assert (figures[single].low, figures[single].high) == (0.5, 0.7)


def test_what_was_read_in_us_east_1_estimates_other_regions() -> None:
    figures = complete("eu-west-3", {}, {"medialive.idle-channel": figure(0.5)})
    assert figures["medialive.idle-channel"].usd == 0.5
    assert figures["medialive.idle-channel"].origin == "estimate"


def test_estimates_of_each_other_end() -> None:
    with pytest.raises(LookupError):
        _Region({}).price("medialive.input.avc.hd.under-10-mbps.single")


def test_figures_come_in_one_order() -> None:
    first, second = made(a=figure(), b=figure(2)), made(b=figure(2), a=figure())
    assert text_of(first) == text_of(second)
    assert Prices.model_validate_json(text_of(first)) == first


def test_a_region_without_prices_is_one_sentence() -> None:
    with pytest.raises(PriceNotFoundError, match=r"^LUN160.*moon"):
        prices("moon")


@pytest.mark.parametrize("text", [b"{}", b"not json", b"\xff\xfe"])
def test_a_file_that_is_no_price_file_is_one_sentence(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "broken.json").write_bytes(text)
    with pytest.raises(PriceNotFoundError, match=r"^LUN161.*broken\.json"):
        read("broken", tmp_path)


def test_a_missing_figure_is_one_sentence_that_names_it() -> None:
    with pytest.raises(PriceNotFoundError, match=r"^LUN160.*us-west-2.* b;"):
        made(a=figure()).figure("b")


def test_only_estimates_of_known_doubt_may_be_less() -> None:
    doubtful = figure(2, origin="estimate", least_usd=1, most_usd=5)
    priced = made(a=doubtful, b=figure(3))
    for bound, usd in ((priced.at_their_least(), 1), (priced.at_their_most(), 5)):
        assert {key: price.usd for key, price in bound.figures.items()} == {"a": usd, "b": 3}


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
            "the oldest price used for us-west-2 is of 2029-10-02; run"
            " `lunora prices refresh --region us-west-2`"
        ),
    )
