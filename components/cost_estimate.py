"""What the stack says of its cost, and the budget that a preview must not exceed."""

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
from components.stack_config import StackConfig


class CostEstimate:
    """The cost of all destinations as their files declare them.

    Without prices for a region a stack still deploys, and says that it has no figures; with a
    budget it does not.

    Raises:
        pulumi.RunError: in one sentence, when the budget is exceeded or cannot be checked.
    """

    def __init__(self, config: StackConfig, specs: Iterable[DestinationSpec]) -> None:
        specs = tuple(specs)
        flows = {
            key: FlowFacts(ref.region or config.region, ref.source)
            for key, ref in ((key, config.flow(key)) for spec in specs for key in spec.flows)
        }
        try:
            self._total: StackCost | None = stack_cost.estimate(specs, flows)
        except PriceNotFoundError as missing:
            if config.monthly_budget_usd is not None:
                message = f"the monthly budget cannot be checked: {missing.message}"
                error = LunoraError("LUN259", message, remedy=missing.remedy)
                raise pulumi.RunError(str(error)) from None
            pulumi.log.warn(f"the cost is not known: {missing}")
            self._total = None
        else:
            self._check(self._total, config.monthly_budget_usd)

    @property
    def summary(self) -> dict[str, Any] | None:
        """The stack output `cost`; None without prices."""
        return None if self._total is None else self._total.summary

    def of(self, name: str) -> dict[str, Any]:
        """Return what the output of the destination *name* says of its cost."""
        if self._total is None:
            return {"monthlyUsd": None}
        return {"monthlyUsd": round(self._total.destinations[name].monthly_usd, 2)}

    def _check(self, total: StackCost, budget_usd: float | None) -> None:
        for sentence in total.caveats(dt.datetime.now(dt.UTC).date()):
            pulumi.log.info(sentence)
        if budget_usd is None:
            return
        exceeded = stack_cost.budget_exceeded(total, budget_usd)
        if exceeded:
            raise pulumi.RunError(str(exceeded))
