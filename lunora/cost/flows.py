"""Region and source of a stack's flows, for pricing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.errors import LunoraError
from catalog.flow_source import FlowFacts
from catalog.model import DestinationSpec
from catalog.stack_settings import setting
from lunora.stack import Stack


def flow_facts(stack: Stack, specs: Iterable[DestinationSpec]) -> Mapping[str, FlowFacts]:
    """Return the region and source of every flow that feeds *specs*, by its key.

    Raises:
        LunoraError: for a flow that the configuration does not have.
    """
    known = {ref.key: ref.facts for ref in stack.flows}
    for name, flow in ((spec.name, flow) for spec in specs for flow in spec.flows):
        if flow not in known:
            raise LunoraError(
                "LUN205",
                f"{name} is fed by the flow {flow}, which Pulumi.{stack.name}.yaml does not have",
                remedy=f"add it to {setting('flows')}, or name another",
            )
    return known
