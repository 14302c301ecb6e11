"""Status of the flows that feed a stack, and their free outputs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from catalog.flow_source import FlowSource
from catalog.rules.flow import OUTPUTS_PER_FLOW
from catalog.stack_settings import setting
from lunora.ops.channel_metrics import since
from lunora.ops.cloudwatch import Series
from lunora.ops.flows import Flow, FlowOutput, flow
from lunora.ops.health import Severity
from lunora.ops.maintenance import Maintenance
from lunora.ops.observation import source_series
from lunora.ops.source_faults import begin, content_measured, source_faults, summary
from lunora.stack import FlowRef, Stack

FlowCondition = Literal["live", "starting", "stopped", "degraded", "missing"]
_FlowHealth = tuple[FlowCondition, Severity, str, dt.datetime | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FlowStatus:
    """One flow.

    Attributes:
        key: its name in destination files.
        name: its name.
        arn: its ARN; None where there is no such flow.
        condition: its state in one word.
        severity: whether somebody has to act.
        reason: the cause; empty when all is well.
        since: when the condition began; None where that was more than an hour ago.
        faults: of a source that arrives, by the names of their alarms, for example `black-source`.
        content_measured: of black, frozen and silent, what MediaConnect measures of its source.
        state: its state in MediaConnect; None where there is no such flow.
        source: protocol and address of its source.
        egress_ip: the address it sends from.
        bits_in: bit/s that arrive; None where CloudWatch measured none lately.
        loss_percent: packets lost; None likewise.
        round_trip_ms: to the sender; None likewise.
        outputs: those of this stack and of others.
        ours: the number of this stack's outputs.
        outputs_limit: the number of outputs that a flow can have.
        maintenance: the next one; None while it needs none.
        is_under_maintenance: whether AWS has probably stopped it for that.
    """

    key: str
    name: str
    arn: str | None
    condition: FlowCondition
    severity: Severity
    reason: str
    since: dt.datetime | None
    faults: tuple[str, ...]
    content_measured: tuple[str, ...]
    state: str | None
    source: str
    egress_ip: str
    bits_in: float | None
    loss_percent: float | None
    round_trip_ms: float | None
    outputs: tuple[FlowOutput, ...]
    ours: int
    outputs_limit: int
    maintenance: Maintenance | None
    is_under_maintenance: bool


def flow_status(stack: Stack, ref: FlowRef, now: dt.datetime) -> FlowStatus:
    """Return the status of one flow of *stack*.

    Raises:
        ClientError, BotoCoreError: when MediaConnect does not answer.
    """
    aws = stack.aws(ref.region)
    described, series = flow(aws.mediaconnect, ref), None
    if described.arn:
        try:
            series = source_series(aws, described.arn, now)
        except (ClientError, BotoCoreError):
            series = None
    return status_of_flow(stack, described, series, now)


def status_of_flow(
    stack: Stack, described: Flow, series: Series | None, now: dt.datetime
) -> FlowStatus:
    """Return the status of a flow that was *described*, with the metrics of its source."""
    prefix = stack.physical_name("")
    condition, severity, reason, began, faults = _evaluate(described, series, now)
    return FlowStatus(
        key=described.key,
        name=described.name,
        arn=described.arn,
        condition=condition,
        severity=severity,
        reason=reason,
        since=began,
        faults=faults,
        content_measured=content_measured(series, now),
        state=described.state,
        source=described.source,
        egress_ip=described.egress_ip,
        bits_in=_latest(series, "bits_in", now),
        loss_percent=_latest(series, "loss_percent", now),
        round_trip_ms=_latest(series, "round_trip_ms", now),
        outputs=described.outputs,
        ours=sum(output.name.startswith(prefix) for output in described.outputs),
        outputs_limit=OUTPUTS_PER_FLOW,
        maintenance=described.maintenance,
        is_under_maintenance=described.is_under_maintenance(now),
    )


def _latest(series: Series | None, metric: str, now: dt.datetime) -> float | None:
    return series.latest(metric, now) if series else None


def _evaluate(described: Flow, series: Series | None, now: dt.datetime) -> _FlowHealth:
    if described.state is None:
        return "missing", "critical", f"there is no such flow; correct {setting('flows')}", None, ()
    if described.is_under_maintenance(now) and described.maintenance:
        end = f"{described.maintenance.end:%H:%M} UTC at the latest"
        reason = f"it is {described.state}: maintenance by AWS until {end}"
        return "stopped", "warning", reason, None, ()
    if described.state != "ACTIVE":
        return "stopped", "critical", f"it is {described.state}; start it in MediaConnect", None, ()
    if series is not None:
        return _evaluate_source(series, described.declared, now)
    reason = "CloudWatch does not answer, so nobody knows whether its source arrives"
    return "degraded", "warning", reason, None, ()


def _evaluate_source(series: Series, source: FlowSource, now: dt.datetime) -> _FlowHealth:
    arriving, lost = series.latest("bits_in", now), series.latest("loss_percent", now)
    if arriving is None:
        reason = "CloudWatch has measured nothing yet; look again in 2 minutes"
        return "starting", "warning", reason, None, ()
    if arriving <= 0:
        reason = "no source arrives; look at the sender"
        return "degraded", "critical", reason, since(series, "bits_in", flowing=False), ()
    if faults := source_faults(series, source, now):
        alarms = tuple(fault.alarm for fault in faults)
        return "degraded", "warning", summary(faults), begin(faults), alarms
    if lost:
        reason = f"{lost:.1f} % of the source's packets are lost"
        return "degraded", "warning", reason, since(series, "loss_percent", flowing=True), ()
    return "live", "ok", "", since(series, "bits_in", flowing=True), ()
