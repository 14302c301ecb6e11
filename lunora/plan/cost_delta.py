"""Compare the cost of the deployed stack with the cost of the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.cost import HOURS_PER_MONTH, Cost
from catalog.forecast import Month
from catalog.stack_cost import StackCost
from lunora.plan.preview import Preview

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True, slots=True)
class Share:
    """Cost of one destination a month in US dollars; None without a known cost.

    Attributes:
        name: the destination.
        before: as deployed.
        after: by its file.
        least: the least of *after* that its prices allow.
        most: the most of it.
    """

    name: str
    before: float | None
    after: float | None
    least: float | None = None
    most: float | None = None

    @property
    def changes(self) -> bool:
        """True where the cost differs from the one before."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class CostDelta:
    """The cost a month in US dollars.

    Attributes:
        before: cost of the deployed stack; None where its outputs have none.
        after: cost of the files; None without prices.
        least: the least of *after* that the prices allow; None without prices.
        most: the most of it.
        shares: cost of every destination, by name.
    """

    before: float | None
    after: float | None
    least: float | None
    most: float | None
    shares: tuple[Share, ...]

    def forecast(self, month: Month) -> float | None:
        """Return the cost of *month*: as deployed until now, by the files from now on."""
        if self.before is None or self.after is None:
            return None
        hours = self.before * month.hours_so_far + self.after * month.hours_left
        return hours / HOURS_PER_MONTH


def cost_delta(preview: Preview, now: StackCost | None) -> CostDelta:
    """Compare the stack outputs that *preview* read with what the files cost *now*."""
    outputs = deployed_outputs(preview)
    before = _monthly(outputs.get("destinations"))
    total = _monthly({"all": outputs.get("cost")}).get("all")
    after = {} if now is None else now.destinations
    least, most = (None, None) if now is None else now.range_usd
    names = sorted(before.keys() | after.keys())
    return CostDelta(
        before=total if outputs else 0.0,
        after=None if now is None else round(now.monthly_usd, 2),
        least=least,
        most=most,
        shares=tuple(_share(name, before.get(name), after.get(name)) for name in names),
    )


def _share(name: str, before: float | None, cost: Cost | None) -> Share:
    if cost is None:
        return Share(name, before, None)
    return Share(name, before, round(cost.monthly_usd, 2), *cost.range_usd)


def deployed_outputs(preview: Preview) -> Mapping[str, Any]:
    """Return the outputs of the deployed stack; none without a deployment."""
    for step in preview.steps:
        if step.state.type == _STACK and step.old_state is not None:
            return step.old_state.outputs
    return {}


def _monthly(summaries: object) -> dict[str, float]:
    costs = {}
    for name, cost in summaries.items() if isinstance(summaries, Mapping) else ():
        usd = cost.get("monthlyUsd") if isinstance(cost, Mapping) else None
        if isinstance(usd, int | float):
            costs[str(name)] = float(usd)
    return costs
