"""The estimated cost in the stack's outputs, and the guard of its budget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from catalog import stack_cost
from catalog.errors import LunoraError
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from catalog.pricing import NONE_ADOPTED
from components.errors import refuse
from components.stack_config import StackConfig


class CostEstimate:
    """The cost of all destinations as their files declare them.

    With a destination that has no price, a stack without a budget deploys with a warning; one with
    a budget does not deploy.

    Raises:
        LunoraError: when the budget is exceeded or cannot be checked.
    """

    def __init__(
        self,
        config: StackConfig,
        specs: Iterable[DestinationSpec],
        adopted: Mapping[str, ManifestEntry] = NONE_ADOPTED,
    ) -> None:
        specs = tuple(specs)
        settings = config.settings
        flows = {key: settings.flow_facts(config.flow(key)) for spec in specs for key in spec.flows}
        budget_usd = settings.monthly_budget_usd
        self._total = stack_cost.estimate(specs, flows, adopted)
        for name, error in self._total.unpriced.items():
            if budget_usd is not None:
                message = f"the monthly budget cannot be checked: {name}: {error.message}"
                raise LunoraError("LUN259", message, remedy=error.remedy)
            pulumi.log.warn(f"the cost of {name} is not known: {error}")
        for caveat in self._total.caveats(dt.datetime.now(dt.UTC).date()):
            pulumi.log.info(caveat)
        if budget_usd is not None:
            refuse(stack_cost.budget_exceeded(self._total, budget_usd))

    @property
    def summary(self) -> dict[str, Any]:
        """The stack output `cost`."""
        return self._total.summary

    def of(self, name: str) -> dict[str, Any]:
        """Return the cost in the output of the destination *name*."""
        cost = self._total.destinations.get(name)
        return {"monthlyUsd": None if cost is None else round(cost.monthly_usd, 2)}
