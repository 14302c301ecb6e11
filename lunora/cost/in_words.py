"""The price of one destination in words."""

from __future__ import annotations

from catalog import stack_cost
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from lunora.cost.flows import flow_facts
from lunora.stack import Stack


def price(stack: Stack, spec: DestinationSpec) -> str:
    """Return what *spec* costs a month; empty where there are no prices, as `lunora cost` says."""
    try:
        total = stack_cost.estimate((spec,), flow_facts(stack, (spec,)))
    except LunoraError:
        return ""
    cost = total.destinations.get(spec.name)
    if cost is None:
        return ""
    return f"about ${cost.monthly_usd:,.0f} a month, ${cost.always_on_usd:,.0f} always on"
