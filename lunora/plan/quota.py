"""Compare the resources that the files declare with the account's quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.model import DestinationSpec
from catalog.quotas import quotas


@dataclass(frozen=True, slots=True)
class QuotaUsage:
    """Use of one quota.

    Attributes:
        what: the kind of resource, for people.
        used: number of resources of this stack.
        limit: the quota, other stacks' resources included.
        known: whether the limit is the account's own; else it is the default.
    """

    what: str
    used: int
    limit: int
    known: bool

    @property
    def exceeded(self) -> bool:
        """True where this stack alone exceeds the quota."""
        return self.used > self.limit


def quota_usage(
    specs: Iterable[DestinationSpec], deployed: Mapping[str, Any]
) -> tuple[QuotaUsage, ...]:
    """Return the quotas that *specs* use.

    Args:
        specs: all destinations.
        deployed: the stack output `quota` with the account's limits; empty without one.
    """
    specs = tuple(specs)
    channels = [spec for spec in specs if spec.route == "channel"]
    outputs = Counter(flow for spec in specs for flow in spec.flows for _ in spec.ingests)
    used = {
        ("channels", "channels"): len(channels),
        ("push inputs", "pushInputs"): sum(len(spec.flows) for spec in channels),
        ("outputs of the fullest flow", "flowOutputs"): max(outputs.values(), default=0),
    }
    return tuple(_usage(what, kind, count, deployed) for (what, kind), count in used.items())


def _usage(what: str, kind: str, used: int, deployed: Mapping[str, Any]) -> QuotaUsage:
    own = deployed.get(kind)
    limit = own.get("limit") if isinstance(own, Mapping) else None
    known = isinstance(limit, int)
    return QuotaUsage(
        what, used, limit if isinstance(limit, int) else quotas().defaults[kind], known
    )
