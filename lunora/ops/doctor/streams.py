"""Checks of flows, schedules, flow outputs, and of destinations against their files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from catalog import channel_states, import_manifest, names, scheduler_expressions
from catalog.import_manifest import ImportFileError
from catalog.model import DestinationSpec
from lunora.ops.channels import channels, stack_channels
from lunora.ops.desired_state import expected
from lunora.ops.doctor.check import Check
from lunora.ops.drift import DestinationDeclaration, differences
from lunora.ops.flow_status import flow_status
from lunora.ops.flows import flow
from lunora.ops.inventory import media
from lunora.stack import Stack
from provider.aws_errors import error_code
from provider.ownership import in_same_stack


def flows(stack: Stack, now: dt.datetime) -> Iterator[Check]:
    """Check that each flow exists, streams, and has free outputs."""
    for ref in stack.flows:
        status = flow_status(stack, ref, now)
        usage = f"{status.name} has {len(status.outputs)} of {status.outputs_limit} outputs"
        finding = f"{status.name}: {status.reason}" if status.reason else usage
        yield Check("flow", status.severity, finding)


def schedules(stack: Stack, specs: Sequence[DestinationSpec]) -> Iterator[Check]:
    """Check that EventBridge Scheduler has the schedules of the files."""
    group = names.stack_name(stack.project, stack.name)
    for spec in specs:
        if spec.schedule is None:
            continue
        desired = scheduler_expressions.schedule_names(spec)
        actual = _schedules(stack, stack.region_of(spec.flow), group)
        missing = sorted(desired - actual.keys())
        state = "DISABLED" if spec.state == "stopped" else "ENABLED"
        wrong = sorted(name for name in desired & actual.keys() if actual[name] != state)
        about = f"schedule {spec.name}"
        if missing:
            reason = f"{', '.join(missing)} missing; run `pulumi up --refresh`"
            yield Check(about, "critical", reason)
        elif wrong:
            reason = f"{', '.join(wrong)} should be {state}; run `pulumi up --refresh`"
            yield Check(about, "critical", reason)
        else:
            yield Check(about, "ok", f"{len(desired)} schedules are {state}")


def outputs(stack: Stack, specs: Sequence[DestinationSpec], now: dt.datetime) -> Iterator[Check]:
    """Check that flow outputs are enabled as their files declare; `drift` names missing ones."""
    flows = {ref.key: flow(stack.aws(ref.region).mediaconnect, ref) for ref in stack.flows}
    names_of = {channel.destination: channel.outputs for channel in stack_channels(stack)}
    for spec in specs:
        usual = names.parts(stack.project, stack.name, spec, None).outputs
        called = names_of.get(spec.name, usual) if spec.route == "channel" else usual[:1]
        there = [
            output
            for key in spec.flows
            if key in flows
            for name in called
            if (output := flows[key].output(name))
        ]
        declared = {"running": "ENABLED", "stopped": "DISABLED"}.get(expected(spec, now) or "")
        wrong = [output.status for output in there if declared not in {output.status, None}]
        about = f"output {spec.name}"
        if wrong:
            verb = "start" if declared == "ENABLED" else "stop"
            reason = f"{wrong[0]} and should be {declared}; run `lunora {verb} {spec.name}`"
            yield Check(about, "warning", reason)
        elif there:
            yield Check(about, "ok", f"{len(there)} of {len(there)} are as its file says")


def drift(stack: Stack, specs: Sequence[DestinationSpec], project: Path) -> Iterator[Check]:
    """Check that each destination has its resources, and that they are as its file declares."""
    try:
        kept = import_manifest.load(import_manifest.path(project, stack.name))
    except ImportFileError as error:
        yield Check("drift", "critical", str(error))
        return
    regions = {region: _InRegion(stack, region) for region in stack.regions}
    outputs = _outputs(stack)
    for spec in specs:
        declaration = DestinationDeclaration(stack, spec, kept.get(spec.original_name))
        yield _checked(declaration, regions[stack.region_of(spec.flow)], outputs)


class _InRegion:
    """Resources of a stack in a region."""

    def __init__(self, stack: Stack, region: str) -> None:
        self._aws = stack.aws(region)
        medialive: Any = self._aws.medialive
        pages = medialive.get_paginator("list_inputs").paginate()
        self.channels = {
            channel.destination: channel
            for channel in channels(medialive, stack.tags)
            if channel.state not in channel_states.DELETED
        }
        inputs = [
            listed
            for page in pages
            for listed in page["Inputs"]
            if listed["State"] not in channel_states.DELETED
        ]
        # Of several inputs of one name, the stack's is the last.
        inputs.sort(key=lambda listed: in_same_stack(listed.get("Tags", {}), stack.tags))
        self.inputs = {listed.get("Name", ""): listed["Id"] for listed in inputs}

        self._parameters = frozenset(media.parameter_names(stack, region))

    def parameter_exists(self, name: str) -> bool:
        """Return whether the SSM parameter *name* exists, without reading its value."""
        # A file may name a parameter that is not of the stack.
        filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        ssm = self._aws.client("ssm")
        return name in self._parameters or bool(
            ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
        )

    def differences(self, declaration: DestinationDeclaration) -> tuple[str, ...]:
        """Return the differences of the channel from its declaration; none without a channel."""
        channel = self.channels.get(declaration.spec.name)
        if channel is None or declaration.spec.route == "flow":
            return ()
        medialive = self._aws.medialive
        live = medialive.describe_channel(ChannelId=channel.id)
        shape = medialive.meta.service_model.operation_model("DescribeChannel").output_shape
        phrases = differences(declaration, live, self.inputs, shape)
        return tuple(channel.mask(phrase) for phrase in phrases)


def _checked(
    declaration: DestinationDeclaration, region: _InRegion, outputs: Mapping[str, frozenset[str]]
) -> Check:
    about = f"drift {declaration.spec.name}"
    missing, command = list(_missing(declaration, region, outputs)), "pulumi up"
    if declaration.parameter and not region.parameter_exists(declaration.parameter):
        missing.append(f"parameter {declaration.parameter}")
        # A run without --refresh takes the resources of pulumi-aws for those in its state.
        command = "pulumi up --refresh"
    if missing:
        return Check(about, "critical", f"{', '.join(missing)} missing; run `{command}`")
    if phrases := region.differences(declaration):
        more = f" and {len(phrases) - 1} more" if len(phrases) > 1 else ""
        return Check(about, "warning", f"{phrases[0]}{more}; run `pulumi up`")
    return Check(about, "ok", "it is as its file says")


def _missing(
    declaration: DestinationDeclaration, region: _InRegion, outputs: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    """Yield the missing resources of our provider, each with its kind and name."""
    spec, parts = declaration.spec, declaration.parts
    if spec.route == "channel" and spec.name not in region.channels:
        yield f"channel {parts.channel}"
    for name in declaration.inputs:
        if name not in region.inputs:
            yield f"input {name}"
    for flow_key in spec.flows:
        for name in parts.outputs:
            if name not in outputs.get(flow_key, frozenset()):
                yield f"flow output {name} of {flow_key}"


def _outputs(stack: Stack) -> dict[str, frozenset[str]]:
    """Return the names of the outputs of each flow, by its key."""
    described = [flow(stack.aws(ref.region).mediaconnect, ref) for ref in stack.flows]
    return {live.key: frozenset(output.name for output in live.outputs) for live in described}


def _schedules(stack: Stack, region: str, group: str) -> dict[str, str]:
    pages = stack.aws(region).client("scheduler").get_paginator("list_schedules")
    try:
        return {
            schedule["Name"]: schedule["State"]
            for page in pages.paginate(GroupName=group)
            for schedule in page["Schedules"]
        }
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return {}
        raise
