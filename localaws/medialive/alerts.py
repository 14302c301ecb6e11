"""Alerts of channels: set when something goes wrong with a pipeline, cleared when it is over."""

from __future__ import annotations

from typing import Any

from localaws.medialive.service import Region

# MediaLive user guide, reference of channel alerts.
OUTPUT_FAILED = "Failed to Create Output File or Socket"


def set_alert(region: Region, channel_id: str, pipeline: str, message: str) -> None:
    """Set the alert about a pipeline's outputs; one that is set already gets the new message."""
    for alert in _set_alerts(region, channel_id, pipeline):
        alert["Message"] = message
        return
    alerts = region.alerts.setdefault(channel_id, [])
    alerts.append(
        {
            "Id": str(len(alerts) + 1),
            "AlertType": OUTPUT_FAILED,
            "PipelineId": pipeline,
            "State": "SET",
            "SetTimestamp": region.clock.date(),
            "Message": message,
        }
    )


def clear_alerts(region: Region, channel_id: str, pipeline: str) -> None:
    """Clear the alert about a pipeline's outputs."""
    for alert in _set_alerts(region, channel_id, pipeline):
        alert.update(State="CLEARED", ClearedTimestamp=region.clock.date())


def _set_alerts(region: Region, channel_id: str, pipeline: str) -> list[dict[str, Any]]:
    key = (OUTPUT_FAILED, pipeline, "SET")
    return [
        alert
        for alert in region.alerts.get(channel_id, [])
        if (alert["AlertType"], alert["PipelineId"], alert["State"]) == key
    ]
