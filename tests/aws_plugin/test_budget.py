"""The budget, as the real provider makes and changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from offline.aws_plugin.budget import Budget
from provider.aws import AwsClients
from provider.resource import Change, Diff, ResourceError

ACCOUNT = "123456789012"
ABOUT = {"AccountId": ACCOUNT, "BudgetName": "one"}


def notification(kind: str, percent: int, *emails: str) -> dict[str, Any]:
    return {
        "notificationType": kind,
        "threshold": percent,
        "thresholdType": "PERCENTAGE",
        "comparisonOperator": "GREATER_THAN",
        "subscriberEmailAddresses": list(emails),
    }


BUDGET = {
    "accountId": ACCOUNT,
    "name": "one",
    "budgetType": "COST",
    "timeUnit": "MONTHLY",
    "limitAmount": "600.00",
    "limitUnit": "USD",
    "costFilters": [{"name": "TagKeyValue", "values": ["user:Stack$one"]}],
    "notifications": [notification("ACTUAL", 100, "a@example.org")],
    "tags": {"a": "1"},
}


def test_a_budget_from_first_to_last(aws: AwsClients, client: Callable[[str], Any]) -> None:
    budget, budgets = Budget(aws), client("budgets")
    made = budget.create("urn", BUDGET)
    assert made.id == f"{ACCOUNT}:one"
    described = budgets.describe_budget(**ABOUT)["Budget"]
    assert described["BudgetLimit"] == {"Amount": "600.00", "Unit": "USD"}
    assert described["CostFilters"] == {"TagKeyValue": ["user:Stack$one"]}
    more = [notification("FORECASTED", 80, "a@example.org", "b@example.org")]
    changed = {**BUDGET, "limitAmount": "700.00", "notifications": more, "tags": {"b": "2"}}
    state = budget.update(made.id, BUDGET, made.state, changed)
    assert budgets.describe_budget(**ABOUT)["Budget"]["BudgetLimit"]["Amount"] == "700.00"
    (told,) = budgets.describe_notifications_for_budget(**ABOUT)["Notifications"]
    assert (told["NotificationType"], told["Threshold"]) == ("FORECASTED", 80)
    assert state["tags"] == {"b": "2"}
    budget.delete(made.id, state)
    assert budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"] == []
    budget.delete(made.id, state)
    assert budget.read("urn", made.id, changed, state) is None


def test_only_what_changed_is_sent(aws: AwsClients, client: Callable[[str], Any]) -> None:
    made = Budget(aws).create("urn", BUDGET)
    Budget(aws).update(made.id, BUDGET, made.state, {**BUDGET, "limitAmount": "700.00"})
    (told,) = client("budgets").describe_notifications_for_budget(**ABOUT)["Notifications"]
    assert told["NotificationType"] == "ACTUAL"


def test_an_import_gives_inputs_that_declare_what_there_is(aws: AwsClients) -> None:
    made = Budget(aws).create("urn", BUDGET)
    read = Budget(aws).read("urn", made.id, {}, {})
    assert read is not None
    assert read.inputs == BUDGET
    assert Budget(aws).check("urn", None, read.inputs).failures == ()


def test_a_bare_budget_is_read_as_it_is_declared(aws: AwsClients) -> None:
    bare = {key: BUDGET[key] for key in Budget.required}
    made = Budget(aws).create("urn", bare)
    read = Budget(aws).read("urn", made.id, bare, made.state)
    assert read is not None
    assert read.inputs == bare


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"limitAmount": "700.00"}, Diff({"limitAmount": Change.UPDATE})),
        ({"name": "two"}, Diff({"name": Change.UPDATE}, frozenset({"name"}))),
    ],
)
def test_what_differs_is_changed_or_replaced(
    aws: AwsClients, given: dict[str, Any], expected: Diff
) -> None:
    assert Budget(aws).diff("id", BUDGET, BUDGET, {**BUDGET, **given}) == expected


def test_a_budget_that_is_gone_is_one_sentence(
    aws: AwsClients, client: Callable[[str], Any]
) -> None:
    made = Budget(aws).create("urn", BUDGET)
    client("budgets").delete_budget(**ABOUT)
    with pytest.raises(ResourceError, match=r"^LUN330"):
        Budget(aws)._state(made.id, BUDGET)
