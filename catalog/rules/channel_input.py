"""Rules on the inputs of a channel."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

_FAILOVER, _INPUT = "LUN138", "LUN139"


def check_failover(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse failover without a backup, and black as a condition of sound alone."""
    if "failover" not in spec.model_fields_set:
        return
    if len(spec.input_flows) == 1:
        message = "needs a second input that takes over: flow: [main, backup]"
        if spec.backup_flow is not None:
            message = "each pipeline has a flow of its own; use redundancy: single or input: push"
        yield Finding(_FAILOVER, "failover", message)
    if spec.failover.black_seconds is not None and not spec.effective_encoding.has_video:
        message = f"preset {spec.preset} has no video; remove it"
        yield Finding(_FAILOVER, "failover.black_seconds", message)


def check_input_type(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse an input that MediaLive connects to the flow, where it cannot be as declared."""
    if spec.input_type == "push":
        return
    if spec.transport != "rtp":
        message = (
            f"MediaLive makes the output of the flow itself; remove transport: {spec.transport}"
        )
        yield Finding(_INPUT, "transport", message)
    if spec.redundancy == "standard" and spec.backup_flow is None:
        message = (
            "two pipelines need two flows, in two zones; name them, as in flow: [main, backup]"
        )
        yield Finding(_INPUT, "input", message)
