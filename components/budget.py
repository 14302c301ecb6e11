"""What AWS itself watches the spending with: a budget on the stack's cost-allocation tags."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from catalog import names
from components.stack_config import StackConfig
from components.stack_resources import StackResources

# In percent of the budget: time to act before it is spent, and that it is.
_FORECAST, _SPENT = 80, 100


def watch_spending(config: StackConfig, shared: StackResources) -> None:
    """Build the budget where the configuration wants its mail.

    Raises:
        pulumi.RunError: in one sentence, when there is no amount or nobody to tell.
    """
    if not config.budget_mail:
        return
    if config.monthly_budget_usd is None or not config.alert_emails:
        raise pulumi.RunError(
            "lunora-player:budgetMail needs lunora-player:monthlyBudgetUsd, the amount, and"
            " lunora-player:alertEmails, whom to tell; set them or take it away"
        )
    SpendingBudget(config.monthly_budget_usd, config.alert_emails, shared)


class SpendingBudget(pulumi.ComponentResource):
    """A monthly budget that mails *emails* when the bill will pass it, and when it has.

    It counts what carries the stack's tags: from the day on which they are activated for cost
    allocation, and not the flow's running hours, which are not the stack's.
    """

    def __init__(self, limit_usd: float, emails: Iterable[str], shared: StackResources) -> None:
        options = pulumi.ResourceOptions(providers=shared.home.providers)
        super().__init__("lunora:index:SpendingBudget", "budget", opts=options)
        project, stack = pulumi.get_project(), pulumi.get_stack()
        tags, told = names.shared_tags(project, stack), list(emails)
        carried = [f"user:{key}${tags[key]}" for key in ("Project", "Stack")]
        aws.budgets.Budget(
            "budget",
            account_id=shared.account,
            name=names.stack_name(project, stack),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{limit_usd:.2f}",
            limit_unit="USD",
            cost_filters=[aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=carried)],
            notifications=[
                _notification("ACTUAL", _SPENT, told),
                _notification("FORECASTED", _FORECAST, told),
            ],
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _notification(kind: str, percent: int, emails: list[str]) -> aws.budgets.BudgetNotificationArgs:
    return aws.budgets.BudgetNotificationArgs(
        notification_type=kind,
        threshold=percent,
        threshold_type="PERCENTAGE",
        comparison_operator="GREATER_THAN",
        subscriber_email_addresses=emails,
    )
