"""Monthly cost of a whole stack, with its caveats, checked against the budget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog import alarms, cost, dashboard
from catalog.cost import Cost, LineItem, SharedAlarms
from catalog.errors import LunoraError
from catalog.flow_source import FlowFacts, Function
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from catalog.prices import PriceNotFoundError, Prices, caveats, prices
from catalog.pricing import NONE_ADOPTED, Pricing


@dataclass(frozen=True, slots=True)
class StackCost:
    """Cost of a stack in a month of 730 hours.

    Attributes:
        destinations: cost of each destination, by name.
        shared: billed items shared by destinations, by region.
        priced: the prices of every region used.
        unpriced: why a destination has no cost, by name; the others are counted all the same.
        unrecorded: adopted destinations whose channels' settings were not recorded.
    """

    destinations: Mapping[str, Cost]
    shared: Mapping[str, tuple[LineItem, ...]]
    priced: Mapping[str, Prices]
    unpriced: Mapping[str, PriceNotFoundError] = field(default_factory=dict)
    unrecorded: tuple[str, ...] = ()

    @property
    def monthly_usd(self) -> float:
        """US dollars a month, the sum of amounts rounded to cents."""
        shares = (round(each.monthly_usd, 2) for each in self.destinations.values())
        return self.shared_usd + sum(shares)

    @property
    def always_on_usd(self) -> float:
        """US dollars a month, if every destination ran all month."""
        shares = (round(each.always_on_usd, 2) for each in self.destinations.values())
        return self.shared_usd + sum(shares)

    @property
    def shared_usd(self) -> float:
        """US dollars a month of the shared items."""
        return sum(round(line.usd, 2) for lines in self.shared.values() for line in lines)

    @property
    def range_usd(self) -> tuple[float, float]:
        """The least and the most US dollars a month that the prices allow."""
        lines = [line for each in self.destinations.values() for line in each.lines]
        return cost.range_of([*lines, *(line for lines in self.shared.values() for line in lines)])

    @property
    def saving_percent(self) -> float:
        """Saving against always on, in percent."""
        return cost.saving_percent(self.monthly_usd, self.always_on_usd)

    @property
    def priced_as_of(self) -> dt.date | None:
        """Date of the oldest price used."""
        figures = (self.priced[r].figure(key) for r, keys in self._used.items() for key in keys)
        return min((price.date for price in figures), default=None)

    @property
    def estimate(self) -> bool:
        """True where any price used is an estimate."""
        figures = (self.priced[r].figure(key) for r, keys in self._used.items() for key in keys)
        return any(price.origin == "estimate" for price in figures)

    @property
    def summary(self) -> dict[str, Any]:
        """The stack output `cost`.

        It changes with the files and the prices, and when an event or a last day is over.
        """
        as_of = self.priced_as_of
        unpriced = {"unpriced": sorted(self.unpriced)} if self.unpriced else {}
        return {
            "monthlyUsd": round(self.monthly_usd, 2),
            "alwaysOnMonthlyUsd": round(self.always_on_usd, 2),
            "savingPercent": round(self.saving_percent, 1),
            "pricedAsOf": as_of.isoformat() if as_of else None,
            "estimate": self.estimate,
            **unpriced,
        }

    def caveats(self, today: dt.date) -> tuple[str, ...]:
        """Return the caveats of these figures on the day *today*."""
        without = (f"{name} has no cost: {why.message}" for name, why in self.unpriced.items())
        of_prices = (
            sentence
            for region, keys in sorted(self._used.items())
            for sentence in caveats(self.priced[region], keys, today)
        )
        unrecorded = (
            f"{name} was adopted before the settings of channels were recorded, and counts as its"
            " file says"
            for name in self.unrecorded
        )
        return (*without, *unrecorded, *of_prices)

    @property
    def _used(self) -> dict[str, set[str]]:
        used: dict[str, set[str]] = {}
        for destination in self.destinations.values():
            used.setdefault(destination.region, set()).update(destination.keys)
        for region, lines in self.shared.items():
            used.setdefault(region, set()).update(line.key for line in lines)
        return used


def estimate(
    specs: Iterable[DestinationSpec],
    flows: Mapping[str, FlowFacts],
    adopted: Mapping[str, ManifestEntry] = NONE_ADOPTED,
) -> StackCost:
    """Return the cost of *specs*, each at the prices of its flow's region.

    One destination or region without prices does not lose the others.

    Args:
        specs: the destinations.
        flows: facts of the flows, by their key.
        adopted: entries of the import file, by the original name of their destination.
    """
    specs = sorted(specs, key=lambda spec: spec.name)
    priced: dict[str, Prices] = {}
    pricing = Pricing(flows, priced, adopted)
    destinations: dict[str, Cost] = {}
    unpriced: dict[str, PriceNotFoundError] = {}
    unrecorded: list[str] = []
    for spec in specs:
        region, entry = flows[spec.flow].region, adopted.get(spec.original_name)
        try:
            priced[region] = prices(region)
            destinations[spec.name] = pricing.cost(spec)
        except PriceNotFoundError as error:
            unpriced[spec.name] = error
        if entry and entry.describes(spec) and entry.billed(spec) is None:
            unrecorded.append(spec.name)
    shared = dict(_shared(specs, flows, priced))
    return StackCost(destinations, shared, priced, unpriced, tuple(unrecorded))


def _shared(
    specs: Sequence[DestinationSpec],
    flows: Mapping[str, FlowFacts],
    priced: Mapping[str, Prices],
) -> Iterator[tuple[str, tuple[LineItem, ...]]]:
    used = sorted({flow for spec in specs for flow in spec.flows})
    channels = [spec for spec in specs if spec.route == "channel"]
    for number, region in enumerate(sorted(priced)):
        here = [spec for spec in specs if flows[spec.flow].region == region]
        definitions: list[alarms.AlarmDefinition] = []
        possible: list[alarms.AlarmDefinition] = []
        functions: set[Function] = set()
        composites = possible_composites = 0
        of_region = [flow for flow in used if flows[flow].region == region]
        for flow in of_region:
            fed = [spec for spec in here if flow in spec.flows]
            of_flow = alarms.flow_alarms(fed, flows[flow].source)
            analysed = alarms.flow_alarms(fed, flows[flow].source, alarms.analyses())
            definitions += of_flow.values()
            composites += alarms.needs_composite(of_flow)
            # The settings of the flow decide whether there are more.
            possible += [analysed[name] for name in analysed if name not in of_flow]
            possible_composites += alarms.needs_composite(analysed)
            possible_composites -= alarms.needs_composite(of_flow)
            functions |= flows[flow].functions
        if any(spec.schedule for spec in here):
            definitions += alarms.schedule_alarms().values()
        for function in functions:
            definitions += alarms.function_alarms(function).values()
        # Dashboards show all regions, and cost the same in each.
        dashboards = 0 if number else dashboard.pages(len(used), len(channels))
        yield (
            region,
            cost.shared_lines(
                priced[region],
                SharedAlarms(definitions, composites),
                SharedAlarms(possible, possible_composites),
                dashboards=dashboards,
                tokens=int(any(flows[flow].keeps_token for flow in of_region)),
            ),
        )


def budget_exceeded(total: StackCost, monthly_usd: float) -> LunoraError | None:
    """Return the error of a *total* above the budget of *monthly_usd*; None within it."""
    if round(total.monthly_usd, 2) <= monthly_usd:
        return None
    dearest = max(total.destinations.values(), key=lambda each: each.monthly_usd)
    return LunoraError(
        "LUN258",
        f"the destinations would cost ${total.monthly_usd:,.2f} a month, more than the"
        f" ${monthly_usd:,.2f} of monthlyBudgetUsd ({dearest.name} is the dearest with"
        f" ${dearest.monthly_usd:,.2f})",
        remedy="stop or remove some, or raise the budget",
    )
