"""What state a destination is in that a flow sends by itself, without a channel.

MediaConnect measures no RTMP or RTP output, so nobody knows what arrives; such a one counts as live
while the flow receives its source and its output is enabled. SRT has to be connected as well.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lunora.ops.channel_metrics import since
from lunora.ops.cloudwatch import Series
from lunora.ops.flows import Flow, FlowOutput
from lunora.ops.health import Expected, Health


@dataclass(frozen=True, slots=True)
class FlowRouteObservation:
    """What was seen of it.

    Attributes:
        expected: what its file asks for now; None while that has just changed.
        flow: the flow that should send it; None where the configuration has none.
        output: its output; None where the flow has none.
        source: what was measured on the flow's source; None where nothing was asked.
        connection: what was measured on an SRT output; None likewise.
    """

    expected: Expected | None
    flow: Flow | None
    output: FlowOutput | None
    source: Series | None
    connection: Series | None = None


def evaluate(seen: FlowRouteObservation, now: dt.datetime) -> Health:
    """Decide on the first thing that matters, the cause before its effects."""
    if seen.flow is None or seen.flow.state is None:
        name = f"flow {seen.flow.name}" if seen.flow else "the flow that feeds it"
        return Health("degraded", "critical", f"{name} is gone")
    if seen.output is None:
        reason = f"it has a file but no output of flow {seen.flow.name}; run `pulumi up`"
        return Health("missing", "critical", reason)
    if seen.output.status != "ENABLED":
        if seen.expected == "running":
            reason = "its output is disabled although its file says running"
            return Health("failed", "critical", reason)
        return Health("stopped", "ok")
    if seen.flow.state != "ACTIVE":
        return Health("degraded", "critical", f"flow {seen.flow.name} is {seen.flow.state}")
    return _while_sending(seen, now)


def _while_sending(seen: FlowRouteObservation, now: dt.datetime) -> Health:
    arriving = seen.source.latest("bits_in", now) if seen.source else None
    if seen.source is None or arriving is None:
        reason = "CloudWatch has measured nothing yet; look again in 2 minutes"
        return Health("starting", "warning", reason)
    if arriving <= 0:
        began = since(seen.source, "bits_in", flowing=False)
        return Health("degraded", "critical", "its flow gets nothing from its source", began)
    if seen.connection is not None and not seen.connection.latest("connected", now):
        began = since(seen.connection, "connected", flowing=False)
        reason = "nobody takes it; check address, stream id and passphrase on the other side"
        return Health("degraded", "critical", reason, began)
    began = since(seen.source, "bits_in", flowing=True)
    if seen.expected == "stopped":
        return Health("live", "warning", "it streams although its file says stopped", began)
    return Health("live", "ok", "", began)
