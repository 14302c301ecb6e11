"""Compare the cost of the deployed stack with the cost of the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.stack_cost import StackCost
from lunora.plan.preview import Preview

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True, slots=True)
class Share:
    """Cost of one destination a month in US dollars; None without a known cost."""

    name: str
    before: float | None
    after: float | None

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
        shares: cost of every destination, by name.
    """

    before: float | None
    after: float | None
    shares: tuple[Share, ...]


def cost_delta(preview: Preview, now: StackCost | None) -> CostDelta:
    """Compare the stack outputs that *preview* read with what the files cost *now*."""
    outputs = deployed_outputs(preview)
    before = _monthly(outputs.get("destinations"))
    total = _monthly({"all": outputs.get("cost")}).get("all")
    after = {}
    if now is not None:
        after = {name: round(cost.monthly_usd, 2) for name, cost in now.destinations.items()}
    names = sorted(before.keys() | after.keys())
    return CostDelta(
        before=total if outputs else 0.0,
        after=None if now is None else round(now.monthly_usd, 2),
        shares=tuple(Share(name, before.get(name), after.get(name)) for name in names),
    )


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
