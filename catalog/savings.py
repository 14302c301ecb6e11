"""Savings by `route: flow` instead of a channel."""

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
    """A destination that may do without a channel.

    Attributes:
        name: the destination.
        monthly_usd: US dollars a month with its channel.
        without_channel_usd: US dollars a month with `route: flow`.
    """

    name: str
    monthly_usd: float
    without_channel_usd: float

    @property
    def saving_usd(self) -> float:
        """US dollars a month that `route: flow` saves."""
        return self.monthly_usd - self.without_channel_usd

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
    """Yield destinations that use no feature of their channel, the greatest saving first.

    Key frames, audio and profile of a source are unknown, so a person has to try each.
    """
    candidates = [
        Suggestion(
            spec.name,
            cost.estimate(spec, priced[facts.region], facts.source).monthly_usd,
            cost.estimate(_without_channel(spec), priced[facts.region], facts.source).monthly_usd,
        )
        for spec, facts in ((spec, flows[spec.flow]) for spec in specs if _needs_no_channel(spec))
        if source_fits(spec, facts.source) is None
    ]
    savings = [each for each in candidates if each.saving_usd > 0]
    yield from sorted(savings, key=lambda each: each.saving_usd, reverse=True)


def _needs_no_channel(spec: DestinationSpec) -> bool:
    doubled = spec.redundancy == "standard" or spec.backup_flow is not None
    return spec.route == "channel" and not doubled


def _without_channel(spec: DestinationSpec) -> DestinationSpec:
    return spec.model_copy(update={"route": "flow", "preset": None})
