"""The AWS Budget: its scope, its mails and its required settings."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from catalog.errors import LunoraError
from catalog.stack_settings import StackSettings
from components.budget import SpendingBudget, SpendingBudgetArgs
from components.region_providers import RegionProviders
from tests.support.pulumi_mocks import Echo, Recorder, inputs

EMAILS = ("a@example.org", "b@example.org")


def settings(**changes: Any) -> StackSettings:
    given = {
        "aws:region": "us-west-2",
        "lunora-player:budgetMail": True,
        "lunora-player:monthlyBudgetUsd": 600,
        "lunora-player:alertEmails": list(EMAILS),
    }
    return StackSettings.parse(given | {f"lunora-player:{key}": v for key, v in changes.items()})


def build() -> dict[str, Any]:
    """Build the budget and return the registered resources by name."""
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> None:
        args = SpendingBudgetArgs.from_settings(settings(), "123456789012")
        assert args is not None
        SpendingBudget("budget", args, RegionProviders("us-west-2", endpoint=None).options())

    program()
    return recorder.registered


def test_it_counts_what_carries_the_tags_of_the_stack() -> None:
    budget = inputs(build()["budget"])
    assert (budget["name"], budget["accountId"]) == ("lunora-player-test", "123456789012")
    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == (
        "600.00",
        "USD",
        "MONTHLY",
    )
    values = ["user:Project$lunora-player", "user:Stack$test"]
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": values}]


def test_it_tells_everybody_before_the_amount_is_spent_and_when_it_is() -> None:
    notifications = inputs(build()["budget"])["notifications"]
    assert {(n["notificationType"], n["threshold"]) for n in notifications} == {
        ("FORECASTED", 80),
        ("ACTUAL", 100),
    }
    assert all(n["subscriberEmailAddresses"] == list(EMAILS) for n in notifications)


def test_without_the_wish_there_is_none() -> None:
    assert SpendingBudgetArgs.from_settings(settings(budgetMail=False), None) is None


@pytest.mark.parametrize("changes", [{"monthlyBudgetUsd": None}, {"alertEmails": []}])
def test_without_amount_or_address_it_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(LunoraError) as error:
        SpendingBudgetArgs.from_settings(settings(**changes), None)
    assert error.value.code == "LUN228"
