"""Checks of the alarms of destinations, of flows, and of what destinations share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog import alarms, import_manifest, names
from catalog.import_manifest import ImportFileError, ManifestEntry
from catalog.model import DestinationSpec
from lunora.ops.channels import stack_channels
from lunora.ops.doctor.check import Check
from lunora.ops.flows import Flow, flow
from lunora.ops.inventory import monitoring as inventory
from lunora.stack import Stack


@dataclass(frozen=True, slots=True)
class _Monitored:
    """A subject of alarms.

    Attributes:
        name: its name for people.
        region: the region of its alarms.
        alarms: the names that they should have.
    """

    name: str
    region: str
    alarms: frozenset[str]


def monitoring(stack: Stack, specs: Sequence[DestinationSpec], project: Path) -> Iterator[Check]:
    """Check that what was deployed has the alarms of its files."""
    try:
        adopted = import_manifest.load(import_manifest.path(project, stack.name))
    except ImportFileError:
        return  # `drift` names it
    flows = {ref.key: flow(stack.aws(ref.region).mediaconnect, ref) for ref in stack.flows}
    deployed = _deployed(stack, specs, flows)
    actual = {region: _names(stack, region) for region in stack.regions}
    for subject in (
        *_destinations(stack, deployed, adopted),
        *_flows(stack, specs, deployed, flows),
        *_regions(stack, deployed),
    ):
        missing = sorted(subject.alarms - actual[subject.region])
        about = f"monitoring {subject.name}"
        if missing:
            reason = f"{', '.join(missing)} missing; run `pulumi up --refresh`"
            yield Check(about, "warning", reason)
        else:
            yield Check(about, "ok", f"{len(subject.alarms)} alarms are there")


def _deployed(
    stack: Stack, specs: Sequence[DestinationSpec], flows: Mapping[str, Flow]
) -> tuple[DestinationSpec, ...]:
    """Return those of *specs* that have a channel, or the output of a flow alone."""
    channels = {channel.destination for channel in stack_channels(stack)}
    return tuple(
        spec
        for spec in specs
        if (
            spec.name in channels
            if spec.route == "channel"
            else spec.flow in flows
            and flows[spec.flow].output(stack.physical_name(spec.original_name))
        )
    )


def _destinations(
    stack: Stack, specs: Sequence[DestinationSpec], adopted: Mapping[str, ManifestEntry]
) -> Iterator[_Monitored]:
    for spec in specs:
        physical_name, region = stack.physical_name(spec.original_name), stack.region_of(spec.flow)
        if spec.route == "channel":
            source = stack.sources.get(spec.flow, alarms.DEFAULT_SOURCE)
            parts = alarms.metric_names(adopted.get(spec.original_name), spec, source)
            declared = alarms.channel_alarm_names(physical_name, spec, parts) | {physical_name}
        else:
            declared = _prefixed(physical_name, alarms.output_alarms(spec))
        if declared:
            yield _Monitored(spec.name, region, declared)


def _flows(
    stack: Stack,
    specs: Sequence[DestinationSpec],
    deployed: Sequence[DestinationSpec],
    flows: Mapping[str, Flow],
) -> Iterator[_Monitored]:
    for key, live in flows.items():
        if any(key in spec.flows for spec in deployed):
            fed = [spec for spec in specs if key in spec.flows]
            definitions = alarms.flow_alarms(fed, live.declared, live.analyses)
            physical_name = stack.physical_name(f"flow-{key}")
            declared = alarms.flow_alarm_names(physical_name, definitions)
            yield _Monitored(f"flow {key}", live.region, declared)


def _regions(stack: Stack, specs: Sequence[DestinationSpec]) -> Iterator[_Monitored]:
    """Yield the schedules and the functions of each region that has destinations."""
    prefix = names.stack_name(stack.project, stack.name)
    for region in stack.regions:
        here = [spec for spec in specs if stack.region_of(spec.flow) == region]
        used = [ref for ref in stack.flows if any(ref.key in spec.flows for spec in here)]
        declared: frozenset[str] = frozenset()
        if any(spec.schedule for spec in here):
            declared |= _prefixed(prefix, alarms.schedule_alarms())
        for function in {function for ref in used for function in ref.functions}:
            declared |= _prefixed(prefix, alarms.function_alarms(function))
        if declared:
            yield _Monitored(region, region, declared)


def _prefixed(prefix: str, definitions: Mapping[str, alarms.AlarmDefinition]) -> frozenset[str]:
    return frozenset(f"{prefix}-{name}" for name in definitions)


def _names(stack: Stack, region: str) -> frozenset[str]:
    """Return the names of the alarms of a region that begin like the stack's."""
    return frozenset(inventory.alarm_names(stack, region))
