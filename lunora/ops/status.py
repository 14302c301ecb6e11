"""Status of all destinations of a stack: their files, AWS and CloudWatch put together."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from catalog import names
from catalog.model import DestinationSpec
from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.channels import Channel
from lunora.ops.desired_state import expected
from lunora.ops.errors import require_known
from lunora.ops.flow_destination import FlowDestination
from lunora.ops.flows import Flow
from lunora.ops.health import DestinationObservation, Health, HealthState, Severity, evaluate
from lunora.ops.observation import StackObservation, collect
from lunora.ops.selection import Selection, tags_of
from lunora.stack import Stack


@dataclass(frozen=True, slots=True)
class DestinationStatus:
    """One destination.

    Attributes:
        observation: its file, its resources in AWS and their metrics.
        health: the evaluation of these.
    """

    observation: DestinationObservation
    health: Health

    @property
    def name(self) -> str:
        """The destination's name."""
        return self.observation.name

    @property
    def platform(self) -> str:
        """Its platform."""
        spec, resource = self.observation.spec, self.observation.channel or self.observation.direct
        return spec.platform if spec else resource.platform if resource else "?"

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags that its resources carry in AWS."""
        resource = self.observation.channel or self.observation.direct
        return resource.tags if resource else {}

    def document(self) -> dict[str, Any]:
        """Return the status as `lunora status --json` and the HTTP API show it."""
        observation, health, channel = self.observation, self.health, self.observation.channel
        flow, backup = observation.flow, observation.backup
        metrics = observation.metrics or ChannelMetrics()
        without_channel = 0 if observation.route == "flow" else 1
        return {
            "name": observation.name,
            "platform": self.platform,
            "route": observation.route,
            "condition": health.condition,
            "severity": health.severity,
            "reason": health.reason,
            "since": health.since,
            "declared": observation.declared,
            "expected": observation.expected,
            "channel_id": channel.id if channel else None,
            "channel_state": channel.state if channel else None,
            "pipelines": channel.pipelines if channel else without_channel,
            "pipelines_running": channel.pipelines_running if channel else 0,
            "flow": flow.name if flow else None,
            "flow_state": flow.state if flow else None,
            "flow_output": observation.output_status(flow),
            "backup": backup.name if backup else None,
            "backup_state": backup.state if backup else None,
            "on_backup": None if metrics.on_primary is None else not metrics.on_primary,
            "frames_in": metrics.frames_in,
            "megabits_out": metrics.megabits_out,
            "recording_outputs": metrics.recording_outputs,
            "dropped_frames": metrics.dropped_frames,
            "alerts": observation.alerts,
            "maintenance": observation.maintenance,
        }


@dataclass(frozen=True, slots=True)
class Overview:
    """All destinations at one time.

    Attributes:
        project: the Pulumi project.
        stack: the stack.
        at: the time.
        severity: the worst of all destinations.
        summary: one line, for example `2 live, 1 failed`.
        destinations: by name.
        errors: parts of AWS that could not be read, one message each.
    """

    project: str
    stack: str
    at: dt.datetime
    severity: Severity
    summary: str
    destinations: tuple[DestinationStatus, ...]
    errors: tuple[str, ...]


def overview(
    stack: Stack,
    specs: Sequence[DestinationSpec] | None,
    now: dt.datetime,
    *,
    reads_keys: bool = False,
) -> Overview:
    """Return the status of all destinations of *stack*.

    Args:
        stack: the stack.
        specs: the declared destinations; None where there is no folder of files.
        now: the end of the time that CloudWatch is asked for.
        reads_keys: whether to read the age of stream keys that expire, from SSM.

    Raises:
        ClientError, BotoCoreError: when AWS shows neither channels nor flows.
    """
    keyed = specs or () if reads_keys else ()
    observed = collect(stack, now, declared_outputs(stack, specs), keyed)
    destinations = statuses(observed, specs, now)
    return Overview(
        project=stack.project,
        stack=stack.name,
        at=now,
        severity=_worst(destinations),
        summary=_summary(destinations),
        destinations=destinations,
        errors=observed.errors,
    )


def status(
    stack: Stack, name: str, specs: Sequence[DestinationSpec] | None, now: dt.datetime
) -> DestinationStatus:
    """Return the status of one destination, without the metrics and alerts of other channels.

    Args:
        stack: the stack.
        name: of the destination.
        specs: the declared destinations; None where there is no folder of files.
        now: the end of the time that CloudWatch is asked for.

    Raises:
        UnknownDestinationError: when there is none of that name.
        ClientError, BotoCoreError: when AWS shows neither channels nor flows.
    """
    keyed = [spec for spec in specs or () if spec.name == name]
    observed = collect(stack, now, declared_outputs(stack, specs), keyed, {name})
    by_name = {each.name: each for each in statuses(observed, specs, now)}
    require_known(name, by_name)
    return by_name[name]


def selected(
    current: Overview,
    selection: Selection,
    stack: Stack,
    specs: Sequence[DestinationSpec] | None,
) -> Overview:
    """Return of *current* what *selection* is about, with its own summary.

    Raises:
        LunoraError: when it is about none of the destinations.
    """
    carried = {status.name: status.tags for status in current.destinations}
    names_selected = selection.of(tags_of(stack, specs, carried))
    by_name = {status.name: status for status in current.destinations}
    return with_destinations(current, tuple(by_name[name] for name in names_selected))


def with_destinations(current: Overview, destinations: tuple[DestinationStatus, ...]) -> Overview:
    """Return *current* with other *destinations*, and their summary."""
    return dataclasses.replace(
        current,
        severity=_worst(destinations),
        summary=_summary(destinations),
        destinations=destinations,
    )


def declared_outputs(stack: Stack, specs: Sequence[DestinationSpec] | None) -> frozenset[str]:
    """Return the names of the flow outputs that *specs* send by without a channel."""
    direct = [spec for spec in specs or () if spec.route == "flow"]
    return frozenset(stack.physical_name(spec.original_name) for spec in direct)


def statuses(
    observed: StackObservation, specs: Sequence[DestinationSpec] | None, now: dt.datetime
) -> tuple[DestinationStatus, ...]:
    """Return the status of every destination with a file, channel or flow output, by name."""
    return tuple(
        DestinationStatus(observation, evaluate(observation, now))
        for observation in sorted(_observations(observed, specs, now), key=lambda each: each.name)
    )


def _observations(
    observed: StackObservation, specs: Sequence[DestinationSpec] | None, now: dt.datetime
) -> Iterator[DestinationObservation]:
    declared = {spec.name: spec for spec in specs or ()}
    channels = {channel.destination: channel for channel in observed.channels}
    direct_by_name = {target.destination: target for target in observed.direct}
    for name in declared.keys() | channels.keys() | direct_by_name.keys():
        spec, channel = declared.get(name), channels.get(name)
        direct = None if spec or channel else direct_by_name.get(name)
        is_declared = None if specs is None else spec is not None
        desired = expected(spec, now) if spec else None
        outputs = channel.outputs if channel else _direct_outputs(observed, spec)
        flow, backup = _feeding(channel, spec, observed.flows)
        if direct:
            outputs = (direct.output.name,)
            flow, backup = _sending(direct, observed.flows), None
        output = flow.output(outputs[0]) if flow and outputs else None
        yield DestinationObservation(
            name=name,
            spec=spec,
            declared=is_declared,
            expected=desired,
            channel=channel,
            direct=direct,
            outputs=outputs,
            flow=flow,
            backup=backup,
            enabled_on=tuple(_enabled_on(outputs, observed.flows)),
            metrics=observed.channel_metrics.get(channel.id) if channel else None,
            alerts=observed.alerts.get(channel.id, ()) if channel else (),
            source=observed.sources.get(flow.key) if flow else None,
            key_time=observed.key_times.get(name),
            connection=observed.connections.get(output.arn) if output else None,
            output_suspension=observed.suspensions.get(output.name) if output else None,
        )


def _direct_outputs(observed: StackObservation, spec: DestinationSpec | None) -> tuple[str, ...]:
    """Return the name of the flow output that sends *spec* without a channel, as a tuple."""
    if spec is None or spec.route != "flow":
        return ()
    return (names.physical_name(observed.project, observed.stack, spec.original_name),)


def _enabled_on(outputs: Sequence[str], flows: Sequence[Flow]) -> Iterator[str]:
    for flow in flows:
        if any(out.status == "ENABLED" for out in flow.outputs if out.name in outputs):
            yield flow.name


def _feeding(
    channel: Channel | None, spec: DestinationSpec | None, flows: Sequence[Flow]
) -> tuple[Flow | None, Flow | None]:
    """Return the flow that feeds a destination, and its backup if it has one.

    They are those that its file names, else those that have its outputs, else the only one.
    """
    with_output = [flow for flow in flows if channel and flow.output(channel.outputs[0])]
    feeding = [flow for key in (spec.flows if spec else ()) for flow in flows if flow.key == key]
    if not set(with_output) <= set(feeding):
        feeding = with_output
    elif spec is None and len(flows) == 1:
        feeding = [*flows]
    if spec and spec.route == "flow" and channel is None:
        feeding = feeding[:1]
    return feeding[0] if feeding else None, feeding[1] if len(feeding) > 1 else None


def _sending(direct: FlowDestination, flows: Sequence[Flow]) -> Flow | None:
    return next((flow for flow in flows if flow.arn == direct.flow_arn), None)


def _worst(destinations: Sequence[DestinationStatus]) -> Severity:
    order = get_args(Severity)
    return max((status.health.severity for status in destinations), key=order.index, default="ok")


def _summary(destinations: Sequence[DestinationStatus]) -> str:
    counts = Counter(status.health.condition for status in destinations)
    phrases = [f"{counts[state]} {state}" for state in get_args(HealthState) if counts[state]]
    return ", ".join(phrases) or "no destinations"
