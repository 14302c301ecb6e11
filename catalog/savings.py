"""Which destinations could do without a channel, and what that would save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalog import cost
from catalog.flow_source import FlowFacts
from catalog.model import DestinationSpec
from catalog.prices import Prices
from catalog.rules.flow import source_fits


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A destination whose flow could send its stream by itself.

    Attributes:
        name: the destination.
        monthly_usd: US dollars a month as it is.
        without_channel_usd: likewise with `route: flow`.
    """

    name: str
    monthly_usd: float
    without_channel_usd: float

    def __str__(self) -> str:
        return (
            f"{self.name}: with `route: flow`, ${self.without_channel_usd:,.0f} a month instead of"
            f" ${self.monthly_usd:,.0f}, if its source already is what its platform takes"
        )


def suggestions(
    specs: Iterable[DestinationSpec],
    flows: Mapping[str, FlowFacts],
    priced: Mapping[str, Prices],
) -> Iterator[Suggestion]:
    """Yield those that use nothing which only a channel does, the greatest saving first.

    Whether key frames, audio and profile suit the platform is not known of a source, so each is
    for a person to try.
    """
    found = [
        Suggestion(
            spec.name,
            cost.estimate(spec, priced[facts.region], facts.source).monthly_usd,
            cost.estimate(_passed_on(spec), priced[facts.region], facts.source).monthly_usd,
        )
        for spec, facts in ((spec, flows[spec.flow]) for spec in specs if _needs_no_channel(spec))
        if source_fits(spec, facts.source) is None
    ]
    saving = [one for one in found if one.without_channel_usd < one.monthly_usd]
    yield from sorted(saving, key=lambda one: one.without_channel_usd - one.monthly_usd)


def _needs_no_channel(spec: DestinationSpec) -> bool:
    doubled = spec.redundancy == "standard" or spec.backup_flow is not None
    return spec.route == "channel" and not doubled


def _passed_on(spec: DestinationSpec) -> DestinationSpec:
    return spec.model_copy(update={"route": "flow", "preset": None})
