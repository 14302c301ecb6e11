"""The video that arrives at a flow, for comparison with what the configuration declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field

from provider.typed_resource import Outputs

if TYPE_CHECKING:
    from mypy_boto3_mediaconnect import MediaConnectClient


class ArrivingVideo(Outputs):
    """The video of a source, in MediaConnect's words."""

    codec: str | None = Field(None, description="Codec, as in AVC.")
    frame_rate: str | None = Field(None, description="Frames a second.")
    scan_mode: str | None = Field(None, description="Scan mode: progressive or interlace.")
    width: int | None = Field(None, description="Width in pixels.")
    height: int | None = Field(None, description="Height in pixels.")


def arriving_video(mediaconnect: MediaConnectClient, arn: str) -> ArrivingVideo | None:
    """Return the first video that arrives at the flow *arn*; None where none is known.

    One attempt decides: a preview does without the comparison when AWS does not answer, or the
    credentials may not ask.
    """
    try:
        described = mediaconnect.describe_flow_source_metadata(FlowArn=arn)
    except (ClientError, BotoCoreError):
        return None
    return next(videos(described), None)


def videos(described: Mapping[str, Any]) -> Iterator[ArrivingVideo]:
    """Yield the videos in an answer of DescribeFlowSourceMetadata."""
    for program in (described.get("TransportMediaInfo") or {}).get("Programs") or []:
        for stream in program.get("Streams") or []:
            if str(stream.get("StreamType")).casefold() != "video":
                continue
            size = stream.get("FrameResolution") or {}
            yield ArrivingVideo(
                codec=stream.get("Codec"),
                frame_rate=stream.get("FrameRate"),
                scan_mode=stream.get("ScanMode"),
                width=size.get("FrameWidth"),
                height=size.get("FrameHeight"),
            )
