"""Thumbnails of the pipelines of running channels."""

from __future__ import annotations

import base64
from typing import Any

from localaws.errors import bad_request
from localaws.medialive.channels import Channels

_CURRENT = "CURRENT_ACTIVE"


class Thumbnails(Channels):
    """The operation on thumbnails."""

    def describe_thumbnails(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show the picture that a pipeline takes in.

        User guide, thumbnails-work-cli: the form, the only type, and the empty list where
        thumbnails are disabled. A channel that does not configure them is taken to have none, which
        is unverified.
        """
        channel = self.channel(members["ChannelId"])
        number, kind = members["PipelineId"], members["ThumbnailType"]
        if number not in {"0", "1"}:
            raise bad_request("the PipelineId has to be 0 or 1")
        if kind != _CURRENT:
            raise bad_request(f"the ThumbnailType has to be {_CURRENT}")
        if channel.state != "RUNNING" and self.region.readings["thumbnails-idle"] == "bad-request":
            raise bad_request("the channel is not running")
        settings = channel.members["EncoderSettings"].get("ThumbnailConfiguration") or {}
        if channel.state != "RUNNING" or settings.get("State") != "AUTO":
            return {"ThumbnailDetails": []}
        details = channel.members["PipelineDetails"]
        shown = [detail for detail in details if detail["PipelineId"] == number]
        return {"ThumbnailDetails": [self._detail(channel.members, detail) for detail in shown]}

    def _detail(self, channel: dict[str, Any], detail: dict[str, Any]) -> dict[str, Any]:
        number, now = detail["PipelineId"], self.region.clock.date()
        active = detail.get("ActiveInputAttachmentName", "")
        title = f"{channel['Name']} pipeline {number} {active}"
        jpeg = self.region.pictures.jpeg((channel["Id"], number), title, now)
        thumbnail = {
            "Body": base64.b64encode(jpeg or b"").decode(),
            "ContentType": "image/jpeg",
            "ThumbnailType": _CURRENT,
            "TimeStamp": now,
        }
        return {"PipelineId": number, "Thumbnails": [thumbnail] if jpeg else []}
