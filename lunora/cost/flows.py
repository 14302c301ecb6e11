"""Region and source of a stack's flows, for pricing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.flow_source import FlowFacts
from catalog.model import DestinationSpec
from lunora.stack import Stack, StackError


def flow_facts(stack: Stack, specs: Iterable[DestinationSpec]) -> Mapping[str, FlowFacts]:
    """Return the region and source of every flow that feeds *specs*, by its key.

    Raises:
        StackError: for a flow that the configuration does not have.
    """
    known = {ref.key: FlowFacts(ref.region, ref.source) for ref in stack.flows}
    for name, flow in ((spec.name, flow) for spec in specs for flow in spec.flows):
        if flow not in known:
            raise StackError(
                f"{name} is fed by the flow {flow}, which Pulumi.{stack.name}.yaml does"
                f" not have; add it to {stack.project}:flows, or name another"
            )
    return known
