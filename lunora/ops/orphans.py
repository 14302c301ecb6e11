"""Orphans: resources of a stack that no file declares and the state does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from catalog.channel_states import ON_AIR
from catalog.cost import HOURS_PER_MONTH, RESERVED
from catalog.prices import PriceNotFoundError, Prices, prices
from lunora.ops.inventory.kinds import KINDS
from lunora.ops.inventory.managed_resource import ManagedResource

_RUNNING = ("medialive.input.", "medialive.output.")


@dataclass(frozen=True, slots=True)
class Orphan:
    """A resource to remove.

    Attributes:
        resource: as listed in AWS.
        monthly_usd: its lowest cost per month in US dollars; None where no price is known. A
            channel on air counts as the cheapest there is.
    """

    resource: ManagedResource
    monthly_usd: float | None


def orphans(
    resources: Iterable[ManagedResource], declared: Collection[str], in_state: Collection[str]
) -> tuple[Orphan, ...]:
    """Return the *resources* without a file and outside the state.

    A resource that is used by another one that is no orphan is none either.

    Args:
        resources: everything that belongs to the stack, users before what they use.
        declared: names of destinations that have a file.
        in_state: ids, ARNs and names of everything in the state.
    """
    orphaned: dict[str, ManagedResource] = {}
    for resource in resources:
        known = resource.destination in declared or resource.id in in_state
        if not known and orphaned.keys() >= set(resource.used_by):
            orphaned[resource.id] = resource
    return tuple(Orphan(resource, _monthly(resource)) for resource in orphaned.values())


def _monthly(resource: ManagedResource) -> float | None:
    key = KINDS[resource.kind].price
    if key is None:
        return 0.0
    try:
        priced = prices(resource.region)
        if resource.state not in ON_AIR:
            figure = priced.figure(key)
            return figure.usd * (HOURS_PER_MONTH if figure.unit == "hour" else 1)
    except PriceNotFoundError:
        return None
    return sum(_cheapest(priced, part) for part in _RUNNING) * HOURS_PER_MONTH


def _cheapest(priced: Prices, part: str) -> float:
    return min(
        price.usd
        for key, price in priced.figures.items()
        if key.startswith(part) and not key.endswith(RESERVED)
    )
