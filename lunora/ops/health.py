"""Health of a destination, evaluated from its file, its resources in AWS and their metrics.

A destination is live when video goes in and comes out, never because its channel exists or runs.
MediaConnect measures no RTMP or RTP output. A destination that its flow sends directly is live
while the flow receives its source and the output is enabled; an SRT output must be connected too.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalog import channel_states
from catalog.failover import Failover
from catalog.model import DestinationSpec
from catalog.suspension import Suspension
from lunora.ops.channel_metrics import ChannelMetrics, since
from lunora.ops.channels import Alert, Channel
from lunora.ops.cloudwatch import Series
from lunora.ops.desired_state import DesiredState
from lunora.ops.flow_destination import FlowDestination
from lunora.ops.flows import Flow, FlowOutput
from lunora.ops.maintenance import Maintenance
from lunora.ops.source_faults import begin, source_faults, summary

# Both in the order of summaries: the last is the worst.
HealthState = Literal["live", "starting", "stopped", "recovering", "degraded", "failed", "missing"]
Severity = Literal["ok", "warning", "critical"]
Route = Literal["channel", "flow"]

# Below any audio that a file can declare, and above the traffic of an idle input.
_LEAST_MEGABITS = 0.05
_FAILED = {"CREATE_FAILED": "could not be created", "UPDATE_FAILED": "could not be changed"}
_CHANGING = {
    "CREATING": "is being created",
    "UPDATING": "is being changed",
    "STARTING": "is starting",
}


@dataclass(frozen=True, slots=True)
class DestinationObservation:
    """One destination: its file, its resources in AWS and their metrics.

    Attributes:
        name: the destination's name.
        spec: its file; None without one.
        declared: whether it has a file; None where there is no folder of files.
        expected: the state that its file asks for now; None without a file, and while the state
            changes.
        channel: its channel; None without one.
        direct: its flow output, where neither file nor channel tells of it.
        outputs: the names of its flow outputs, one per pipeline.
        flow: the flow that feeds it; None where no flow can be assigned.
        backup: the flow that takes over when `flow` fails; None without one.
        enabled_on: the names of all flows with an enabled output for it.
        metrics: of its channel; None where CloudWatch did not answer.
        alerts: those that are set, the oldest first.
        source: metrics of the flow's source; None where CloudWatch was not asked.
        connection: metrics of its SRT output, likewise.
        key_time: when its stream key was set, where the platform's keys expire and SSM answered.
        output_suspension: the suspension of a disabled output that its file declares.
    """

    name: str
    spec: DestinationSpec | None
    declared: bool | None
    expected: DesiredState | None
    channel: Channel | None = None
    direct: FlowDestination | None = None
    outputs: tuple[str, ...] = ()
    flow: Flow | None = None
    backup: Flow | None = None
    enabled_on: tuple[str, ...] = ()
    metrics: ChannelMetrics | None = None
    alerts: tuple[Alert, ...] = ()
    source: Series | None = None
    connection: Series | None = None
    key_time: dt.datetime | None = None
    output_suspension: Suspension | None = None

    @property
    def suspension(self) -> Suspension | None:
        """The suspension of its channel, or of the output that sends it directly."""
        return self.channel.suspension if self.channel else self.output_suspension

    @property
    def takes_first_flow(self) -> bool:
        """True unless its channel is known to take the second of its flows."""
        return self.metrics is None or self.metrics.on_primary is not False

    @property
    def is_audio_only(self) -> bool:
        """True where its channel sends sound alone."""
        spec = self.spec
        return bool(spec and spec.has_known_encoding and not spec.effective_encoding.has_video)

    @property
    def state(self) -> str:
        """The state of its channel, or of the output that sends it directly; empty without."""
        if self.channel is not None:
            return self.channel.state
        return (self.output_status(self.flow) or "") if self.route == "flow" else ""

    @property
    def maintenance(self) -> Maintenance | None:
        """The next maintenance of its channel or of its flow, whichever is first."""
        resources = (self.channel, self.flow if self.backup is None else None)
        required = [each.maintenance for each in resources if each and each.maintenance]
        return min(required, key=lambda each: str(each.begin or each.deadline), default=None)

    @property
    def route(self) -> Route:
        """`channel`, or `flow` where the flow sends it directly."""
        is_declared = self.spec is not None and self.spec.route == "flow"
        is_direct = self.channel is None and (is_declared or self.direct is not None)
        return "flow" if is_direct else "channel"

    def output_status(self, flow: Flow | None) -> str | None:
        """Return the status of its outputs on *flow*.

        Returns:
            DISABLED where the output of one pipeline is; None where one is missing.
        """
        outputs: list[FlowOutput | None] = []
        if flow is not None:
            inputs = self.channel.input_ids if self.channel else ()
            outputs += [output for output in flow.outputs if output.input_id in inputs]
            # What MediaLive makes has a name of its own.
            outputs = outputs or [flow.output(name) for name in self.outputs]
        statuses = {output.status if output else None for output in outputs}
        return min(statuses, key=lambda status: status or "", default=None)


@dataclass(frozen=True, slots=True)
class Health:
    """Health of a destination.

    Attributes:
        condition: the state in one word.
        severity: whether somebody has to act.
        reason: the cause; empty when all is well.
        since: when the condition began; None where that was before the time observed.
        faults: of what is sent, by the names of their alarms, where they are the reason:
            `silent-output`, or those of the flow's source.
    """

    condition: HealthState
    severity: Severity
    reason: str = ""
    since: dt.datetime | None = None
    faults: tuple[str, ...] = ()


def evaluate(destination: DestinationObservation, now: dt.datetime) -> Health:
    """Return the health of *destination*: the first finding that matters, causes before effects.

    A stop for maintenance needs nobody, so it is less than a failure.
    """
    health = _with_expired_key(_evaluate(destination, now), destination, now)
    if health.severity == "critical" and (end := _end_of_maintenance(destination, now)):
        reason = f"{health.reason}: maintenance by AWS until {end:%H:%M} UTC at the latest"
        return dataclasses.replace(
            health, condition="recovering", severity="warning", reason=reason
        )
    return health


def _with_expired_key(
    health: Health, destination: DestinationObservation, now: dt.datetime
) -> Health:
    """Add to *health* that the key is too old for a broadcast; one that is live goes on."""
    spec, time = destination.spec, destination.key_time
    lifetime = spec.platform_facts.key_lifetime_hours if spec else None
    if spec is None or time is None or lifetime is None or health.condition == "live":
        return health
    age = (now - time) / dt.timedelta(hours=1)
    if age <= lifetime:
        return health
    expired = (
        f"its stream key is {age:.0f} h old and {spec.platform_facts.title} takes one for"
        f" {lifetime} h; run `lunora key {spec.name}`"
    )
    reason = "; ".join(filter(None, (health.reason, expired)))
    return dataclasses.replace(health, reason=reason)


def _end_of_maintenance(
    destination: DestinationObservation, now: dt.datetime
) -> dt.datetime | None:
    """Return the end of the maintenance that stops the destination now; None without one."""
    for resource in (destination.channel, destination.flow):
        if resource and resource.maintenance and resource.is_under_maintenance(now):
            return resource.maintenance.end
    return None


def _evaluate(destination: DestinationObservation, now: dt.datetime) -> Health:
    if destination.route == "flow":
        return next(_direct(destination, now))
    if destination.channel is None:
        return Health("missing", "critical", "it has a file but no channel in AWS; run `pulumi up`")
    if destination.channel.state == "RUNNING":
        return next(_running(destination, destination.channel, now))
    return _not_running(destination, destination.channel.state, now)


def _not_running(destination: DestinationObservation, state: str, now: dt.datetime) -> Health:
    desired = destination.expected == "running"
    if state in _FAILED:
        return Health("failed", "critical", f"its channel {_FAILED[state]}; run `pulumi up`")
    if state in channel_states.DELETED:
        return Health("missing", "critical" if desired else "ok", "its channel is being deleted")
    if state == "RECOVERING":
        alerts = destination.alerts
        reason = alerts[0].kind if alerts else "MediaLive is restarting a pipeline"
        return Health("recovering", "warning", reason)
    if state in _CHANGING:
        under_way = desired or state == "STARTING"
        condition: HealthState = "starting" if under_way else "stopped"
        return Health(condition, "ok", f"its channel {_CHANGING[state]}")
    phrase = "is stopping" if state == "STOPPING" else "is stopped"
    return _stopped(destination, phrase, now)


def _stopped(destination: DestinationObservation, phrase: str, now: dt.datetime) -> Health:
    ended = destination.metrics.last_seen if destination.metrics else None
    suspension = destination.suspension
    if suspension is not None and suspension.applies(now):
        return Health("stopped", "ok", f"its channel {phrase} {suspension}", suspension.since)
    if destination.expected == "running":
        reason = f"its channel {phrase} although its file says running"
        return Health("failed", "critical", reason, ended)
    pays = destination.expected == "stopped" or not destination.declared
    if pays and destination.enabled_on and phrase == "is stopped":
        flows = " and of flow ".join(destination.enabled_on)
        reason = (
            f"its output of flow {flows} is enabled and pays for data nobody receives;"
            " `lunora stop` disables it"
        )
        return Health("stopped", "warning", reason, ended)
    reason = f"its channel {phrase}" if phrase != "is stopped" else ""
    return Health("stopped", "ok", reason, ended)


def _running(
    destination: DestinationObservation, channel: Channel, now: dt.datetime
) -> Iterator[Health]:
    yield from _feed(destination) if destination.backup is None else _failover(destination)
    yield from _stream(destination, channel)
    for alert in destination.alerts[:1]:
        yield Health("degraded", "warning", f"alert: {alert.kind}", alert.since)
    metrics = destination.metrics or ChannelMetrics()
    if metrics.active_alerts:
        yield Health("degraded", "warning", f"{metrics.active_alerts:.0f} alerts are active")
    if channel.pipelines_running < channel.pipelines:
        reason = f"only {channel.pipelines_running} of {channel.pipelines} pipelines run"
        yield Health("degraded", "warning", reason)
    if metrics.dropped_frames:
        reason = f"{metrics.dropped_frames:.0f} frames dropped in the last minutes"
        yield Health("degraded", "warning", reason)
    if metrics.lost_rtp:
        reason = f"{metrics.lost_rtp:.0f} RTP packets lost between flow and channel lately"
        yield Health("degraded", "warning", reason)
    yield from _content(destination, now)
    yield _live(destination, metrics.live_since)


def _content(destination: DestinationObservation, now: dt.datetime) -> Iterator[Health]:
    """Yield the findings about what is sent: picture, sound and bitrate of the source."""
    flow, metrics = destination.flow, destination.metrics or ChannelMetrics()
    source = destination.source if destination.takes_first_flow else None
    if (
        flow is not None
        and source is not None
        and (faults := source_faults(source, flow.declared, now))
    ):
        reason = f"flow {flow.name}: {summary(faults)}"
        alarms = tuple(fault.alarm for fault in faults)
        yield Health("degraded", "warning", reason, begin(faults), alarms)
    if metrics.mute_since is not None and (flow is None or flow.declared.sound):
        reason = "it sends silence"
        yield Health("degraded", "warning", reason, metrics.mute_since, ("silent-output",))


def _live(destination: DestinationObservation, began: dt.datetime | None) -> Health:
    if destination.declared is False:
        return Health("live", "warning", "no file declares it", began)
    if destination.expected == "stopped":
        return Health("live", "warning", "it streams although its file says stopped", began)
    return Health("live", "ok", "", began)


def _feed(destination: DestinationObservation) -> Iterator[Health]:
    """Yield the findings that keep the source from reaching the channel."""
    yield from _flow_gone(destination)
    flow, status = destination.flow, destination.output_status(destination.flow)
    name, state = (flow.name, flow.state) if flow else ("", None)
    if status is None:
        reason = f"flow {name} has no output for it; run `pulumi up`"
        yield Health("degraded", "critical", reason)
    elif state != "ACTIVE":
        yield Health("degraded", "critical", f"flow {name} is {state}")
    elif status != "ENABLED":
        yield Health("degraded", "critical", f"its output of flow {name} is disabled")


def _flow_gone(destination: DestinationObservation) -> Iterator[Health]:
    flow = destination.flow
    if flow is None or flow.state is None:
        name = f"flow {flow.name}" if flow else "the flow that feeds it"
        yield Health("degraded", "critical", f"{name} is gone")


def _failover(destination: DestinationObservation) -> Iterator[Health]:
    """Yield the findings that keep one of two sources from reaching the channel."""
    metrics = destination.metrics or ChannelMetrics()
    flow, backup = destination.flow, destination.backup
    backup_name = f"flow {backup.name}" if backup else ""
    backup_state, status = backup.state if backup else None, destination.output_status(backup)
    cause = next(_feed(destination), None)
    if metrics.on_primary is False and metrics.frames_in:
        lacking = f"{_lacking(destination)} from flow {flow.name if flow else ''}"
        reason = cause.reason if cause else lacking
        began = metrics.on_backup_since
        yield Health("degraded", "warning", f"{reason}; it takes {backup_name} instead", began)
    elif cause is not None:
        yield cause
    elif backup_state != "ACTIVE":
        reason = f"its backup {backup_name} is {backup_state or 'gone'}"
        yield Health("degraded", "warning", reason)
    elif status != "ENABLED":
        reason = f"its output of its backup {backup_name} is {'disabled' if status else 'gone'}"
        yield Health("degraded", "warning", reason)


def _lacking(destination: DestinationObservation) -> str:
    """Return as text what may let the backup take over from an active flow."""
    failover = destination.spec.failover if destination.spec else Failover()
    limits = {"black": failover.black_seconds, "silence": failover.silence_seconds}
    causes = ("nothing", *(cause for cause, seconds in limits.items() if seconds))
    return f"{' or '.join(causes)} arrives"


def _stream(destination: DestinationObservation, channel: Channel) -> Iterator[Health]:
    """Yield the findings that show that video does not go in or does not come out."""
    metrics = destination.metrics
    if metrics is None:
        reason = "CloudWatch does not answer, so nobody knows whether video goes out"
        yield Health("degraded", "warning", reason)
        return
    if metrics.frames_in is None and metrics.active_outputs is None:
        reason = "its channel runs but CloudWatch has measured nothing yet; look again in 2 minutes"
        yield Health("starting", "warning", reason)
    elif destination.is_audio_only:
        yield from _heard(metrics)
    elif not metrics.frames_in:
        reason = f"no video arrives at its channel{_instead(destination.spec)}"
        yield Health("degraded", "critical", reason, metrics.starved_since)
    if metrics.active_outputs is None:
        reason = "CloudWatch has not measured its outputs, so nobody knows whether video goes out"
        yield Health("degraded", "warning", reason)
    elif not metrics.active_outputs:
        # Not by NetworkOut: MediaLive user guide, output metrics: "Even when a channel is not
        # delivering output, there will be some traffic".
        yield _silent(destination, metrics)
    elif metrics.active_outputs < channel.pipelines_running:
        running = channel.pipelines_running
        reason = f"only {metrics.active_outputs:.0f} of {running} pipelines send"
        yield Health("degraded", "warning", reason)


def _heard(metrics: ChannelMetrics) -> Iterator[Health]:
    """Yield the finding that nothing reaches a channel of sound alone.

    Its source may have no video, so the bits that arrive count too.
    """
    if not metrics.frames_in and (metrics.megabits_in or 0.0) < _LEAST_MEGABITS:
        yield Health("degraded", "critical", "nothing arrives at its channel")


def _instead(spec: DestinationSpec | None) -> str:
    """Return what viewers see while the source is lost, as far as the file says it."""
    loss = spec.on_input_loss if spec is not None and spec.route == "channel" else None
    if loss is None:
        return ""
    if loss.drop:
        return "; it sends nothing meanwhile"
    picture = {"slate": "its slate", "color": f"the colour {loss.color}", "black": "black"}
    return f"; it sends {picture[loss.then]} meanwhile"


def _silent(destination: DestinationObservation, metrics: ChannelMetrics) -> Health:
    """Return the health of a channel without output: failed where an alert has the cause."""
    for alert in destination.alerts:
        reason = f"its channel sends nothing: {alert.message or alert.kind}"
        return Health("failed", "critical", reason, metrics.silent_since or alert.since)
    reason = "its channel runs but sends nothing"
    return Health("degraded", "critical", reason, metrics.silent_since)


def _direct(destination: DestinationObservation, now: dt.datetime) -> Iterator[Health]:
    """Yield the findings about a destination that its flow sends directly."""
    yield from _flow_gone(destination)
    flow, status = destination.flow, destination.output_status(destination.flow)
    name, state = (flow.name, flow.state) if flow else ("", None)
    if status is None:
        reason = f"it has a file but no output of flow {name}; run `pulumi up`"
        yield Health("missing", "critical", reason)
    elif status != "ENABLED" and (stop := destination.suspension) and stop.applies(now):
        yield Health("stopped", "ok", f"its output is disabled {stop}", stop.since)
    elif status != "ENABLED" and destination.expected == "running":
        reason = "its output is disabled although its file says running"
        yield Health("failed", "critical", reason)
    elif status != "ENABLED":
        yield Health("stopped", "ok")
    elif state != "ACTIVE":
        yield Health("degraded", "critical", f"flow {name} is {state}")
    else:
        yield _sending(destination, now)


def _sending(destination: DestinationObservation, now: dt.datetime) -> Health:
    source, connection = destination.source, destination.connection
    bits_in = source.latest("bits_in", now) if source else None
    if source is None or bits_in is None:
        reason = "CloudWatch has measured nothing yet; look again in 2 minutes"
        return Health("starting", "warning", reason)
    if bits_in <= 0:
        began = since(source, "bits_in", flowing=False)
        return Health("degraded", "critical", "its flow gets nothing from its source", began)
    if connection is not None and not connection.latest("connected", now):
        began = since(connection, "connected", flowing=False)
        reason = "nobody takes it; check address, stream id and passphrase on the other side"
        return Health("degraded", "critical", reason, began)
    live = _live(destination, since(source, "bits_in", flowing=True))
    return next(_content(destination, now), live)
