"""Budgets: moto's, extended by updates, subscribers and tags."""

from __future__ import annotations

import json
from typing import Any

from moto.budgets import urls
from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse

from provider.tagging import as_map

Tags = dict[str, str]


class Budgets(BudgetsResponse):
    """Answers what moto does not, and leaves the rest to it."""

    def create_budget(self) -> str:
        """Make one, with its tags."""
        made = str(super().create_budget())
        budget = self._named(self._asked()["Budget"]["BudgetName"])
        budget.tags = as_map(self._asked().get("ResourceTags", []))
        return made

    def update_budget(self) -> str:
        """Replace what it says; notifications and tags stay."""
        new = self._asked()["NewBudget"]
        old = self._named(new["BudgetName"])
        changed: Any = Budget({"TimePeriod": old.budget["TimePeriod"], **new}, [])
        changed.notifications, changed.tags = old.notifications, old.tags
        self.backend.budgets[self._asked()["AccountId"]][new["BudgetName"]] = changed
        return "{}"

    def describe_subscribers_for_notification(self) -> str:
        """Tell who is told."""
        request = self._asked()
        for notification in self._named(request["BudgetName"]).notifications:
            if notification.details == request["Notification"]:
                return json.dumps({"Subscribers": notification.subscribers})
        raise NotFoundException("Unable to find the notification.")

    def list_tags_for_resource(self) -> str:
        """Tell its tags."""
        tags = sorted(self._tags().items())
        return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags]})

    def tag_resource(self) -> str:
        """Add tags."""
        self._tags().update(as_map(self._asked()["ResourceTags"]))
        return "{}"

    def untag_resource(self) -> str:
        """Remove tags."""
        for key in self._asked()["ResourceTagKeys"]:
            self._tags().pop(key, None)
        return "{}"

    def _tags(self) -> Tags:
        _, _, _, _, account, resource = str(self._asked()["ResourceARN"]).split(":", 5)
        tags: Tags = self._named(resource.partition("/")[2], account).tags
        return tags

    def _named(self, name: str, account: str | None = None) -> Any:
        of_account = self.backend.budgets[account or self._asked()["AccountId"]]
        if name not in of_account:
            raise NotFoundException(f"Unable to find budget: {name} - the budget doesn't exist.")
        return of_account[name]

    def _asked(self) -> dict[str, Any]:
        request: dict[str, Any] = json.loads(self.body)
        return request


def install() -> None:
    """Let moto's Budgets answer this too."""
    urls.url_paths["{0}/$"] = Budgets.dispatch
