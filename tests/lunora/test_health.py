"""What a destination's state comes to: one row for each thing that can be seen of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from lunora.ops.channels import Alert
from lunora.ops.health import Sight, Verdict, judge
from lunora.ops.vitals import Vitals

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
FLOWING = Vitals(
    frames_in=30.0,
    megabits_out=6.1,
    active_outputs=1.0,
    dropped_frames=0.0,
    active_alerts=0.0,
    live_since=NOON,
)
LIVE = Sight(
    expected="running",
    declared=True,
    channel_state="RUNNING",
    pipelines=1,
    pipelines_running=1,
    flow="srt",
    flow_state="ACTIVE",
    flow_output="ENABLED",
    vitals=FLOWING,
)
PAYS = (
    "its output of flow srt is enabled and pays for data nobody receives; `lunora stop` disables it"
)
ALERT = Alert("Failed to Create Output File or Socket", "0", NOON, "unable to open output")


def vitals(**other: Any) -> Vitals:
    return dataclasses.replace(FLOWING, **other)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ({}, Verdict("live", "ok", "", NOON)),
        (
            {"channel_state": None},
            Verdict("missing", "critical", "it has a file but no channel in AWS; run `pulumi up`"),
        ),
        (
            {"channel_state": "CREATE_FAILED"},
            Verdict("failed", "critical", "its channel could not be created; run `pulumi up`"),
        ),
        (
            {"channel_state": "UPDATE_FAILED"},
            Verdict("failed", "critical", "its channel could not be changed; run `pulumi up`"),
        ),
        (
            {"channel_state": "DELETING"},
            Verdict("missing", "critical", "its channel is being deleted"),
        ),
        (
            {"channel_state": "DELETING", "declared": False, "expected": None},
            Verdict("missing", "ok", "its channel is being deleted"),
        ),
        ({"channel_state": "CREATING"}, Verdict("starting", "ok", "its channel is being created")),
        (
            {"channel_state": "CREATING", "expected": "stopped"},
            Verdict("stopped", "ok", "its channel is being created"),
        ),
        ({"channel_state": "UPDATING"}, Verdict("starting", "ok", "its channel is being changed")),
        ({"channel_state": "STARTING"}, Verdict("starting", "ok", "its channel is starting")),
        (
            {"channel_state": "STARTING", "expected": None},
            Verdict("starting", "ok", "its channel is starting"),
        ),
        (
            {"channel_state": "RECOVERING"},
            Verdict("recovering", "warning", "MediaLive is restarting a pipeline"),
        ),
        (
            {"channel_state": "RECOVERING", "alerts": (ALERT,)},
            Verdict("recovering", "warning", ALERT.kind),
        ),
        (
            {"channel_state": "IDLE", "vitals": Vitals(last_seen=NOON)},
            Verdict(
                "failed", "critical", "its channel is stopped although its file says running", NOON
            ),
        ),
        (
            {"channel_state": "STOPPING", "vitals": None},
            Verdict("failed", "critical", "its channel is stopping although its file says running"),
        ),
        (
            {"channel_state": "IDLE", "expected": "stopped", "vitals": Vitals(last_seen=NOON)},
            Verdict("stopped", "ok", "", NOON),
        ),
        (
            {
                "channel_state": "IDLE",
                "expected": "stopped",
                "vitals": None,
                "enabled_on": ("srt",),
            },
            Verdict("stopped", "warning", PAYS),
        ),
        (
            {"channel_state": "IDLE", "expected": None, "declared": None, "enabled_on": ("srt",)},
            Verdict("stopped", "warning", PAYS),
        ),
        (
            # Its schedule is about to start it.
            {"channel_state": "IDLE", "expected": None, "enabled_on": ("srt",)},
            Verdict("stopped", "ok"),
        ),
        (
            {"channel_state": "STOPPING", "expected": "stopped", "enabled_on": ("srt",)},
            Verdict("stopped", "ok", "its channel is stopping"),
        ),
        (
            {"channel_state": "IDLE", "expected": None, "vitals": None},
            Verdict("stopped", "ok"),
        ),
        (
            {"channel_state": "STOPPING", "expected": "stopped"},
            Verdict("stopped", "ok", "its channel is stopping"),
        ),
        ({"flow_state": None}, Verdict("degraded", "critical", "flow srt is gone")),
        (
            {"flow_state": None, "flow": None},
            Verdict("degraded", "critical", "the flow that feeds it is gone"),
        ),
        (
            {"flow_output": None},
            Verdict(
                "degraded",
                "critical",
                "flow srt has no output for it; run `pulumi up`",
            ),
        ),
        ({"flow_state": "STANDBY"}, Verdict("degraded", "critical", "flow srt is STANDBY")),
        (
            {"flow_output": "DISABLED"},
            Verdict("degraded", "critical", "its output of flow srt is disabled"),
        ),
        (
            {"vitals": None},
            Verdict(
                "degraded",
                "warning",
                "CloudWatch does not answer, so nobody knows whether video goes out",
            ),
        ),
        (
            {"vitals": Vitals()},
            Verdict(
                "starting",
                "warning",
                "its channel runs but CloudWatch has measured nothing yet; look again in 2 minutes",
            ),
        ),
        (
            {"vitals": vitals(frames_in=0.0, starved_since=NOON)},
            Verdict("degraded", "critical", "no video arrives at its channel", NOON),
        ),
        (
            {"vitals": vitals(frames_in=None)},
            Verdict("degraded", "critical", "no video arrives at its channel"),
        ),
        (
            {"vitals": vitals(megabits_out=0.02, active_outputs=0.0, silent_since=NOON)},
            Verdict("degraded", "critical", "its channel runs but sends nothing", NOON),
        ),
        (
            {"vitals": vitals(megabits_out=0.0)},
            Verdict("live", "ok", "", NOON),
        ),
        (
            {"vitals": vitals(active_outputs=None)},
            Verdict(
                "degraded",
                "warning",
                "CloudWatch has not measured its outputs, so nobody knows whether video goes out",
            ),
        ),
        (
            {"pipelines": 2, "pipelines_running": 2},
            Verdict("degraded", "warning", "only 1 of 2 pipelines send"),
        ),
        (
            {
                "pipelines": 2,
                "pipelines_running": 2,
                "vitals": vitals(active_outputs=2.0),
            },
            Verdict("live", "ok", "", NOON),
        ),
        (
            {"alerts": (ALERT,), "vitals": vitals(active_outputs=0.0, silent_since=NOON)},
            Verdict("failed", "critical", f"its channel sends nothing: {ALERT.message}", NOON),
        ),
        (
            {"alerts": (ALERT,), "vitals": vitals(active_outputs=0.0)},
            Verdict(
                "failed", "critical", f"its channel sends nothing: {ALERT.message}", ALERT.since
            ),
        ),
        (
            {"alerts": (ALERT,), "vitals": vitals(active_alerts=1.0)},
            Verdict("degraded", "warning", f"alert: {ALERT.kind}", NOON),
        ),
        (
            {"vitals": vitals(active_alerts=2.0)},
            Verdict("degraded", "warning", "2 alerts are active"),
        ),
        (
            {"pipelines": 2},
            Verdict("degraded", "warning", "only 1 of 2 pipelines run"),
        ),
        (
            {"vitals": vitals(dropped_frames=12.0)},
            Verdict("degraded", "warning", "12 frames dropped in the last minutes"),
        ),
        (
            {"declared": False, "expected": None},
            Verdict("live", "warning", "no file declares it", NOON),
        ),
        (
            {"expected": "stopped"},
            Verdict("live", "warning", "it streams although its file says stopped", NOON),
        ),
        ({"declared": None, "expected": None}, Verdict("live", "ok", "", NOON)),
    ],
)
def test_the_first_thing_that_matters_decides(seen: dict[str, Any], verdict: Verdict) -> None:
    assert judge(dataclasses.replace(LIVE, **seen)) == verdict


def test_nothing_of_a_running_channel_alone_makes_it_live() -> None:
    alone = Sight(expected="running", declared=True, channel_state="RUNNING", pipelines_running=1)
    assert judge(alone).condition == "degraded"


def test_the_cause_is_named_before_its_effects() -> None:
    starved = vitals(frames_in=0.0, active_outputs=0.0, dropped_frames=5.0)
    everything = dataclasses.replace(LIVE, flow_state="STANDBY", vitals=starved, alerts=(ALERT,))
    assert judge(everything).reason == "flow srt is STANDBY"
