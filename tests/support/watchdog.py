"""Readings of the watchdog, built by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from catalog.model import DestinationSpec
from catalog.suspension import Suspension
from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.channels import Channel
from lunora.ops.cloudwatch import Series
from lunora.ops.desired_state import DesiredState
from lunora.ops.flows import Flow, FlowOutput
from lunora.ops.health import DestinationObservation, evaluate
from lunora.ops.maintenance import Maintenance
from lunora.ops.status import DestinationStatus
from lunora.watchdog.view import FlowView, View
from provider.redaction import Mask

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)

_SENDING = ChannelMetrics(frames_in=30.0, active_outputs=1.0, live_since=NOON)


def destination(
    name: str = "show",
    state: str = "RUNNING",
    *,
    now: dt.datetime = NOON,
    expected: DesiredState | None = "running",
    output: str = "ENABLED",
    suspension: Suspension | None = None,
    maintenance: Maintenance | None = None,
    channel_id: str = "",
    replaced: ChannelMetrics | None = None,
    spec: DestinationSpec | None = None,
    **metrics: Any,
) -> DestinationStatus:
    """Return a destination of the flow `main`, live unless *state* or *metrics* say otherwise.

    *replaced* is all metrics instead of some that differ.
    """
    physical_name = f"lunora-player-prod-{name}"
    outputs = (FlowOutput(physical_name, f"arn:output:{name}", output, "198.51.100.1:5000"),)
    channel = Channel(
        id=channel_id or name,
        arn=f"arn:channel:{name}",
        region="us-west-2",
        name=physical_name,
        outputs=(physical_name,),
        destination=name,
        platform="restream",
        state=state,
        pipelines=1,
        pipelines_running=int(state == "RUNNING"),
        input_ids=("1",),
        role_arn=None,
        mask=Mask(()),
        suspension=suspension,
        maintenance=maintenance,
    )
    observation = DestinationObservation(
        name=name,
        spec=spec,
        declared=True,
        expected=expected,
        channel=channel,
        outputs=channel.outputs,
        flow=Flow("main", "srt", "us-west-2", "arn:flow", "ACTIVE", outputs=outputs),
        enabled_on=("srt",) if output == "ENABLED" else (),
        metrics=replaced or dataclasses.replace(_SENDING, **metrics),
    )
    return DestinationStatus(observation, evaluate(observation, now))


def direct(
    name: str = "show",
    *,
    expected: DesiredState | None = "running",
    output: str = "ENABLED",
    suspension: Suspension | None = None,
) -> DestinationStatus:
    """Return a destination that the flow `main` sends itself, live unless *output* is disabled."""
    sent = FlowOutput(f"lunora-player-prod-{name}", f"arn:output:{name}", output, "example:1935")
    spec = DestinationSpec.model_validate({"name": name, "platform": "restream", "route": "flow"})
    observation = DestinationObservation(
        name=name,
        spec=spec,
        declared=True,
        expected=expected,
        outputs=(sent.name,),
        flow=Flow("main", "srt", "us-west-2", "arn:flow", "ACTIVE", outputs=(sent,)),
        enabled_on=("srt",) if output == "ENABLED" else (),
        source=Series(NOON, {"bits_in": ((NOON, 8e6),)}),
        output_suspension=suspension,
    )
    return DestinationStatus(observation, evaluate(observation, NOON))


def missing(name: str = "show") -> DestinationStatus:
    """Return a destination that has a file and no channel."""
    observation = DestinationObservation(name, spec=None, declared=True, expected="running")
    return DestinationStatus(observation, evaluate(observation, NOON))


def reading(
    *destinations: DestinationStatus,
    problem: str = "",
    impairment: str = "",
    maintained: bool = False,
) -> View:
    """Return a reading of *destinations*, all fed by the flow `main` with this *problem*.

    With *maintained* AWS has stopped the flow for maintenance.
    """
    condition = "degraded" if problem or impairment else "live"
    return View(
        {"main": FlowView("main", "srt", condition, problem, maintained, impairment)},
        {status.name: status for status in destinations},
        [status.observation.spec for status in destinations if status.observation.spec],
    )
