"""A budget of AWS's own comes, follows the configuration and goes with it."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.medialive.service import ACCOUNT
from tests.support.workspace import PROJECT, Workspace

pytestmark = pytest.mark.e2e


def budgets(workspace: Workspace) -> dict[str, Any]:
    listed = workspace.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]
    return {budget["BudgetName"]: budget["BudgetLimit"]["Amount"] for budget in listed}


def set_to(workspace: Workspace, key: str, value: str) -> None:
    run = workspace.pulumi("config", "set", "--path", f"{PROJECT}:{key}", value)
    assert run.code == 0, run.text


@pytest.mark.proof
def test_it_comes_changes_and_goes(workspace: Workspace) -> None:
    for path in workspace.destinations.iterdir():
        if path.stem != "restream-main":
            path.unlink()
    set_to(workspace, "budgetMail", "true")
    refused = workspace.pulumi("preview")
    assert refused.code != 0
    assert "LUN228" in refused.text
    set_to(workspace, "monthlyBudgetUsd", "8000")
    set_to(workspace, "alertEmails[0]", "somebody@example.org")
    workspace.up()
    assert budgets(workspace) == {"lunora-player-local": "8000.00"}
    assert workspace.preview_steps() == {}
    set_to(workspace, "monthlyBudgetUsd", "9000")
    assert workspace.preview_steps() == {"budget": "update"}
    workspace.up()
    assert budgets(workspace) == {"lunora-player-local": "9000.00"}
    set_to(workspace, "budgetMail", "false")
    workspace.up()
    assert budgets(workspace) == {}
