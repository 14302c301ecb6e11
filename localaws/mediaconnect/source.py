"""Contents of a flow's source, as DescribeFlowSourceMetadata returns them."""

from __future__ import annotations

from typing import Any

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


def arrives(flow: Resource) -> bool:
    """Tell whether the flow is active and its source sends."""
    return flow.state == "ACTIVE" and "source-lost" not in flow.conditions


def metadata(flow: Resource) -> dict[str, Any]:
    """Return messages and programmes; without a source there are no programmes."""
    messages = []
    if not arrives(flow):
        messages.append(
            {
                "Code": "NO_SOURCE_DATA",
                "Message": "the flow receives nothing from its source",
                "ResourceName": flow.members["Source"]["Name"],
            }
        )
    programs = [_PROGRAM] if arrives(flow) else []
    return {"Messages": messages, "TransportMediaInfo": {"Programs": programs}}
