"""What carries a stack's tags but is in no file and in no state: it costs and nobody knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from catalog.cost import HOURS_PER_MONTH
from catalog.prices import NoPrice, Prices, prices
from lunora.ops.belongings import Belonging
from lunora.ops.channels import ON_AIR

# What each is billed by while it does nothing.
_IDLE = {"channel": "medialive.idle-channel", "input": "medialive.idle-push-input"}
_RUNNING = ("medialive.input.", "medialive.output.")


@dataclass(frozen=True, slots=True)
class Orphan:
    """One thing to remove.

    Attributes:
        thing: what it is.
        monthly_usd: what it costs a month at the least, in US dollars; None where no price is
            known. A channel on air counts as the cheapest there is.
    """

    thing: Belonging
    monthly_usd: float | None


def orphans(
    found: Iterable[Belonging], declared: Collection[str], held: Collection[str]
) -> tuple[Orphan, ...]:
    """Return what of *found* belongs to no file in *declared* and to nothing *held* in the state.

    A security group that lets in an input which is no orphan is none either.

    Args:
        found: everything that carries the stack's tags.
        declared: names of destinations that have a file.
        held: ids, ARNs and names of everything in the state.
    """
    lost = [one for one in found if one.destination not in declared and one.id not in held]
    ids = {one.id for one in lost}
    return tuple(Orphan(one, _monthly(one)) for one in lost if ids.issuperset(one.used_by))


def _monthly(one: Belonging) -> float | None:
    if one.kind not in _IDLE:
        return 0.0
    try:
        priced = prices(one.region)
        if one.state not in ON_AIR:
            return priced.figure(_IDLE[one.kind]).usd * HOURS_PER_MONTH
    except NoPrice:
        return None
    return sum(_cheapest(priced, part) for part in _RUNNING) * HOURS_PER_MONTH


def _cheapest(priced: Prices, part: str) -> float:
    return min(one.usd for key, one in priced.figures.items() if key.startswith(part))
