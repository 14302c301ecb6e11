"""The faults of the emulator, and their durations."""

from __future__ import annotations

import random

from localaws.faults import CallFault, FaultPlan, StateFault

RECOVERY_SECONDS = 75 + 20 + 1
"""A pipeline is replaced as long as a channel starts (localaws/latency.yaml), seen or not."""

FLOW_SECONDS = 30 + 20 + 1
"""Likewise of a flow that starts."""

START_SECONDS = 60 + 75
"""A schedule is carried out within its minute (EventBridge Scheduler user guide, precision); then
its channel starts.
"""

# What MediaLive may answer with a conflict while it has not yet noticed what came before.
_CHANGING = ("medialive:StartChannel", "medialive:StopChannel", "medialive:DeleteInput")

CHANNEL = ("dies", "recovers", "output-lost", "alert", "revoked")
FLOW = ("source-lost", "standby")


def plan(rng: random.Random) -> FaultPlan:
    """Return the faults of one run: a share of the calls fails, each in a way that may pass.

    A dropped answer is left to MediaLive and MediaConnect, of which our provider and the request
    tokens of channels take care; where IAM's answer is lost, the AWS provider itself finds that
    what it is to make exists already.
    """
    calls = (
        CallFault(operation="*", fault="throttled", share=0.02),
        CallFault(operation="*", fault="error", share=0.01),
        CallFault(operation="media*:*", fault="unavailable", share=0.01),
        CallFault(operation="media*:*", fault="dropped-before", share=0.01),
        CallFault(operation="media*:*", fault="dropped-after", share=0.01),
        *(CallFault(operation=operation, fault="conflict", share=0.02) for operation in _CHANGING),
        CallFault(operation="mediaconnect:AddFlowOutputs", fault="limit", share=0.1),
        CallFault(operation="media*:*", fault="slow", share=0.01, seconds=0.2),
    )
    update = StateFault(operation="medialive:UpdateChannel", fault="update-failed", nth=1)
    mishaps = (update,) if rng.random() < 1 / 4 else ()
    return FaultPlan(seed=rng.getrandbits(32), calls=calls, mishaps=mishaps)
