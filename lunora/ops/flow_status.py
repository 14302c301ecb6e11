"""How the flows that feed a stack are doing, and what room they have."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from catalog.rules.flow import OUTPUTS_PER_FLOW
from lunora.ops.channel_metrics import since
from lunora.ops.cloudwatch import Series, of_flow
from lunora.ops.flows import Flow, FlowOutput, flow
from lunora.ops.health import Severity
from lunora.stack import FlowRef, Stack

WINDOW = dt.timedelta(hours=1)

FlowCondition = Literal["live", "starting", "stopped", "degraded", "missing"]
_Verdict = tuple[FlowCondition, Severity, str, dt.datetime | None]


@dataclass(frozen=True, slots=True)
class FlowStatus:
    """One flow.

    Attributes:
        key: what destination files call it.
        name: its name.
        condition: what it is doing, in one word.
        severity: whether somebody has to do something.
        reason: why; empty when all is well.
        since: when that began; None where that was more than an hour ago.
        state: MediaConnect's word; None where there is no such flow.
        source: protocol and address that it takes its source at.
        egress_ip: the address it sends from.
        bits_in: bit/s that arrive; None where CloudWatch measured none lately.
        loss_percent: packets lost; None likewise.
        round_trip_ms: to the sender; None likewise.
        outputs: those of this stack and of others.
        ours: how many of them are this stack's.
        outputs_limit: how many a flow takes.
    """

    key: str
    name: str
    condition: FlowCondition
    severity: Severity
    reason: str
    since: dt.datetime | None
    state: str | None
    source: str
    egress_ip: str
    bits_in: float | None
    loss_percent: float | None
    round_trip_ms: float | None
    outputs: tuple[FlowOutput, ...]
    ours: int
    outputs_limit: int


def flow_status(stack: Stack, ref: FlowRef, now: dt.datetime) -> FlowStatus:
    """Look at one flow of *stack*.

    Raises:
        ClientError, BotoCoreError: when MediaConnect does not answer.
    """
    aws = stack.aws(ref.region)
    found, series = flow(aws.mediaconnect, ref), None
    if found.arn:
        try:
            series = of_flow(aws.client("cloudwatch"), found.arn, now, WINDOW)
        except (ClientError, BotoCoreError):
            series = None
    condition, severity, reason, began = _judge(found, series, now)
    return FlowStatus(
        key=found.key,
        name=found.name,
        condition=condition,
        severity=severity,
        reason=reason,
        since=began,
        state=found.state,
        source=found.source,
        egress_ip=found.egress_ip,
        bits_in=_latest(series, "bits_in", now),
        loss_percent=_latest(series, "loss_percent", now),
        round_trip_ms=_latest(series, "round_trip_ms", now),
        outputs=found.outputs,
        ours=sum(one.name.startswith(f"{stack.project}-{stack.name}-") for one in found.outputs),
        outputs_limit=OUTPUTS_PER_FLOW,
    )


def _latest(series: Series | None, metric: str, now: dt.datetime) -> float | None:
    return series.latest(metric, now) if series else None


def _judge(found: Flow, series: Series | None, now: dt.datetime) -> _Verdict:
    if found.state is None:
        return "missing", "critical", "there is no such flow; correct lunora-player:flows", None
    if found.state != "ACTIVE":
        return "stopped", "critical", f"it is {found.state}; start it in MediaConnect", None
    if series is not None:
        return _judge_source(series, now)
    reason = "CloudWatch does not answer, so nobody knows whether its source arrives"
    return "degraded", "warning", reason, None


def _judge_source(series: Series, now: dt.datetime) -> _Verdict:
    arriving, lost = series.latest("bits_in", now), series.latest("loss_percent", now)
    if arriving is None:
        reason = "CloudWatch has measured nothing yet; look again in 2 minutes"
        return "starting", "warning", reason, None
    if arriving <= 0:
        reason = "no source arrives; look at the sender"
        return "degraded", "critical", reason, since(series, "bits_in", flowing=False)
    if lost:
        reason = f"{lost:.1f} % of the source's packets are lost"
        return "degraded", "warning", reason, since(series, "loss_percent", flowing=True)
    return "live", "ok", "", since(series, "bits_in", flowing=True)
