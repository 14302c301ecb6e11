"""What the program says of its cost, and what it refuses to exceed."""

from __future__ import annotations

import pulumi
import pytest

from catalog.model import DestinationSpec
from components.cost_estimate import CostEstimate
from tests.support.stack_config import config

ONE = DestinationSpec.model_validate({"name": "one", "platform": "twitch", "preset": "1080p30"})


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sentences: list[str] = []
    for level in ("info", "warn"):
        monkeypatch.setattr(pulumi.log, level, sentences.append)
    return sentences


def test_a_destination_says_its_share(said: list[str]) -> None:
    spending = CostEstimate(config(), [ONE])
    assert spending.summary is not None
    assert 0 < spending.of("one")["monthlyUsd"] < spending.summary["monthlyUsd"]


def test_a_flow_is_priced_where_it_is(said: list[str]) -> None:
    there = CostEstimate(config(region="xx-moon-1", flow_region="us-west-2"), [ONE])
    assert there.summary == CostEstimate(config(), [ONE]).summary


def test_doubts_about_prices_are_said_in_every_run(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.stack_cost.StackCost.caveats", lambda *_: ("a doubt",))
    CostEstimate(config(budget=1_000_000), [ONE])
    assert said == ["a doubt"]


def test_a_budget_that_is_exceeded_fails_the_run(said: list[str]) -> None:
    with pytest.raises(pulumi.RunError, match=r"would cost \$.* more than the \$1.00 of monthly"):
        CostEstimate(config(budget=1), [ONE])


def test_a_region_without_prices_still_deploys(said: list[str]) -> None:
    spending = CostEstimate(config(region="xx-moon-1"), [ONE])
    assert (spending.summary, spending.of("one")) == (None, {"monthlyUsd": None})
    assert said == [
        (
            "the cost is not known: there are no prices for xx-moon-1; run `lunora prices refresh"
            " --region xx-moon-1`"
        )
    ]


def test_a_budget_without_prices_fails_the_run(said: list[str]) -> None:
    with pytest.raises(pulumi.RunError, match="the monthly budget cannot be checked: there are"):
        CostEstimate(config(region="xx-moon-1", budget=600), [ONE])
