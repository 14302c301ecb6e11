"""Compare the resources that the files declare with the account's quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.flow_source import FlowFacts
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
    specs: Iterable[DestinationSpec],
    deployed: Mapping[str, Any],
    flows: Mapping[str, FlowFacts],
    home: str,
) -> tuple[QuotaUsage, ...]:
    """Return the quotas that *specs* use; channels and inputs have one in each region.

    Args:
        specs: all destinations.
        deployed: the stack output `quota` with the account's limits in the stack's own region;
            empty without one.
        flows: facts of the flows, by their key.
        home: the stack's own region.
    """
    specs = tuple(specs)
    channels, inputs = Counter[str](), Counter[str]()
    for spec in specs:
        if spec.route == "channel":
            region = flows[spec.flow].region if spec.flow in flows else home
            channels[region] += 1
            inputs[region] += len(spec.flows) if spec.input_type == "push" else 0
    regions = sorted({home, *channels}, key=lambda region: (region != home, region))
    usages = []
    for what, kind, counts in (
        ("channels", "channels", channels),
        ("push inputs", "pushInputs", inputs),
    ):
        for region in regions:
            title = what if len(regions) == 1 else f"{what} in {region}"
            limits = deployed if region == home else {}
            usages.append(_usage(title, kind, counts[region], limits))
    outputs = Counter(
        flow
        for spec in specs
        for flow in spec.flows
        for _ in (spec.ingests if spec.input_type == "push" else (flow,))
    )
    fullest = max(outputs.values(), default=0)
    return (*usages, _usage("outputs of the fullest flow", "flowOutputs", fullest, deployed))


def _usage(what: str, kind: str, used: int, deployed: Mapping[str, Any]) -> QuotaUsage:
    own = deployed.get(kind)
    limit = own.get("limit") if isinstance(own, Mapping) else None
    known = isinstance(limit, int)
    return QuotaUsage(
        what, used, limit if isinstance(limit, int) else quotas().defaults[kind], known
    )
