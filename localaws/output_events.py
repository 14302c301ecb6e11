"""EventBridge events of flow outputs.

MediaConnect user guide, monitoring-cloudwatch-events-output-health and -output-status-change: their
names, members and both of their resources. That an output of a protocol without connections has no
events of health is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from localaws.events import Event

_CONNECTING = frozenset({"srt-caller", "srt-listener", "zixi-pull", "zixi-push"})


class OutputWatch:
    """Compares the outputs of all flows with how they were the last time."""

    def __init__(self) -> None:
        self._before: dict[str, tuple[str, str]] = {}

    def news(self, flows: Iterable[Any], time: float) -> Iterator[Event]:
        """Yield the events of what has changed; an output that is new has none."""
        now: dict[str, tuple[str, str]] = {}
        for flow in flows:
            about = flow.members["FlowArn"]
            for output in flow.members["Outputs"]:
                arn, after = output["OutputArn"], (output["OutputStatus"], _health(flow, output))
                now[arn] = after
                before = self._before.get(arn, after)
                if before[0] != after[0]:
                    detail: dict[str, Any] = {
                        "currentStatus": after[0],
                        "previousStatus": before[0],
                    }
                    kind = "MediaConnect Output Status Change"
                    yield Event("aws.mediaconnect", kind, time, about, detail, also=arn)
                if before[1] != after[1] and before[1] and after[1]:
                    detail = {"current": {"state": after[1]}, "previous": {"state": before[1]}}
                    kind = "MediaConnect Output Health"
                    yield Event("aws.mediaconnect", kind, time, about, detail, also=arn)
        self._before = now


def _health(flow: Any, output: Mapping[str, Any]) -> str:
    """Return the state of an output that connects; empty for others and while it rests."""
    connects = output["Transport"]["Protocol"] in _CONNECTING
    if not connects or flow.state != "ACTIVE" or output["OutputStatus"] != "ENABLED":
        return ""
    return "DISCONNECTED" if "outputs-refused" in flow.conditions else "CONNECTED"
