"""The estimated cost in the stack's outputs, and the guard of its budget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pulumi

from catalog import stack_cost
from catalog.errors import LunoraError
from catalog.flow_source import FlowFacts
from catalog.model import DestinationSpec
from catalog.prices import PriceNotFoundError
from catalog.stack_cost import StackCost
from components.errors import refuse
from components.stack_config import StackConfig


class CostEstimate:
    """The cost of all destinations as their files declare them.

    In a region without prices, a stack without a budget deploys with a warning; one with a budget
    does not deploy.

    Raises:
        LunoraError: when the budget is exceeded or cannot be checked.
    """

    def __init__(self, config: StackConfig, specs: Iterable[DestinationSpec]) -> None:
        specs = tuple(specs)
        flows = {
            key: FlowFacts(config.flow_region(key), config.flow(key).source)
            for spec in specs
            for key in spec.flows
        }
        budget_usd = config.settings.monthly_budget_usd
        try:
            self._total: StackCost | None = stack_cost.estimate(specs, flows)
        except PriceNotFoundError as error:
            if budget_usd is not None:
                message = f"the monthly budget cannot be checked: {error.message}"
                raise LunoraError("LUN259", message, remedy=error.remedy) from None
            pulumi.log.warn(f"the cost is not known: {error}")
            self._total = None
        else:
            for caveat in self._total.caveats(dt.datetime.now(dt.UTC).date()):
                pulumi.log.info(caveat)
            if budget_usd is not None:
                refuse(stack_cost.budget_exceeded(self._total, budget_usd))

    @property
    def summary(self) -> dict[str, Any] | None:
        """The stack output `cost`; None without prices."""
        return None if self._total is None else self._total.summary

    def of(self, name: str) -> dict[str, Any]:
        """Return the cost in the output of the destination *name*."""
        if self._total is None:
            return {"monthlyUsd": None}
        return {"monthlyUsd": round(self._total.destinations[name].monthly_usd, 2)}
