"""Contents of a flow's source, as DescribeFlowSourceMetadata returns them."""

from __future__ import annotations

from typing import Any

from localaws.mediaconnect import source_health
from localaws.resource import Resource

# An invented programme, as an encoder for live streaming sends it.
# The form of FrameRate is unverified.
_PROGRAM = {
    "PcrPid": 256,
    "ProgramNumber": 1,
    "ProgramPid": 4096,
    "Streams": [
        {
            "Pid": 256,
            "StreamType": "Video",
            "Codec": "AVC",
            "FrameRate": "30",
            "FrameResolution": {"FrameHeight": 1080, "FrameWidth": 1920},
            "ScanMode": "progressive",
        },
        {"Pid": 257, "StreamType": "Audio", "Codec": "AAC", "Channels": 2, "SampleRate": 48000},
    ],
}


def arrives(flow: Resource) -> bool:
    """Tell whether the flow is active and one of its sources sends."""
    return flow.state == "ACTIVE" and source_health.LOST not in flow.conditions


def metadata(flow: Resource, received: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Return messages and programmes; without a source there are no programmes.

    Codes and texts of the messages are unverified.

    Args:
        flow: with one source, or with failover.
        received: its programmes by real media; None without any media.
    """
    programs = [_PROGRAM] if received is None else received
    if not arrives(flow):
        programs = []
    active = flow.state == "ACTIVE" and received != []
    lost = source_health.lost_sources(flow.members, flow.conditions)
    messages = [
        {
            "Code": "NO_SOURCE_DATA",
            "Message": "the flow receives nothing from its source",
            "ResourceName": source["Name"],
        }
        for source in flow.members["Sources"]
        if not active or source["Name"] in lost
    ]
    return {"Messages": messages, "TransportMediaInfo": {"Programs": programs}}
