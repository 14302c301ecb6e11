"""Filters and texts of the channel events that reach people.

The `message` of an alert may carry the destination's URL with the stream key in it (MediaLive user
guide, events reference). EventBridge therefore forwards only a fixed choice of other fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog import names

# EventBridge's limit (PutRule API reference).
_RULE_NAME_LENGTH = 64
_PASSING = ("CREATING", "STARTING", "STOPPING", "DELETING")


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event.

    Attributes:
        detail_type: its detail type.
        states: the filter of its state; None for any state.
        text: the form of its line, with the names of `fields`.
        fields: the forwarded fields of the event.
    """

    detail_type: str
    states: Sequence[Any] | None
    text: str
    fields: Mapping[str, str]


_COMMON = {"time": "$.time", "channel": "$.detail.channel_arn"}

KINDS: Mapping[str, EventKind] = {
    "states": EventKind(
        detail_type="MediaLive Channel State Change",
        states=({"anything-but": list(_PASSING)},),
        text="the channel is <state>",
        fields={**_COMMON, "state": "$.detail.state"},
    ),
    "alerts": EventKind(
        detail_type="MediaLive Channel Alert",
        states=None,
        text="alert <state>: <alert> (pipeline <pipeline>)",
        fields={
            **_COMMON,
            "state": "$.detail.alarm_state",
            "alert": "$.detail.alert_type",
            "pipeline": "$.detail.pipeline",
        },
    ),
}


def watchdog_patterns() -> dict[str, dict[str, Any]]:
    """Return the patterns of the events of a region that call the watchdog, by rule.

    Names as in the MediaLive user guide and in the EventBridge reference of MediaConnect. All of
    them are best effort, which is why the watchdog also looks every few minutes.
    """
    return {
        "channels": {
            "source": ["aws.medialive"],
            "detail-type": ["MediaLive Channel State Change", "MediaLive Channel Alert"],
        },
        "flows": {
            "source": ["aws.mediaconnect"],
            "detail-type": [
                "MediaConnect Flow Status Change",
                "MediaConnect Source Health",
                "MediaConnect Output Health",
                "MediaConnect Flow Maintenance",
            ],
        },
    }


def rule_name(physical_name: str, kind: str) -> str:
    """Return the name of the rule of *kind* of the destination with this *physical_name*."""
    return names.truncate_name(f"{physical_name}-{kind}", _RULE_NAME_LENGTH)


def pattern(kind: EventKind, channel_arn: str) -> dict[str, Any]:
    """Return the event pattern of this *kind* for one channel."""
    detail: dict[str, Any] = {"channel_arn": [channel_arn]}
    if kind.states is not None:
        detail["state"] = list(kind.states)
    return {"source": ["aws.medialive"], "detail-type": [kind.detail_type], "detail": detail}


def transformer(kind: EventKind, name: str, project: str, stack: str) -> dict[str, Any]:
    """Return the input transformer that makes a line of an event of the destination *name*."""
    line = f"{name} of {project} {stack}: {kind.text}, <time>, <channel>"
    return {"input_paths": dict(kind.fields), "input_template": f'"{line}"'}
