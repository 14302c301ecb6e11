"""SpendingBudget: AWS's own budget on the stack's cost-allocation tags, with mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from catalog.errors import LunoraError
from catalog.stack_settings import StackSettings, setting
from components import naming

# In percent of the budget.
_FORECAST, _SPENT = 80, 100


@dataclass(frozen=True, slots=True)
class SpendingBudgetArgs:
    """Inputs of a `SpendingBudget`.

    Attributes:
        account: the account of the bill; None is that of the credentials.
        limit_usd: amount of a month.
        emails: recipients of its mail.
    """

    account: str | None
    limit_usd: float
    emails: Sequence[str]

    @classmethod
    def from_settings(
        cls, settings: StackSettings, account: str | None
    ) -> SpendingBudgetArgs | None:
        """Return the inputs of the budget, or None where the stack's settings ask for none.

        Raises:
            LunoraError: when the settings lack its amount or its recipients.
        """
        if not settings.budget_mail:
            return None
        if settings.monthly_budget_usd is None or not settings.alert_emails:
            needed = f"{setting('monthlyBudgetUsd')} and {setting('alertEmails')}"
            message = f"{setting('budgetMail')} requires {needed}"
            raise LunoraError("LUN228", message, remedy="set both or remove budgetMail")
        return cls(account, settings.monthly_budget_usd, settings.alert_emails)


class SpendingBudget(pulumi.ComponentResource):
    """A monthly budget that mails when the bill will exceed it, and when it has.

    It covers costs with the stack's tags: from the day on which the tags are activated for cost
    allocation, and without the running hours of the flow, which is not the stack's.
    """

    def __init__(
        self, name: str, args: SpendingBudgetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:SpendingBudget", name, opts=opts)
        tags, emails = naming.shared_tags(), list(args.emails)
        values = [f"user:{key}${tags[key]}" for key in ("Project", "Stack")]
        aws.budgets.Budget(
            name,
            account_id=args.account,
            name=naming.stack_name(),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{args.limit_usd:.2f}",
            limit_unit="USD",
            cost_filters=[aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=values)],
            notifications=[
                _notification("ACTUAL", _SPENT, emails),
                _notification("FORECASTED", _FORECAST, emails),
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
