"""Health of a destination: one row for each finding."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from catalog.model import DestinationSpec
from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.channels import Alert, Channel
from lunora.ops.flows import Flow, FlowOutput
from lunora.ops.health import DestinationObservation, Health, evaluate
from provider.redaction import Mask

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
FLOWING = ChannelMetrics(
    frames_in=30.0,
    megabits_out=6.1,
    active_outputs=1.0,
    dropped_frames=0.0,
    active_alerts=0.0,
    live_since=NOON,
)
CHANNEL = Channel(
    id="1",
    arn="arn:aws:medialive:us-west-2:123456789012:channel:1",
    region="us-west-2",
    name="show",
    outputs=("show",),
    destination="show",
    platform="restream",
    state="RUNNING",
    pipelines=1,
    pipelines_running=1,
    input_ids=("1",),
    role_arn=None,
    mask=Mask(()),
)
OUTPUT = FlowOutput("show", "arn:output", "ENABLED", "198.51.100.1:5000")
FLOW = Flow("main", "srt", "us-west-2", "arn:flow", "ACTIVE", outputs=(OUTPUT,))
LIVE = DestinationObservation(
    name="show",
    spec=None,
    declared=True,
    expected="running",
    channel=CHANNEL,
    outputs=CHANNEL.outputs,
    flow=FLOW,
    metrics=FLOWING,
)
PAYS = (
    "its output of flow srt is enabled and pays for data nobody receives; `lunora stop` disables it"
)
ALERT = Alert("Failed to Create Output File or Socket", "0", NOON, "unable to open output")


def channel(**changes: Any) -> dict[str, Any]:
    return {"channel": dataclasses.replace(CHANNEL, **changes)}


def flow(**changes: Any) -> dict[str, Any]:
    return {"flow": dataclasses.replace(FLOW, **changes)}


def measured(**other: Any) -> ChannelMetrics:
    return dataclasses.replace(FLOWING, **other)


@pytest.mark.parametrize(
    ("facts", "health"),
    [
        ({}, Health("live", "ok", "", NOON)),
        (
            {"channel": None},
            Health("missing", "critical", "it has a file but no channel in AWS; run `pulumi up`"),
        ),
        (
            channel(state="CREATE_FAILED"),
            Health("failed", "critical", "its channel could not be created; run `pulumi up`"),
        ),
        (
            channel(state="UPDATE_FAILED"),
            Health("failed", "critical", "its channel could not be changed; run `pulumi up`"),
        ),
        (
            channel(state="DELETING"),
            Health("missing", "critical", "its channel is being deleted"),
        ),
        (
            {**channel(state="DELETING"), "declared": False, "expected": None},
            Health("missing", "ok", "its channel is being deleted"),
        ),
        (channel(state="CREATING"), Health("starting", "ok", "its channel is being created")),
        (
            {**channel(state="CREATING"), "expected": "stopped"},
            Health("stopped", "ok", "its channel is being created"),
        ),
        (channel(state="UPDATING"), Health("starting", "ok", "its channel is being changed")),
        (channel(state="STARTING"), Health("starting", "ok", "its channel is starting")),
        (
            {**channel(state="STARTING"), "expected": None},
            Health("starting", "ok", "its channel is starting"),
        ),
        (
            channel(state="RECOVERING"),
            Health("recovering", "warning", "MediaLive is restarting a pipeline"),
        ),
        (
            {**channel(state="RECOVERING"), "alerts": (ALERT,)},
            Health("recovering", "warning", ALERT.kind),
        ),
        (
            {**channel(state="IDLE"), "metrics": ChannelMetrics(last_seen=NOON)},
            Health(
                "failed", "critical", "its channel is stopped although its file says running", NOON
            ),
        ),
        (
            {**channel(state="STOPPING"), "metrics": None},
            Health("failed", "critical", "its channel is stopping although its file says running"),
        ),
        (
            {
                **channel(state="IDLE"),
                "expected": "stopped",
                "metrics": ChannelMetrics(last_seen=NOON),
            },
            Health("stopped", "ok", "", NOON),
        ),
        (
            {
                **channel(state="IDLE"),
                "expected": "stopped",
                "metrics": None,
                "enabled_on": ("srt",),
            },
            Health("stopped", "warning", PAYS),
        ),
        (
            {**channel(state="IDLE"), "expected": None, "declared": None, "enabled_on": ("srt",)},
            Health("stopped", "warning", PAYS),
        ),
        (
            # Its schedule is about to start it.
            {**channel(state="IDLE"), "expected": None, "enabled_on": ("srt",)},
            Health("stopped", "ok"),
        ),
        (
            {**channel(state="STOPPING"), "expected": "stopped", "enabled_on": ("srt",)},
            Health("stopped", "ok", "its channel is stopping"),
        ),
        (
            {**channel(state="IDLE"), "expected": None, "metrics": None},
            Health("stopped", "ok"),
        ),
        (
            {**channel(state="STOPPING"), "expected": "stopped"},
            Health("stopped", "ok", "its channel is stopping"),
        ),
        (flow(state=None), Health("degraded", "critical", "flow srt is gone")),
        (
            {"flow": None},
            Health("degraded", "critical", "the flow that feeds it is gone"),
        ),
        (
            flow(outputs=()),
            Health(
                "degraded",
                "critical",
                "flow srt has no output for it; run `pulumi up`",
            ),
        ),
        (flow(state="STANDBY"), Health("degraded", "critical", "flow srt is STANDBY")),
        (
            flow(outputs=(dataclasses.replace(OUTPUT, status="DISABLED"),)),
            Health("degraded", "critical", "its output of flow srt is disabled"),
        ),
        (
            {"metrics": None},
            Health(
                "degraded",
                "warning",
                "CloudWatch does not answer, so nobody knows whether video goes out",
            ),
        ),
        (
            {"metrics": ChannelMetrics()},
            Health(
                "starting",
                "warning",
                "its channel runs but CloudWatch has measured nothing yet; look again in 2 minutes",
            ),
        ),
        (
            {"metrics": measured(frames_in=0.0, starved_since=NOON)},
            Health("degraded", "critical", "no video arrives at its channel", NOON),
        ),
        (
            {"metrics": measured(frames_in=None)},
            Health("degraded", "critical", "no video arrives at its channel"),
        ),
        (
            {"metrics": measured(megabits_out=0.02, active_outputs=0.0, silent_since=NOON)},
            Health("degraded", "critical", "its channel runs but sends nothing", NOON),
        ),
        (
            {"metrics": measured(megabits_out=0.0)},
            Health("live", "ok", "", NOON),
        ),
        (
            {"metrics": measured(active_outputs=None)},
            Health(
                "degraded",
                "warning",
                "CloudWatch has not measured its outputs, so nobody knows whether video goes out",
            ),
        ),
        (
            channel(pipelines=2, pipelines_running=2),
            Health("degraded", "warning", "only 1 of 2 pipelines send"),
        ),
        (
            {
                **channel(pipelines=2, pipelines_running=2),
                "metrics": measured(active_outputs=2.0),
            },
            Health("live", "ok", "", NOON),
        ),
        (
            {
                "alerts": (ALERT,),
                "metrics": measured(active_outputs=0.0, silent_since=NOON),
            },
            Health("failed", "critical", f"its channel sends nothing: {ALERT.message}", NOON),
        ),
        (
            {"alerts": (ALERT,), "metrics": measured(active_outputs=0.0)},
            Health(
                "failed", "critical", f"its channel sends nothing: {ALERT.message}", ALERT.since
            ),
        ),
        (
            {"alerts": (ALERT,), "metrics": measured(active_alerts=1.0)},
            Health("degraded", "warning", f"alert: {ALERT.kind}", NOON),
        ),
        (
            {"metrics": measured(active_alerts=2.0)},
            Health("degraded", "warning", "2 alerts are active"),
        ),
        (
            channel(pipelines=2),
            Health("degraded", "warning", "only 1 of 2 pipelines run"),
        ),
        (
            {"metrics": measured(dropped_frames=12.0)},
            Health("degraded", "warning", "12 frames dropped in the last minutes"),
        ),
        (
            {"declared": False, "expected": None},
            Health("live", "warning", "no file declares it", NOON),
        ),
        (
            {"expected": "stopped"},
            Health("live", "warning", "it streams although its file says stopped", NOON),
        ),
        ({"declared": None, "expected": None}, Health("live", "ok", "", NOON)),
    ],
)
def test_the_first_thing_that_matters_decides(facts: dict[str, Any], health: Health) -> None:
    assert evaluate(dataclasses.replace(LIVE, **facts), NOON) == health


def test_nothing_of_a_running_channel_alone_makes_it_live() -> None:
    alone = DestinationObservation("show", None, declared=True, expected="running", channel=CHANNEL)
    assert evaluate(alone, NOON).condition == "degraded"


def test_the_cause_is_named_before_its_effects() -> None:
    starved = measured(frames_in=0.0, active_outputs=0.0, dropped_frames=5.0)
    everything = dataclasses.replace(
        LIVE, **flow(state="STANDBY"), metrics=starved, alerts=(ALERT,)
    )
    assert evaluate(everything, NOON).reason == "flow srt is STANDBY"


@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        ({"then": "slate", "slate": "s3://slates/a.png"}, "it sends its slate meanwhile"),
        ({"then": "color", "color": "#112233"}, "it sends the colour #112233 meanwhile"),
        ({}, "it sends black meanwhile"),
        ({"drop": True}, "it sends nothing meanwhile"),
    ],
)
def test_a_lost_source_says_what_viewers_see(keys: dict[str, Any], seen: str) -> None:
    given = {"name": "show", "platform": "youtube", "preset": "480p30", "on_input_loss": keys}
    lost = dataclasses.replace(
        LIVE,
        spec=DestinationSpec.model_validate(given),
        metrics=dataclasses.replace(FLOWING, frames_in=0.0),
    )
    health = evaluate(lost, NOON)
    assert (health.condition, health.severity) == ("degraded", "critical")
    assert health.reason == f"no video arrives at its channel; {seen}"


@pytest.mark.parametrize(
    ("metrics", "condition", "reason"),
    [
        ({"frames_in": 0.0, "megabits_in": 0.2}, "live", ""),
        ({"frames_in": None, "megabits_in": 8.0}, "live", ""),
        ({"frames_in": 30.0, "megabits_in": None}, "live", ""),
        ({"frames_in": 0.0, "megabits_in": 0.01}, "degraded", "nothing arrives at its channel"),
        (
            {"frames_in": 0.0, "megabits_in": 8.0, "active_outputs": 0.0},
            "degraded",
            "its channel runs but sends nothing",
        ),
    ],
)
def test_a_destination_of_sound_alone_needs_no_video(
    metrics: dict[str, Any], condition: str, reason: str
) -> None:
    given = {"name": "show", "platform": "custom", "preset": "audio-only", "url": "rtmp://host/app"}
    radio = dataclasses.replace(
        LIVE,
        spec=DestinationSpec.model_validate(given),
        metrics=dataclasses.replace(FLOWING, **metrics),
    )
    health = evaluate(radio, NOON)
    assert (health.condition, health.reason) == (condition, reason)
