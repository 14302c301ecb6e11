"""What a change does to the cost: what the stack said of itself before, and the files now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.stack_cost import StackCost
from lunora.plan.preview import Preview

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True, slots=True)
class Share:
    """One destination's cost a month in US dollars; None where there is none or none is known."""

    name: str
    before: float | None
    after: float | None

    @property
    def changes(self) -> bool:
        """Whether it costs another amount than before."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class CostDelta:
    """The cost a month in US dollars.

    Attributes:
        before: of the deployed stack; None where it does not say.
        after: of the files; None without prices.
        shares: of every destination, by name.
    """

    before: float | None
    after: float | None
    shares: tuple[Share, ...]


def cost_delta(preview: Preview, now: StackCost | None) -> CostDelta:
    """Compare the stack outputs that *preview* read with what the files cost *now*."""
    outputs = deployed_outputs(preview)
    before = _monthly(outputs.get("destinations"))
    whole = _monthly({"all": outputs.get("cost")}).get("all")
    after = {}
    if now is not None:
        after = {name: round(one.monthly_usd, 2) for name, one in now.destinations.items()}
    names = sorted(before.keys() | after.keys())
    return CostDelta(
        before=whole if outputs else 0.0,
        after=None if now is None else round(now.monthly_usd, 2),
        shares=tuple(Share(name, before.get(name), after.get(name)) for name in names),
    )


def deployed_outputs(preview: Preview) -> Mapping[str, Any]:
    """Return the outputs of the stack as it is deployed; none where it is not."""
    for step in preview.steps:
        if step.state.type == _STACK and step.old_state is not None:
            return step.old_state.outputs
    return {}


def _monthly(listed: object) -> dict[str, float]:
    found = {}
    for name, one in listed.items() if isinstance(listed, Mapping) else ():
        usd = one.get("monthlyUsd") if isinstance(one, Mapping) else None
        if isinstance(usd, int | float):
            found[str(name)] = float(usd)
    return found
