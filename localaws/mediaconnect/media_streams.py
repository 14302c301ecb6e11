"""Media streams: the tracks of flows over CDI and SMPTE ST 2110."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from localaws.errors import bad_request
from localaws.mediaconnect.region import CHANGEABLE, FlowOperations, part, part_arn
from localaws.resource import Resource

_GIVEN = ("ClockRate", "Description", "MediaStreamType", "VideoFormat")
# botocore, MediaStream.Fmt: MediaConnect assigns it. The first of the dynamic payload types (RFC
# 3551) is a choice of the emulator.
_FIRST_FORMAT = 96


class MediaStreams(FlowOperations):
    """The operations on media streams."""

    def add_flow_media_streams(self, members: dict[str, Any]) -> dict[str, Any]:
        """Describe further tracks of a flow."""
        flow = self._in_state(members, *CHANGEABLE)
        added = self._describe(flow, members["MediaStreams"])
        return {"FlowArn": members["FlowArn"], "MediaStreams": copy.deepcopy(added)}

    def update_flow_media_stream(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change a media stream; what is omitted stays."""
        flow = self._in_state(members, *CHANGEABLE)
        stream = _stream(flow, members)
        stream |= copy.deepcopy({key: members[key] for key in _GIVEN if key in members})
        if "Attributes" in members:
            before = stream.get("Attributes", {"Fmtp": {}})
            given = copy.deepcopy(members["Attributes"])
            stream["Attributes"] = {
                **before,
                **given,
                "Fmtp": {**before["Fmtp"], **given.get("Fmtp", {})},
            }
        return {"FlowArn": members["FlowArn"], "MediaStream": copy.deepcopy(stream)}

    def remove_flow_media_stream(self, members: dict[str, Any]) -> dict[str, Any]:
        """Remove a media stream from a flow that is not active.

        User guide, media-stream-remove: "if the flow is not active".
        """
        flow = self._in_state(members, "STANDBY")
        flow.members["MediaStreams"].remove(_stream(flow, members))
        name = members["MediaStreamName"]
        self.region.tags.pop(part_arn(flow, "mediaStream", name), None)
        return {"FlowArn": members["FlowArn"], "MediaStreamName": name}

    def _describe(self, flow: Resource, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        existing = flow.members.setdefault("MediaStreams", [])
        added: list[dict[str, Any]] = []
        for request in requests:
            there = [*existing, *added]
            for key in ("MediaStreamId", "MediaStreamName"):
                if request[key] in {other[key] for other in there}:
                    raise bad_request(f"another media stream of this flow has the {key}")
            taken = max((other["Fmt"] for other in there), default=_FIRST_FORMAT - 1)
            added.append(_described(request, taken + 1))
        for request in requests:
            arn = part_arn(flow, "mediaStream", request["MediaStreamName"])
            self.region.tags[arn] = dict(request.get("MediaStreamTags", {}))
        existing.extend(added)
        return added


def _stream(flow: Resource, members: Mapping[str, Any]) -> dict[str, Any]:
    streams = flow.members.get("MediaStreams", [])
    return part(streams, "MediaStreamName", members["MediaStreamName"], "media stream")


def _described(request: Mapping[str, Any], payload_type: int) -> dict[str, Any]:
    """Return a media stream as DescribeFlow shows it."""
    given = {key: value for key, value in request.items() if key != "MediaStreamTags"}
    stream = copy.deepcopy(given)
    if "Attributes" in stream:
        # botocore, MediaStreamAttributes: Fmtp is required of an answer, not of a request.
        stream["Attributes"].setdefault("Fmtp", {})
    return {**stream, "Fmt": payload_type}
