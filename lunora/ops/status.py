"""What every destination of a stack is doing: its file, AWS and CloudWatch put together."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from catalog import names
from catalog.model import DestinationSpec
from lunora.ops import route_health
from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.channels import Alert, Channel
from lunora.ops.desired_state import expected
from lunora.ops.flows import Flow
from lunora.ops.health import (
    DestinationObservation,
    Expected,
    Health,
    HealthState,
    Severity,
    evaluate,
)
from lunora.ops.observation import StackObservation, collect
from lunora.ops.route_health import FlowRouteObservation
from lunora.stack import Stack

Route = Literal["channel", "flow"]


@dataclass(frozen=True, slots=True)
class DestinationStatus:
    """One destination.

    Attributes:
        name: the destination's name.
        platform: its platform.
        route: `channel`, or `flow` where the flow sends it by itself.
        condition: what it is doing, in one word.
        severity: whether somebody has to do something.
        reason: why; empty when all is well.
        since: when that began; None where it began more than an hour ago.
        declared: whether it has a file; None where there is no folder of files.
        expected: what its file asks for now; None where it has none, or that has just changed.
        channel_id: decimal id; None where there is no channel.
        channel_state: MediaLive's word.
        pipelines: how many pipelines its channel has.
        pipelines_running: how many of them run.
        flow: name of its flow.
        flow_state: MediaConnect's word; None where there is no such flow.
        backup: name of the flow that takes over when that one fails; None where there is none.
        backup_state: MediaConnect's word; None where there is no such flow.
        on_backup: whether it has taken over; None where nobody knows, or there is none.
        flow_output: ENABLED, or DISABLED where one pipeline's is; None where its flow has no
            output for it.
        frames_in: frames a second that arrive; None where CloudWatch measured none lately.
        megabits_out: Mbit/s that leave; None likewise.
        dropped_frames: in the last five minutes; None likewise.
        alerts: those that are set, the oldest first.
    """

    name: str
    platform: str
    route: Route
    condition: HealthState
    severity: Severity
    reason: str
    since: dt.datetime | None
    declared: bool | None
    expected: Expected | None
    channel_id: str | None
    channel_state: str | None
    pipelines: int
    pipelines_running: int
    flow: str | None
    flow_state: str | None
    flow_output: str | None
    backup: str | None
    backup_state: str | None
    on_backup: bool | None
    frames_in: float | None
    megabits_out: float | None
    dropped_frames: float | None
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """All destinations at one moment.

    Attributes:
        project: the Pulumi project.
        stack: the stack.
        at: when.
        severity: the worst of all destinations'.
        summary: one line, for example `2 live, 1 failed`.
        destinations: by name.
        unseen: what could not be looked at, one sentence each.
    """

    project: str
    stack: str
    at: dt.datetime
    severity: Severity
    summary: str
    destinations: tuple[DestinationStatus, ...]
    unseen: tuple[str, ...]


def overview(stack: Stack, specs: Sequence[DestinationSpec] | None, now: dt.datetime) -> Overview:
    """Look at all destinations of *stack*.

    Args:
        stack: where they are.
        specs: what the files declare; None where there are none to read.
        now: up to when CloudWatch is asked.

    Raises:
        ClientError, BotoCoreError: when AWS shows neither channels nor flows.
    """
    seen = collect(stack, now)
    found = statuses(seen, specs, now)
    return Overview(
        project=stack.project,
        stack=stack.name,
        at=now,
        severity=_worst(found),
        summary=_summary(found),
        destinations=found,
        unseen=seen.unseen,
    )


def statuses(
    seen: StackObservation, specs: Sequence[DestinationSpec] | None, now: dt.datetime
) -> tuple[DestinationStatus, ...]:
    """Return the status of every destination that has a file or a channel, by name."""
    return tuple(sorted(_joined(seen, specs, now), key=lambda one: one.name))


def _joined(
    seen: StackObservation, specs: Sequence[DestinationSpec] | None, now: dt.datetime
) -> Iterator[DestinationStatus]:
    declared = {spec.name: spec for spec in specs or ()}
    made = {channel.destination: channel for channel in seen.channels}
    for name in declared.keys() | made.keys():
        spec, channel = declared.get(name), made.get(name)
        sight = _sight(channel, spec, seen, now)
        if specs is None:
            sight = dataclasses.replace(sight, declared=None)
        platform = spec.platform if spec else channel.platform if channel else "?"
        if spec and spec.route == "flow" and channel is None:
            yield _passing(spec, seen, now)
        else:
            verdict, channel_id = evaluate(sight), channel.id if channel else None
            yield _status(name, platform, "channel", channel_id, sight, verdict)


def _sight(
    channel: Channel | None, spec: DestinationSpec | None, seen: StackObservation, now: dt.datetime
) -> DestinationObservation:
    wanted = expected(spec, now) if spec else None
    feeding, backup = _feeding(channel, spec, seen.flows)
    known = DestinationObservation(
        expected=wanted,
        declared=spec is not None,
        channel_state=None,
        flow=feeding.name if feeding else None,
        flow_state=feeding.state if feeding else None,
        backup=backup.name if backup else None,
        backup_state=backup.state if backup else None,
    )
    if channel is None:
        return known
    return dataclasses.replace(
        known,
        channel_state=channel.state,
        pipelines=channel.pipelines,
        pipelines_running=channel.pipelines_running,
        flow_output=_output(feeding, channel),
        enabled_on=tuple(
            flow.name
            for flow in seen.flows
            if any(
                output.status == "ENABLED"
                for output in flow.outputs
                if output.name in channel.outputs
            )
        ),
        backup_output=_output(backup, channel),
        channel_metrics=seen.channel_metrics.get(channel.id),
        alerts=seen.alerts.get(channel.id, ()),
    )


def _output(flow: Flow | None, channel: Channel) -> str | None:
    """Return the status of the outputs of *channel* on *flow*; None where one is missing."""
    outputs = [flow.output(name) for name in channel.outputs] if flow else []
    statuses = {output.status if output else None for output in outputs}
    return min(statuses, key=lambda status: status or "", default=None)


def _feeding(
    channel: Channel | None, spec: DestinationSpec | None, flows: Sequence[Flow]
) -> tuple[Flow | None, Flow | None]:
    """Return the flow that feeds it, and its backup if it has one.

    They are those that its file names, else those that have its outputs, else the only one.
    """
    having = [one for one in flows if channel and one.output(channel.outputs[0])]
    named = [one for key in (spec.flows if spec else ()) for one in flows if one.key == key]
    if not set(having) <= set(named):
        named = having
    elif spec is None and len(flows) == 1:
        named = [*flows]
    return named[0] if named else None, named[1] if len(named) > 1 else None


def _passing(spec: DestinationSpec, seen: StackObservation, now: dt.datetime) -> DestinationStatus:
    feeding, _ = _feeding(None, spec, seen.flows)
    name = names.physical_name(seen.project, seen.stack, spec.original_name)
    output = feeding.output(name) if feeding else None
    found = FlowRouteObservation(
        expected=expected(spec, now),
        flow=feeding,
        output=output,
        source=seen.sources.get(spec.flow),
        connection=seen.connections.get(output.arn) if output else None,
    )
    sight = DestinationObservation(
        expected=found.expected,
        declared=True,
        channel_state=None,
        pipelines=0,
        flow=feeding.name if feeding else None,
        flow_state=feeding.state if feeding else None,
        flow_output=output.status if output else None,
    )
    return _status(spec.name, spec.platform, "flow", None, sight, route_health.evaluate(found, now))


def _status(  # noqa: PLR0913, PLR0917 - what it is, what was seen, and what that comes to
    name: str,
    platform: str,
    route: Route,
    channel_id: str | None,
    sight: DestinationObservation,
    verdict: Health,
) -> DestinationStatus:
    measured = sight.channel_metrics or ChannelMetrics()
    return DestinationStatus(
        name=name,
        platform=platform,
        route=route,
        condition=verdict.condition,
        severity=verdict.severity,
        reason=verdict.reason,
        since=verdict.since,
        declared=sight.declared,
        expected=sight.expected,
        channel_id=channel_id,
        channel_state=sight.channel_state,
        pipelines=sight.pipelines,
        pipelines_running=sight.pipelines_running,
        flow=sight.flow,
        flow_state=sight.flow_state,
        flow_output=sight.flow_output,
        backup=sight.backup,
        backup_state=sight.backup_state,
        on_backup=None if measured.on_primary is None else not measured.on_primary,
        frames_in=measured.frames_in,
        megabits_out=measured.megabits_out,
        dropped_frames=measured.dropped_frames,
        alerts=sight.alerts,
    )


def _worst(found: Sequence[DestinationStatus]) -> Severity:
    order = get_args(Severity)
    return max((one.severity for one in found), key=order.index, default="ok")


def _summary(found: Sequence[DestinationStatus]) -> str:
    counted = Counter(one.condition for one in found)
    words = [f"{counted[word]} {word}" for word in get_args(HealthState) if counted[word]]
    return ", ".join(words) or "no destinations"
