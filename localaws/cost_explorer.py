"""Cost Explorer: moto's, extended by what ran on the emulator.

API reference, GetCostAndUsage, ListCostAllocationTags and UpdateCostAllocationTagsStatus. A tag of
a user is no part of the bill before it is activated (Billing user guide, "Activating user-defined
cost allocation tags"); what was used before that stays without it. AWS shows usage up to a day
late, the emulator at once.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from moto.ce import urls
from moto.ce.responses import CostExplorerResponse
from moto.core.exceptions import JsonRESTError

from localaws.billing import Bill, Charge

_DAY = "%Y-%m-%d"
_METRICS = frozenset(
    {
        "AmortizedCost",
        "BlendedCost",
        "NetAmortizedCost",
        "NetUnblendedCost",
        "UnblendedCost",
        "UsageQuantity",
    }
)
_MOST_GROUPS = 2

Predicate = Callable[[Charge], bool]


class CostExplorer(CostExplorerResponse):
    """Answers with the bill of the emulator."""

    bill: ClassVar[Bill]
    activated: ClassVar[dict[str, dt.date]]

    def get_cost_and_usage(self) -> str:
        """Return cost and usage by period and group."""
        request = json.loads(self.body)
        start, end = (_date(request["TimePeriod"][key]) for key in ("Start", "End"))
        if start >= end:
            raise _invalid("Start date (and hour) should be before end date (and hour)")
        unknown = [metric for metric in request["Metrics"] if metric not in _METRICS]
        if unknown:
            raise _invalid(f"Metric {unknown[0]} is not supported")
        if len(request.get("GroupBy", [])) > _MOST_GROUPS:
            raise _invalid("At most two groups are allowed")
        holds = self._predicate(request.get("Filter") or {})
        charges = [charge for charge in self.bill.charges() if holds(charge)]
        results = [
            self._period(request, charges, period)
            for period in _periods(start, end, request["Granularity"])
        ]
        answer: dict[str, Any] = {"ResultsByTime": results, "DimensionValueAttributes": []}
        if request.get("GroupBy"):
            answer["GroupDefinitions"] = request["GroupBy"]
        return json.dumps(answer)

    def list_cost_allocation_tags(self) -> str:
        """Return the tag keys that were used, with their status."""
        request = json.loads(self.body or "{}")
        keys = {key for charge in self.bill.charges() for key, _ in charge.item.tags}
        tags = [
            {
                "TagKey": key,
                "Type": "UserDefined",
                "Status": "Active" if key in self.activated else "Inactive",
            }
            for key in sorted(keys | self.activated.keys())
        ]
        listed_tags = [
            tag
            for tag in tags
            if request.get("Status") in {None, tag["Status"]}
            and tag["TagKey"] in (request.get("TagKeys") or [tag["TagKey"]])
        ]
        return json.dumps({"CostAllocationTags": listed_tags})

    def update_cost_allocation_tags_status(self) -> str:
        """Activate and deactivate tag keys."""
        today = self.bill.today()
        for entry in json.loads(self.body)["CostAllocationTagsStatus"]:
            if entry["Status"] == "Active":
                self.activated.setdefault(entry["TagKey"], today)
            else:
                self.activated.pop(entry["TagKey"], None)
        return json.dumps({"Errors": []})

    def _period(
        self, request: Mapping[str, Any], charges: Iterable[Charge], period: tuple[dt.date, dt.date]
    ) -> dict[str, Any]:
        start, end = period
        within = [charge for charge in charges if start <= charge.day < end]
        result: dict[str, Any] = {
            "TimePeriod": {"Start": f"{start:{_DAY}}", "End": f"{end:{_DAY}}"},
            "Total": {},
            "Groups": [],
            "Estimated": True,
        }
        definitions = request.get("GroupBy") or []
        if not definitions:
            return {**result, "Total": _amounts(request["Metrics"], within)}
        groups: dict[tuple[str, ...], list[Charge]] = {}
        for charge in within:
            names = tuple(self._group(definition, charge) for definition in definitions)
            groups.setdefault(names, []).append(charge)
        result["Groups"] = [
            {"Keys": list(names), "Metrics": _amounts(request["Metrics"], group)}
            for names, group in sorted(groups.items())
        ]
        return result

    def _group(self, definition: Mapping[str, str], charge: Charge) -> str:
        if definition["Type"] == "TAG":
            return f"{definition['Key']}${self._tag(definition['Key'], charge)}"
        if definition["Type"] != "DIMENSION":
            raise NotImplementedError
        return _dimension(definition["Key"], charge)

    def _tag(self, key: str, charge: Charge) -> str:
        """Return the value of a tag on the bill; empty without one."""
        since = self.activated.get(key)
        if since is None or charge.day < since:
            return ""
        return dict(charge.item.tags).get(key, "")

    def _predicate(self, expression: Mapping[str, Any]) -> Predicate:
        """Return the test of an Expression on a charge."""
        if len(expression) > 1:
            raise _invalid("An expression has one of And, Or, Not, Dimensions and Tags")
        for member, content in expression.items():
            if member in {"And", "Or"}:
                parts = [self._predicate(part) for part in content]
                every = all if member == "And" else any
                return lambda charge: every(part(charge) for part in parts)
            if member == "Not":
                inner = self._predicate(content)
                return lambda charge: not inner(charge)
            if member == "Tags":
                return self._of_tag(content)
            if member == "Dimensions":
                values, key = set(content["Values"]), content["Key"]
                return lambda charge: _dimension(key, charge) in values
            raise NotImplementedError
        return lambda _: True

    def _of_tag(self, content: Mapping[str, Any]) -> Predicate:
        key, values = content["Key"], set(content.get("Values") or [])
        if "ABSENT" in content.get("MatchOptions", []):
            return lambda charge: not self._tag(key, charge)
        return lambda charge: self._tag(key, charge) in values


def install(bill: Bill, activated: dict[str, dt.date]) -> None:
    """Let moto's Cost Explorer tell of *bill*; its tags count from when they were *activated*."""
    CostExplorer.bill, CostExplorer.activated = bill, activated
    urls.url_paths["{0}/$"] = CostExplorer.dispatch


def _invalid(message: str) -> JsonRESTError:
    return JsonRESTError("ValidationException", message)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        # Hours are of HOURLY, which an account has to enable.
        raise _invalid(f"{text} is no date of the form yyyy-MM-dd") from None


def _periods(start: dt.date, end: dt.date, granularity: str) -> Iterator[tuple[dt.date, dt.date]]:
    if granularity not in {"DAILY", "MONTHLY"}:
        raise NotImplementedError
    while start < end:
        upto = start + dt.timedelta(days=1)
        if granularity == "MONTHLY":
            upto = (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        yield start, min(upto, end)
        start = upto


def _dimension(key: str, charge: Charge) -> str:
    values = {
        "SERVICE": charge.item.service,
        "REGION": charge.item.region,
        "USAGE_TYPE": charge.item.usage,
        "OPERATION": charge.item.operation,
        "RECORD_TYPE": "Usage",
    }
    if key not in values:
        raise NotImplementedError
    return values[key]


def _amounts(metrics: Iterable[str], charges: Iterable[Charge]) -> dict[str, dict[str, str]]:
    listed = list(charges)
    usd = sum(charge.quantity * charge.item.usd for charge in listed)
    quantity = sum(charge.quantity for charge in listed)
    return {
        metric: {"Amount": f"{quantity:.10f}", "Unit": "N/A"}
        if metric == "UsageQuantity"
        else {"Amount": f"{usd:.10f}", "Unit": "USD"}
        for metric in metrics
    }
