"""Contents of a flow's source, as DescribeFlowSourceMetadata returns them."""

from __future__ import annotations

from typing import Any

from localaws.mediaconnect import source_health
from localaws.resource import Resource

# An invented programme, as an encoder for live streaming sends it.
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
        },
        {"Pid": 257, "StreamType": "Audio", "Codec": "AAC", "Channels": 2, "SampleRate": 48000},
    ],
}


def metadata(flow: Resource, time: float) -> dict[str, Any]:
    """Return messages and programmes; without a source there are no programmes.

    Args:
        flow: with one source, or with failover.
        time: second of the question.
    """
    active = flow.state == "ACTIVE"
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
    programs = [_PROGRAM] if source_health.feeding(flow, time) else []
    return {"Messages": messages, "TransportMediaInfo": {"Programs": programs}}
