"""Checks of destinations that stream around the clock through one pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from catalog.flow_source import FlowFacts
from catalog.model import DestinationSpec
from catalog.prices import PriceNotFoundError, prices
from catalog.pricing import Pricing
from lunora.ops.doctor.check import Check
from lunora.stack import Stack


def check(stack: Stack, specs: Sequence[DestinationSpec]) -> Iterator[Check]:
    """Name always-on destinations with one pipeline, and the cost of a second one.

    Maintenance by AWS interrupts them. One pipeline is a choice, so this is no warning.
    """
    flows = {ref.key: ref.facts for ref in stack.flows}
    for spec in specs:
        always_on = spec.desired_state == "running"
        if spec.route == "channel" and always_on and spec.redundancy == "single":
            finding = (
                "always on with one pipeline, which maintenance by AWS interrupts;"
                f" `redundancy: standard` {_price(spec, flows)}"
            )
            yield Check(f"redundancy {spec.name}", "ok", finding)


def _price(spec: DestinationSpec, flows: Mapping[str, FlowFacts]) -> str:
    """Return the monthly price of a second pipeline as text."""
    if spec.flow not in flows:
        return "adds a second pipeline"
    region = flows[spec.flow].region
    second = spec.model_copy(update={"redundancy": "standard"})
    try:
        pricing = Pricing(flows, {region: prices(region)})
        usd = pricing.cost(second).monthly_usd - pricing.cost(spec).monthly_usd
    except PriceNotFoundError:
        return f"adds a second pipeline, whose price in {region} is unknown"
    return f"adds a second pipeline for ${usd:,.2f} a month"
