"""Thumbnails of the sources of flows, as DescribeFlowSourceThumbnail returns them."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from localaws.mediaconnect import source
from localaws.pictures import Pictures
from localaws.resource import Resource

# MediaConnect user guide: none are generated for a flow with more outputs.
_MOST_OUTPUTS = 10


def described(flow: Resource, pictures: Pictures, now: dt.datetime) -> dict[str, Any]:
    """Return the thumbnail of a flow's source, or the message why there is none.

    Where it is disabled or nothing arrives, "the response carries ThumbnailMessages explaining why"
    (alchemy.run, DescribeFlowSourceThumbnail); their codes and texts are unverified.
    """
    arn, problem = flow.members["FlowArn"], _problem(flow)
    jpeg = None if problem else pictures.jpeg((arn,), flow.members["Name"], now)
    if jpeg is None:
        code, message = problem or ("NO_FRAME", "no frame has been decoded yet")
        messages = [{"Code": code, "Message": message, "ResourceName": flow.members["Name"]}]
        return {"FlowArn": arn, "ThumbnailMessages": messages}
    return {
        "FlowArn": arn,
        "Thumbnail": base64.b64encode(jpeg).decode(),
        "ThumbnailMessages": [],
        "Timecode": now.strftime("%H:%M:%S:00"),
        "Timestamp": now,
    }


def _problem(flow: Resource) -> tuple[str, str] | None:
    monitoring = flow.members.get("SourceMonitoringConfig") or {}
    if monitoring.get("ThumbnailState") != "ENABLED":
        return "THUMBNAILS_DISABLED", "thumbnails are not enabled in the flow's source monitoring"
    if not source.arrives(flow):
        return "NO_SOURCE_DATA", "the flow receives nothing from its source"
    if len(flow.members["Outputs"]) > _MOST_OUTPUTS:
        return "TOO_MANY_OUTPUTS", f"the flow has more than {_MOST_OUTPUTS} outputs"
    return None
