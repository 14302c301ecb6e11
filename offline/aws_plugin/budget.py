"""aws:budgets/budget:Budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from offline.aws_plugin.base import AwsResource, canonical_json, once, tag_changes
from provider.resource import CreateResult, Properties, ReadResult, ResourceError
from provider.tagging import as_map


class Budget(AwsResource):
    """A budget of costs, by the calls that the real provider makes.

    It makes the budget and then its notifications one by one; of changed ones it removes all and
    makes all anew.
    """

    token = "aws:budgets/budget:Budget"  # noqa: S105 - a type token
    required = frozenset(
        {"accountId", "name", "budgetType", "timeUnit", "limitAmount", "limitUnit"}
    )
    optional = frozenset({"costFilters", "notifications", "tags"})
    replace_on = frozenset({"accountId", "name"})
    # As JSON, 600.00 and 600.0 are one number.
    canonical: ClassVar = {"limitAmount": canonical_json}

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Create it."""
        del urn
        self._do(
            "create_budget",
            AccountId=inputs["accountId"],
            Budget=_described(inputs),
            ResourceTags=_pairs(inputs.get("tags", {})),
        )
        self._notify(inputs)
        resource_id = f"{inputs['accountId']}:{inputs['name']}"
        return CreateResult(resource_id, self._state(resource_id, inputs))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it."""
        del urn, state
        actual = self._look(resource_id)
        if actual is None:
            return None
        served = (self.required | self.optional) & actual.keys()
        declared = served & inputs.keys() if inputs else served
        return ReadResult(resource_id, actual, {key: actual[key] for key in declared})

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change its limit and filter, its notifications and its tags."""
        about = _about(resource_id)
        self._do("update_budget", AccountId=about["AccountId"], NewBudget=_described(inputs))
        if old_inputs.get("notifications") != inputs.get("notifications"):
            for notification in old_inputs.get("notifications", []):
                self._do("delete_notification", **about, Notification=_details(notification))
            self._notify(inputs)
        wrong, surplus = tag_changes(old_inputs, inputs)
        if wrong:
            self._do("tag_resource", ResourceARN=state["arn"], ResourceTags=_pairs(wrong))
        if surplus:
            self._do("untag_resource", ResourceARN=state["arn"], ResourceTagKeys=surplus)
        return self._state(resource_id, inputs)

    def delete(self, resource_id: str, state: Properties) -> None:
        """Delete it."""
        del state
        try:
            self._do("delete_budget", **_about(resource_id))
        except ClientError:
            return

    def _notify(self, inputs: Properties) -> None:
        for notification in inputs.get("notifications", []):
            subscribers = [
                {"SubscriptionType": "EMAIL", "Address": address}
                for address in notification["subscriberEmailAddresses"]
            ]
            self._do(
                "create_notification",
                AccountId=inputs["accountId"],
                BudgetName=inputs["name"],
                Notification=_details(notification),
                Subscribers=subscribers,
            )

    def _state(self, resource_id: str, inputs: Properties) -> dict[str, Any]:
        actual = self._look(resource_id)
        if actual is None:
            raise ResourceError(
                "LUN330",
                f"budget {inputs['name']} does not exist any more",
                remedy="run `pulumi up --refresh`",
            )
        return actual

    def _look(self, resource_id: str) -> dict[str, Any] | None:
        about = _about(resource_id)
        try:
            budget = self._do("describe_budget", **about)["Budget"]
        except ClientError:
            return None
        arn = f"arn:aws:budgets::{about['AccountId']}:budget/{about['BudgetName']}"
        tags = self._do("list_tags_for_resource", ResourceARN=arn)["ResourceTags"]
        actual = {
            "accountId": about["AccountId"],
            "arn": arn,
            "budgetType": budget["BudgetType"],
            "costFilters": [
                {"name": key, "values": values}
                for key, values in budget.get("CostFilters", {}).items()
            ],
            "limitAmount": budget["BudgetLimit"]["Amount"],
            "limitUnit": budget["BudgetLimit"]["Unit"],
            "name": about["BudgetName"],
            "notifications": list(self._notifications(about)),
            "tags": as_map(tags),
            "timeUnit": budget["TimeUnit"],
        }
        return {key: value for key, value in actual.items() if value}

    def _notifications(self, about: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        listed = self._do("describe_notifications_for_budget", **about)["Notifications"]
        for notification in listed:
            subscribers = self._do(
                "describe_subscribers_for_notification", **about, Notification=notification
            )
            yield {
                "comparisonOperator": notification["ComparisonOperator"],
                "notificationType": notification["NotificationType"],
                "threshold": notification["Threshold"],
                "thresholdType": notification["ThresholdType"],
                "subscriberEmailAddresses": [who["Address"] for who in subscribers["Subscribers"]],
            }

    def _do(self, operation: str, **members: Any) -> Any:
        method = getattr(self.aws.client("budgets"), operation)
        return once(lambda: method(**members), operation.replace("_", " "))


def _about(resource_id: str) -> dict[str, str]:
    account, name = resource_id.split(":", 1)
    return {"AccountId": account, "BudgetName": name}


def _described(inputs: Properties) -> dict[str, Any]:
    return {
        "BudgetName": inputs["name"],
        "BudgetType": inputs["budgetType"],
        "TimeUnit": inputs["timeUnit"],
        "BudgetLimit": {"Amount": inputs["limitAmount"], "Unit": inputs["limitUnit"]},
        "CostFilters": {
            cost_filter["name"]: cost_filter["values"]
            for cost_filter in inputs.get("costFilters", [])
        },
    }


def _details(notification: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ComparisonOperator": notification["comparisonOperator"],
        "NotificationType": notification["notificationType"],
        "Threshold": float(notification["threshold"]),
        "ThresholdType": notification["thresholdType"],
    }


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
