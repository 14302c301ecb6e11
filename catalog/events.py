"""Filters of the events that call the watchdog, and the names of their rules."""

from __future__ import annotations

from typing import Any

from catalog import names

# EventBridge's limit (PutRule API reference).
_RULE_NAME_LENGTH = 64


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
    """Return the name of the rule of *kind* of what has this *physical_name*."""
    return names.truncate_name(f"{physical_name}-{kind}", _RULE_NAME_LENGTH)
