"""The AWS Budget: what it counts, whom it tells when, and what it needs to be told."""

from __future__ import annotations

import dataclasses
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components.budget import watch_spending
from components.region_providers import RegionProviders
from components.stack_config import StackConfig
from tests.support.pulumi_mocks import Echo, Recorder, inputs
from tests.support.stack_config import config

EMAILS = ("a@example.org", "b@example.org")


class Home:
    """What the budget needs of what is shared."""

    def __init__(self) -> None:
        self.home = RegionProviders("us-west-2", endpoint=None)
        self.account = "123456789012"


def wanting(**given: Any) -> StackConfig:
    return dataclasses.replace(config(budget=600), budget_mail=True, alert_emails=EMAILS, **given)


def build(wanted: StackConfig) -> dict[str, Any]:
    """Build what *wanted* asks for and return what was registered, by name."""
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> None:
        shared: Any = Home()
        watch_spending(wanted, shared)

    program()
    return recorder.registered


def test_it_counts_what_carries_the_tags_of_the_stack() -> None:
    budget = inputs(build(wanting())["budget"])
    assert (budget["name"], budget["accountId"]) == ("lunora-player-test", "123456789012")
    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == (
        "600.00",
        "USD",
        "MONTHLY",
    )
    values = ["user:Project$lunora-player", "user:Stack$test"]
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": values}]


def test_it_tells_everybody_before_the_amount_is_spent_and_when_it_is() -> None:
    told = inputs(build(wanting())["budget"])["notifications"]
    assert {(one["notificationType"], one["threshold"]) for one in told} == {
        ("FORECASTED", 80),
        ("ACTUAL", 100),
    }
    assert all(one["subscriberEmailAddresses"] == list(EMAILS) for one in told)


def test_without_the_wish_there_is_none() -> None:
    assert "budget" not in build(dataclasses.replace(wanting(), budget_mail=False))


@pytest.mark.parametrize("given", [{"monthly_budget_usd": None}, {"alert_emails": ()}])
def test_without_amount_or_address_it_is_refused(given: dict[str, Any]) -> None:
    shared: Any = None
    with pytest.raises(pulumi.RunError, match="budgetMail needs lunora-player:monthlyBudgetUsd"):
        watch_spending(dataclasses.replace(wanting(), **given), shared)
