"""Checks of the alarms of channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog import alarms, import_manifest, names
from catalog.import_manifest import ImportFileError
from catalog.model import DestinationSpec
from lunora.ops.channels import stack_channels
from lunora.ops.doctor.check import Check
from lunora.ops.inventory import monitoring as inventory
from lunora.stack import Stack


def monitoring(stack: Stack, specs: Sequence[DestinationSpec], project: Path) -> Iterator[Check]:
    """Check that channels have the alarms of their files."""
    try:
        adopted = import_manifest.load(import_manifest.path(project, stack.name))
    except ImportFileError:
        return  # `drift` names it
    actual = {region: _names(stack, region) for region in stack.regions}
    sources = {ref.key: ref.source for ref in stack.flows}
    deployed = {channel.destination for channel in stack_channels(stack)}
    for spec in specs:
        if spec.name not in deployed or spec.route == "flow":
            continue
        physical_name = names.physical_name(stack.project, stack.name, spec.original_name)
        source = sources.get(spec.flow, alarms.DEFAULT_SOURCE)
        parts = alarms.metric_names(adopted.get(spec.original_name), spec, source)
        declared = {
            *alarms.channel_alarm_names(physical_name, spec, parts),
            physical_name,
        }
        missing = sorted(declared - actual[stack.region_of(spec.flow)])
        about = f"monitoring {spec.name}"
        if missing:
            reason = f"{', '.join(missing)} missing; run `pulumi up --refresh`"
            yield Check(about, "warning", reason)
        else:
            yield Check(about, "ok", f"{len(declared)} alarms are there")


def _names(stack: Stack, region: str) -> frozenset[str]:
    """Return the names of the alarms of a region that begin like the stack's."""
    return frozenset(inventory.alarm_names(stack, region))
