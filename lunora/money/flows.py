"""What a stack's configuration says of its flows, for pricing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.model import DestinationSpec
from catalog.source import FlowFacts
from lunora.stack import Stack, StackError


def flow_facts(stack: Stack, specs: Iterable[DestinationSpec]) -> Mapping[str, FlowFacts]:
    """Return the region and source of every flow that feeds *specs*, by its key.

    Raises:
        StackError: for a flow that the configuration does not have.
    """
    known = {ref.key: FlowFacts(ref.region, ref.source) for ref in stack.flows}
    for spec in specs:
        if spec.flow not in known:
            raise StackError(
                f"{spec.name} is fed by the flow {spec.flow}, which Pulumi.{stack.name}.yaml does"
                f" not have; add it to {stack.project}:flows, or name another"
            )
    return known
