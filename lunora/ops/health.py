"""What state a destination is in, decided from everything that was seen of it.

A destination is live when video goes in and comes out, never because its channel exists or runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalog import channel_states
from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.channels import Alert

# Both in the order in which people count them up: the last is the worst.
HealthState = Literal["live", "starting", "stopped", "recovering", "degraded", "failed", "missing"]
Severity = Literal["ok", "warning", "critical"]
Expected = Literal["running", "stopped"]

_FAILED = {"CREATE_FAILED": "could not be created", "UPDATE_FAILED": "could not be changed"}
_CHANGING = {
    "CREATING": "is being created",
    "UPDATING": "is being changed",
    "STARTING": "is starting",
}


@dataclass(frozen=True, slots=True)
class DestinationObservation:
    """What was seen of one destination.

    Attributes:
        expected: what its file asks for now; None where the files were not read.
        declared: whether it has a file; None where the files were not read.
        channel_state: MediaLive's word; None where there is no channel.
        pipelines: how many its channel has.
        pipelines_running: how many run.
        flow: name of the flow that feeds it; None where nobody knows.
        flow_state: MediaConnect's word; None where there is no such flow.
        flow_output: ENABLED, or DISABLED where one pipeline's is; None where the flow has none
            for it.
        enabled_on: names of the flows with an enabled output for it.
        backup: name of the flow that takes over when that one fails; None where there is none.
        backup_state: MediaConnect's word; None where there is no such flow.
        backup_output: likewise of that flow.
        vitals: what CloudWatch measured; None where it does not answer.
        alerts: those that are set, the oldest first.
    """

    expected: Expected | None
    declared: bool | None
    channel_state: str | None
    pipelines: int = 1
    pipelines_running: int = 0
    flow: str | None = None
    flow_state: str | None = None
    flow_output: str | None = None
    enabled_on: tuple[str, ...] = ()
    backup: str | None = None
    backup_state: str | None = None
    backup_output: str | None = None
    channel_metrics: ChannelMetrics | None = None
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """What it comes to.

    Attributes:
        condition: the one word.
        severity: whether somebody has to do something.
        reason: why, in a phrase; empty when all is well.
        since: when it began; None where it began before what was looked at.
    """

    condition: HealthState
    severity: Severity
    reason: str = ""
    since: dt.datetime | None = None


def evaluate(sight: DestinationObservation) -> Health:
    """Decide on the first thing that matters, the cause before its effects."""
    if sight.channel_state is None:
        return Health("missing", "critical", "it has a file but no channel in AWS; run `pulumi up`")
    if sight.channel_state == "RUNNING":
        return next(_while_running(sight))
    return _while_not_running(sight, sight.channel_state)


def _while_not_running(sight: DestinationObservation, state: str) -> Health:
    wanted = sight.expected == "running"
    if state in _FAILED:
        return Health("failed", "critical", f"its channel {_FAILED[state]}; run `pulumi up`")
    if state in channel_states.DELETED:
        return Health("missing", "critical" if wanted else "ok", "its channel is being deleted")
    if state == "RECOVERING":
        reason = sight.alerts[0].kind if sight.alerts else "MediaLive is restarting a pipeline"
        return Health("recovering", "warning", reason)
    if state in _CHANGING:
        under_way = wanted or state == "STARTING"
        condition: HealthState = "starting" if under_way else "stopped"
        return Health(condition, "ok", f"its channel {_CHANGING[state]}")
    return _stopped(sight, "is stopping" if state == "STOPPING" else "is stopped")


def _stopped(sight: DestinationObservation, how: str) -> Health:
    ended = sight.channel_metrics.last_seen if sight.channel_metrics else None
    if sight.expected == "running":
        reason = f"its channel {how} although its file says running"
        return Health("failed", "critical", reason, ended)
    pays = sight.expected == "stopped" or not sight.declared
    if pays and sight.enabled_on and how == "is stopped":
        flows = " and of flow ".join(sight.enabled_on)
        reason = (
            f"its output of flow {flows} is enabled and pays for data nobody receives;"
            " `lunora stop` disables it"
        )
        return Health("stopped", "warning", reason, ended)
    return Health("stopped", "ok", f"its channel {how}" if how != "is stopped" else "", ended)


def _while_running(sight: DestinationObservation) -> Iterator[Health]:
    yield from _feed(sight) if sight.backup is None else _fed_by_two(sight)
    yield from _stream(sight)
    for alert in sight.alerts[:1]:
        yield Health("degraded", "warning", f"alert: {alert.kind}", alert.since)
    vitals = sight.channel_metrics or ChannelMetrics()
    if vitals.active_alerts:
        yield Health("degraded", "warning", f"{vitals.active_alerts:.0f} alerts are active")
    if sight.pipelines_running < sight.pipelines:
        reason = f"only {sight.pipelines_running} of {sight.pipelines} pipelines run"
        yield Health("degraded", "warning", reason)
    if vitals.dropped_frames:
        reason = f"{vitals.dropped_frames:.0f} frames dropped in the last minutes"
        yield Health("degraded", "warning", reason)
    if sight.declared is False:
        yield Health("live", "warning", "no file declares it", vitals.live_since)
    if sight.expected == "stopped":
        yield Health(
            "live", "warning", "it streams although its file says stopped", vitals.live_since
        )
    yield Health("live", "ok", "", vitals.live_since)


def _feed(sight: DestinationObservation) -> Iterator[Health]:
    """Yield what keeps the source from reaching the channel."""
    if sight.flow_state is None:
        name = f"flow {sight.flow}" if sight.flow else "the flow that feeds it"
        yield Health("degraded", "critical", f"{name} is gone")
    elif sight.flow_output is None:
        reason = f"flow {sight.flow} has no output for it; run `pulumi up`"
        yield Health("degraded", "critical", reason)
    elif sight.flow_state != "ACTIVE":
        yield Health("degraded", "critical", f"flow {sight.flow} is {sight.flow_state}")
    elif sight.flow_output != "ENABLED":
        yield Health("degraded", "critical", f"its output of flow {sight.flow} is disabled")


def _fed_by_two(sight: DestinationObservation) -> Iterator[Health]:
    """Yield what keeps one of two sources from reaching the channel; the stream may go on."""
    vitals, backup = sight.channel_metrics or ChannelMetrics(), f"flow {sight.backup}"
    cause = next(_feed(sight), None)
    if vitals.on_primary is False and vitals.frames_in:
        reason = cause.reason if cause else f"nothing arrives from flow {sight.flow}"
        since = vitals.on_backup_since
        yield Health("degraded", "warning", f"{reason}; it takes {backup} instead", since)
    elif cause is not None:
        yield cause
    elif sight.backup_state != "ACTIVE":
        state = sight.backup_state or "gone"
        yield Health("degraded", "warning", f"its backup {backup} is {state}")
    elif sight.backup_output != "ENABLED":
        state = "disabled" if sight.backup_output else "gone"
        yield Health("degraded", "warning", f"its output of its backup {backup} is {state}")


def _stream(sight: DestinationObservation) -> Iterator[Health]:
    """Yield what shows that it only seems to be live."""
    vitals = sight.channel_metrics
    if vitals is None:
        reason = "CloudWatch does not answer, so nobody knows whether video goes out"
        yield Health("degraded", "warning", reason)
        return
    if vitals.frames_in is None and vitals.active_outputs is None:
        reason = "its channel runs but CloudWatch has measured nothing yet; look again in 2 minutes"
        yield Health("starting", "warning", reason)
    elif not vitals.frames_in:
        yield Health(
            "degraded", "critical", "no video arrives at its channel", vitals.starved_since
        )
    elif vitals.active_outputs is None:
        reason = "CloudWatch has not measured its outputs, so nobody knows whether video goes out"
        yield Health("degraded", "warning", reason)
    elif not vitals.active_outputs:
        # Not by NetworkOut: MediaLive user guide, output metrics: "Even when a channel is not
        # delivering output, there will be some traffic".
        yield _silent(sight, vitals)
    elif vitals.active_outputs < sight.pipelines_running:
        running = sight.pipelines_running
        reason = f"only {vitals.active_outputs:.0f} of {running} pipelines send"
        yield Health("degraded", "warning", reason)


def _silent(sight: DestinationObservation, vitals: ChannelMetrics) -> Health:
    """Say that nothing goes out: failed where MediaLive says what of, a stream key for example."""
    for alert in sight.alerts:
        reason = f"its channel sends nothing: {alert.message or alert.kind}"
        return Health("failed", "critical", reason, vitals.silent_since or alert.since)
    reason = "its channel runs but sends nothing"
    return Health("degraded", "critical", reason, vitals.silent_since)
