"""The estimated cost in the stack's outputs, and the guard of the budget."""

from __future__ import annotations

import pulumi
import pytest

from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from components.cost_estimate import CostEstimate
from tests.support.stack_config import config

ONE = DestinationSpec.model_validate({"name": "one", "platform": "twitch", "preset": "1080p30"})


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    messages: list[str] = []
    for level in ("info", "warn"):
        monkeypatch.setattr(pulumi.log, level, messages.append)
    return messages


def test_a_destination_says_its_share(logged: list[str]) -> None:
    estimate = CostEstimate(config(), [ONE])
    assert 0 < estimate.of("one")["monthlyUsd"] < estimate.summary["monthlyUsd"]


def test_a_flow_is_priced_where_it_is(logged: list[str]) -> None:
    there = CostEstimate(config(region="xx-moon-1", flow_region="us-west-2"), [ONE])
    assert there.summary == CostEstimate(config(), [ONE]).summary


def test_doubts_about_prices_are_said_in_every_run(
    logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.stack_cost.StackCost.caveats", lambda *_: ("a doubt",))
    CostEstimate(config(budget=1_000_000), [ONE])
    assert logged == ["a doubt"]


def test_a_budget_that_is_exceeded_fails_the_run(logged: list[str]) -> None:
    with pytest.raises(LunoraError) as error:
        CostEstimate(config(budget=1), [ONE])
    assert error.value.code == "LUN258"


def test_a_region_without_prices_still_deploys(logged: list[str]) -> None:
    estimate = CostEstimate(config(region="moon"), [ONE])
    assert estimate.summary["unpriced"] == ["one"]
    assert estimate.of("one") == {"monthlyUsd": None}
    assert logged[0].startswith("the cost of one is not known: LUN160: ")


def test_a_budget_without_prices_fails_the_run(logged: list[str]) -> None:
    with pytest.raises(LunoraError) as error:
        CostEstimate(config(region="moon", budget=600), [ONE])
    assert error.value.code == "LUN259"
