"""What belongs to a stack but is in no file and in no state: it costs and nobody knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from catalog.cost import HOURS_PER_MONTH
from catalog.prices import PriceNotFoundError, Prices, prices
from lunora.ops.inventory.kinds import KINDS
from lunora.ops.inventory.managed_resource import ManagedResource
from provider.channel_lifecycle import RUNNING

_RUNNING = ("medialive.input.", "medialive.output.")


@dataclass(frozen=True, slots=True)
class Orphan:
    """One thing to remove.

    Attributes:
        thing: what it is.
        monthly_usd: what it costs a month at the least, in US dollars; None where no price is
            known. A channel on air counts as the cheapest there is.
    """

    thing: ManagedResource
    monthly_usd: float | None


def orphans(
    found: Iterable[ManagedResource], declared: Collection[str], held: Collection[str]
) -> tuple[Orphan, ...]:
    """Return what of *found* belongs to no file in *declared* and to nothing *held* in the state.

    What something that is no orphan uses is none either.

    Args:
        found: everything that belongs to the stack; what uses something comes before it.
        declared: names of destinations that have a file.
        held: ids, ARNs and names of everything in the state.
    """
    lost: dict[str, ManagedResource] = {}
    for one in found:
        known = one.destination in declared or one.id in held
        if not known and lost.keys() >= set(one.used_by):
            lost[one.id] = one
    return tuple(Orphan(one, _monthly(one)) for one in lost.values())


def _monthly(one: ManagedResource) -> float | None:
    key = KINDS[one.kind].price
    if key is None:
        return 0.0
    try:
        priced = prices(one.region)
        if one.state not in RUNNING:
            figure = priced.figure(key)
            return figure.usd * (HOURS_PER_MONTH if figure.unit == "hour" else 1)
    except PriceNotFoundError:
        return None
    return sum(_cheapest(priced, part) for part in _RUNNING) * HOURS_PER_MONTH


def _cheapest(priced: Prices, part: str) -> float:
    return min(one.usd for key, one in priced.figures.items() if key.startswith(part))
