"""Price a destination by its flow, its region and what an adopted channel keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from catalog import cost
from catalog.cost import Cost
from catalog.flow_source import FlowFacts, FlowSource
from catalog.import_manifest import BilledSettings, ManifestEntry
from catalog.model import DestinationSpec
from catalog.prices import Prices

NONE_ADOPTED: Mapping[str, ManifestEntry] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Pricing:
    """The facts that price the destinations of a stack.

    Attributes:
        flows: facts of the flows, by their key.
        prices: the prices of the flows' regions.
        adopted: entries of the import file, by the original name of their destination.
    """

    flows: Mapping[str, FlowFacts]
    prices: Mapping[str, Prices]
    adopted: Mapping[str, ManifestEntry] = field(default_factory=dict)

    def cost(
        self, spec: DestinationSpec, *, source: FlowSource | None = None, hours: float | None = None
    ) -> Cost:
        """Return the monthly cost of *spec*.

        Args:
            spec: the destination.
            source: another source than that of its flow.
            hours: billed running hours a month, instead of what *spec* declares.

        Raises:
            PriceNotFoundError: when a figure that it needs is missing.
        """
        facts = self.flows[spec.flow]
        return cost.estimate(
            spec,
            self.prices[facts.region],
            source or facts.source,
            hours=hours,
            billed=self.billed(spec),
            measured_mbps=facts.measured_mbps,
        )

    def monthly_usd(self, spec: DestinationSpec, hours: float) -> float:
        """Return the monthly cost of *spec* with so many running hours, in US dollars.

        Raises:
            PriceNotFoundError: when a figure that it needs is missing.
        """
        facts = self.flows[spec.flow]
        lines = cost.lines(
            spec,
            self.prices[facts.region],
            facts.source,
            hours=hours,
            billed=self.billed(spec),
            measured_mbps=facts.measured_mbps,
        )
        return sum(line.usd for line in lines)

    def billed(self, spec: DestinationSpec) -> BilledSettings | None:
        """Return what an adopted channel keeps; None where the file of *spec* decides."""
        entry = self.adopted.get(spec.original_name)
        return entry.billed(spec) if entry else None
