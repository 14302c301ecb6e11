"""The real AWS provider manages a budget, on the emulator."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import EmbeddedAws
from tests.support.terraform import Terraform

pytestmark = pytest.mark.contract

ACCOUNT = "123456789012"


def budget(amount: str, percent: int, **tags: str) -> dict[str, Any]:
    """Return what the program declares of it."""
    told = {
        "notification_type": "FORECASTED",
        "threshold": percent,
        "threshold_type": "PERCENTAGE",
        "comparison_operator": "GREATER_THAN",
        "subscriber_email_addresses": ["somebody@example.org"],
    }
    budget = {
        "account_id": ACCOUNT,
        "name": "contract",
        "budget_type": "COST",
        "time_unit": "MONTHLY",
        "limit_amount": amount,
        "limit_unit": "USD",
        "cost_filter": [{"name": "TagKeyValue", "values": ["user:Project$a", "user:Stack$b"]}],
        "notification": [told],
        "tags": tags,
    }
    return {"aws_budgets_budget": {"one": budget}}


def test_it_makes_changes_imports_and_removes_a_budget(tf: Terraform, real: EmbeddedAws) -> None:
    tf.apply(budget("600.00", 80, first="1"))
    tf.apply(budget("700.00", 90, second="2"))
    tf.forget_everything()
    listed = [{"to": "aws_budgets_budget.one", "id": f"{ACCOUNT}:contract"}]
    tf.apply(budget("700.00", 90, second="2"), listed)
    tf.destroy()
    operations = {call.operation for call in real.calls if call.service == "budgets"}
    assert {
        "UpdateBudget",
        "DeleteNotification",
        "DescribeSubscribersForNotification",
    } <= operations
