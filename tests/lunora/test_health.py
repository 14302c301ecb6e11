"""What a destination's state comes to: one row for each thing that can be seen of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.channels import Alert
from lunora.ops.health import DestinationObservation, Health, evaluate

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
FLOWING = ChannelMetrics(
    frames_in=30.0,
    megabits_out=6.1,
    active_outputs=1.0,
    dropped_frames=0.0,
    active_alerts=0.0,
    live_since=NOON,
)
LIVE = DestinationObservation(
    expected="running",
    declared=True,
    channel_state="RUNNING",
    pipelines=1,
    pipelines_running=1,
    flow="srt",
    flow_state="ACTIVE",
    flow_output="ENABLED",
    channel_metrics=FLOWING,
)
PAYS = (
    "its output of flow srt is enabled and pays for data nobody receives; `lunora stop` disables it"
)
ALERT = Alert("Failed to Create Output File or Socket", "0", NOON, "unable to open output")


def measured(**other: Any) -> ChannelMetrics:
    return dataclasses.replace(FLOWING, **other)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ({}, Health("live", "ok", "", NOON)),
        (
            {"channel_state": None},
            Health("missing", "critical", "it has a file but no channel in AWS; run `pulumi up`"),
        ),
        (
            {"channel_state": "CREATE_FAILED"},
            Health("failed", "critical", "its channel could not be created; run `pulumi up`"),
        ),
        (
            {"channel_state": "UPDATE_FAILED"},
            Health("failed", "critical", "its channel could not be changed; run `pulumi up`"),
        ),
        (
            {"channel_state": "DELETING"},
            Health("missing", "critical", "its channel is being deleted"),
        ),
        (
            {"channel_state": "DELETING", "declared": False, "expected": None},
            Health("missing", "ok", "its channel is being deleted"),
        ),
        ({"channel_state": "CREATING"}, Health("starting", "ok", "its channel is being created")),
        (
            {"channel_state": "CREATING", "expected": "stopped"},
            Health("stopped", "ok", "its channel is being created"),
        ),
        ({"channel_state": "UPDATING"}, Health("starting", "ok", "its channel is being changed")),
        ({"channel_state": "STARTING"}, Health("starting", "ok", "its channel is starting")),
        (
            {"channel_state": "STARTING", "expected": None},
            Health("starting", "ok", "its channel is starting"),
        ),
        (
            {"channel_state": "RECOVERING"},
            Health("recovering", "warning", "MediaLive is restarting a pipeline"),
        ),
        (
            {"channel_state": "RECOVERING", "alerts": (ALERT,)},
            Health("recovering", "warning", ALERT.kind),
        ),
        (
            {"channel_state": "IDLE", "channel_metrics": ChannelMetrics(last_seen=NOON)},
            Health(
                "failed", "critical", "its channel is stopped although its file says running", NOON
            ),
        ),
        (
            {"channel_state": "STOPPING", "channel_metrics": None},
            Health("failed", "critical", "its channel is stopping although its file says running"),
        ),
        (
            {
                "channel_state": "IDLE",
                "expected": "stopped",
                "channel_metrics": ChannelMetrics(last_seen=NOON),
            },
            Health("stopped", "ok", "", NOON),
        ),
        (
            {
                "channel_state": "IDLE",
                "expected": "stopped",
                "channel_metrics": None,
                "enabled_on": ("srt",),
            },
            Health("stopped", "warning", PAYS),
        ),
        (
            {"channel_state": "IDLE", "expected": None, "declared": None, "enabled_on": ("srt",)},
            Health("stopped", "warning", PAYS),
        ),
        (
            # Its schedule is about to start it.
            {"channel_state": "IDLE", "expected": None, "enabled_on": ("srt",)},
            Health("stopped", "ok"),
        ),
        (
            {"channel_state": "STOPPING", "expected": "stopped", "enabled_on": ("srt",)},
            Health("stopped", "ok", "its channel is stopping"),
        ),
        (
            {"channel_state": "IDLE", "expected": None, "channel_metrics": None},
            Health("stopped", "ok"),
        ),
        (
            {"channel_state": "STOPPING", "expected": "stopped"},
            Health("stopped", "ok", "its channel is stopping"),
        ),
        ({"flow_state": None}, Health("degraded", "critical", "flow srt is gone")),
        (
            {"flow_state": None, "flow": None},
            Health("degraded", "critical", "the flow that feeds it is gone"),
        ),
        (
            {"flow_output": None},
            Health(
                "degraded",
                "critical",
                "flow srt has no output for it; run `pulumi up`",
            ),
        ),
        ({"flow_state": "STANDBY"}, Health("degraded", "critical", "flow srt is STANDBY")),
        (
            {"flow_output": "DISABLED"},
            Health("degraded", "critical", "its output of flow srt is disabled"),
        ),
        (
            {"channel_metrics": None},
            Health(
                "degraded",
                "warning",
                "CloudWatch does not answer, so nobody knows whether video goes out",
            ),
        ),
        (
            {"channel_metrics": ChannelMetrics()},
            Health(
                "starting",
                "warning",
                "its channel runs but CloudWatch has measured nothing yet; look again in 2 minutes",
            ),
        ),
        (
            {"channel_metrics": measured(frames_in=0.0, starved_since=NOON)},
            Health("degraded", "critical", "no video arrives at its channel", NOON),
        ),
        (
            {"channel_metrics": measured(frames_in=None)},
            Health("degraded", "critical", "no video arrives at its channel"),
        ),
        (
            {"channel_metrics": measured(megabits_out=0.02, active_outputs=0.0, silent_since=NOON)},
            Health("degraded", "critical", "its channel runs but sends nothing", NOON),
        ),
        (
            {"channel_metrics": measured(megabits_out=0.0)},
            Health("live", "ok", "", NOON),
        ),
        (
            {"channel_metrics": measured(active_outputs=None)},
            Health(
                "degraded",
                "warning",
                "CloudWatch has not measured its outputs, so nobody knows whether video goes out",
            ),
        ),
        (
            {"pipelines": 2, "pipelines_running": 2},
            Health("degraded", "warning", "only 1 of 2 pipelines send"),
        ),
        (
            {
                "pipelines": 2,
                "pipelines_running": 2,
                "channel_metrics": measured(active_outputs=2.0),
            },
            Health("live", "ok", "", NOON),
        ),
        (
            {
                "alerts": (ALERT,),
                "channel_metrics": measured(active_outputs=0.0, silent_since=NOON),
            },
            Health("failed", "critical", f"its channel sends nothing: {ALERT.message}", NOON),
        ),
        (
            {"alerts": (ALERT,), "channel_metrics": measured(active_outputs=0.0)},
            Health(
                "failed", "critical", f"its channel sends nothing: {ALERT.message}", ALERT.since
            ),
        ),
        (
            {"alerts": (ALERT,), "channel_metrics": measured(active_alerts=1.0)},
            Health("degraded", "warning", f"alert: {ALERT.kind}", NOON),
        ),
        (
            {"channel_metrics": measured(active_alerts=2.0)},
            Health("degraded", "warning", "2 alerts are active"),
        ),
        (
            {"pipelines": 2},
            Health("degraded", "warning", "only 1 of 2 pipelines run"),
        ),
        (
            {"channel_metrics": measured(dropped_frames=12.0)},
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
def test_the_first_thing_that_matters_decides(seen: dict[str, Any], verdict: Health) -> None:
    assert evaluate(dataclasses.replace(LIVE, **seen)) == verdict


def test_nothing_of_a_running_channel_alone_makes_it_live() -> None:
    alone = DestinationObservation(
        expected="running", declared=True, channel_state="RUNNING", pipelines_running=1
    )
    assert evaluate(alone).condition == "degraded"


def test_the_cause_is_named_before_its_effects() -> None:
    starved = measured(frames_in=0.0, active_outputs=0.0, dropped_frames=5.0)
    everything = dataclasses.replace(
        LIVE, flow_state="STANDBY", channel_metrics=starved, alerts=(ALERT,)
    )
    assert evaluate(everything).reason == "flow srt is STANDBY"
