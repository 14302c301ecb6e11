"""The flows that feed the stack's destinations, looked up before anything is built."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from components import lookups
from components.lookups import Flow
from components.region_providers import RegionProviders
from components.stack_config import StackConfig


@dataclass(frozen=True, slots=True)
class StackFlow:
    """One flow.

    Attributes:
        key: its key in destination files.
        flow: the flow in MediaConnect.
        source: the stream that it carries.
        region_providers: the providers of its region.
        specs: the destinations that it feeds.
    """

    key: str
    flow: Flow
    source: FlowSource
    region_providers: RegionProviders
    specs: tuple[DestinationSpec, ...]


class StackFlows:
    """The flows that destination files name, and the providers of their regions.

    Raises:
        LunoraError: when the configuration or AWS lacks a flow.
    """

    def __init__(self, config: StackConfig, specs: Iterable[DestinationSpec]) -> None:
        self.specs = tuple(specs)
        self.regions: dict[str, RegionProviders] = {}
        keys = sorted({key for spec in self.specs for key in spec.flows})
        self.by_key = {key: self._look_up(config, key) for key in keys}
        self.home = self._region(config, config.settings.region)

    @property
    def account(self) -> str | None:
        """The account of the flows; None without any."""
        return next((flow.flow.account for flow in self.by_key.values()), None)

    def of(self, spec: DestinationSpec) -> StackFlow:
        """Return the flow that feeds *spec*."""
        return self.by_key[spec.flow]

    def _look_up(self, config: StackConfig, key: str) -> StackFlow:
        settings = config.flow(key)
        region_providers = self._region(config, config.flow_region(key))
        flow = lookups.get_flow(
            name=settings.name, arn=settings.arn, provider=region_providers.livestream
        )
        specs = tuple(spec for spec in self.specs if key in spec.flows)
        return StackFlow(key, flow, settings.source, region_providers, specs)

    def _region(self, config: StackConfig, region: str) -> RegionProviders:
        if region not in self.regions:
            settings = config.settings
            self.regions[region] = RegionProviders(
                region,
                endpoint=settings.endpoint,
                settings=settings.aws,
                dry_run=settings.dry_run,
            )
        return self.regions[region]
