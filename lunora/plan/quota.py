"""How much of what AWS allows the files would use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.model import DestinationSpec
from catalog.quotas import quotas


@dataclass(frozen=True, slots=True)
class QuotaUsage:
    """One kind of thing.

    Attributes:
        what: what it is, for people.
        used: how many this stack would have.
        limit: how many there may be, other stacks' included.
        known: whether the account's own limit is known; the default stands in otherwise.
    """

    what: str
    used: int
    limit: int
    known: bool

    @property
    def exceeded(self) -> bool:
        """Whether this stack alone would have more than there may be."""
        return self.used > self.limit


def quota_usage(
    specs: Iterable[DestinationSpec], deployed: Mapping[str, Any]
) -> tuple[QuotaUsage, ...]:
    """Return what *specs* would use.

    Args:
        specs: all destinations.
        deployed: the stack output `quota`, which knows the account's limits; empty without.
    """
    specs = tuple(specs)
    channels = [spec for spec in specs if spec.route == "channel"]
    outputs = Counter(flow for spec in specs for flow in spec.flows for _ in spec.ingests)
    used = {
        ("channels", "channels"): len(channels),
        ("push inputs", "pushInputs"): sum(len(spec.flows) for spec in channels),
        ("outputs of the fullest flow", "flowOutputs"): max(outputs.values(), default=0),
    }
    return tuple(_room(what, kind, count, deployed) for (what, kind), count in used.items())


def _room(what: str, kind: str, used: int, deployed: Mapping[str, Any]) -> QuotaUsage:
    own = deployed.get(kind)
    limit = own.get("limit") if isinstance(own, Mapping) else None
    known = isinstance(limit, int)
    return QuotaUsage(
        what, used, limit if isinstance(limit, int) else quotas().defaults[kind], known
    )
