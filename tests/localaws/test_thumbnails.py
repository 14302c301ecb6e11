"""Thumbnails of channels and flows without real video: a slate with name and time."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from localaws.pictures import Pictures, slate
from localaws.server import EmbeddedAws
from tests.support.medialive import channel_request, push_input, settle


def made(medialive: Any, state: str | None, channel_class: str = "SINGLE_PIPELINE") -> str:
    """Make a channel that runs, with thumbnails in that *state*; returns its id."""
    request = channel_request(push_input(medialive), ChannelClass=channel_class)
    request["Destinations"][0]["Settings"] *= 2 if channel_class == "STANDARD" else 1
    if state is not None:
        request["EncoderSettings"]["ThumbnailConfiguration"] = {"State": state}
    channel_id: str = medialive.create_channel(**request)["Channel"]["Id"]

    def look() -> str:
        return str(medialive.describe_channel(ChannelId=channel_id)["State"])

    settle(look, "IDLE")
    medialive.start_channel(ChannelId=channel_id)
    settle(look, "RUNNING")
    return channel_id


def shown(medialive: Any, channel: str, pipeline: str = "0", kind: str = "CURRENT_ACTIVE") -> Any:
    about = {"ChannelId": channel, "PipelineId": pipeline, "ThumbnailType": kind}
    return medialive.describe_thumbnails(**about)["ThumbnailDetails"]


def test_each_pipeline_of_a_running_channel_has_a_thumbnail(
    embedded: EmbeddedAws, medialive: Any
) -> None:
    channel = made(medialive, "AUTO", "STANDARD")
    for pipeline in ("0", "1"):
        (detail,) = shown(medialive, channel, pipeline)
        (thumbnail,) = detail["Thumbnails"]
        assert detail["PipelineId"] == pipeline
        assert (thumbnail["ContentType"], thumbnail["ThumbnailType"]) == (
            "image/jpeg",
            "CURRENT_ACTIVE",
        )
        assert thumbnail["TimeStamp"] == embedded.clock.date()
        picture = Image.open(io.BytesIO(base64.b64decode(thumbnail["Body"])))
        assert (picture.format, picture.size) == ("JPEG", (640, 360))
    assert shown(medialive, channel, "0") != shown(medialive, channel, "1"), "each has its name"


@pytest.mark.parametrize("state", ["DISABLED", None])
def test_without_the_feature_there_are_none(medialive: Any, state: str | None) -> None:
    assert shown(medialive, made(medialive, state)) == []


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"pipeline": "2"}, "BadRequestException"),
        ({"kind": "UNSPECIFIED"}, "BadRequestException"),
        ({"channel": "999"}, "NotFoundException"),
    ],
)
def test_other_thumbnails_are_refused(medialive: Any, about: dict[str, str], code: str) -> None:
    channel = made(medialive, "AUTO")
    with pytest.raises(ClientError) as caught:
        shown(medialive, **{"channel": channel, **about})
    assert caught.value.response["Error"]["Code"] == code


def test_real_video_without_a_frame_has_no_thumbnail(embedded: EmbeddedAws, medialive: Any) -> None:
    channel = made(medialive, "AUTO")
    embedded.medialive().region.pictures.captured = lambda _: None
    try:
        assert shown(medialive, channel) == [{"PipelineId": "0", "Thumbnails": []}]
    finally:
        embedded.medialive().region.pictures.captured = None


def test_a_slate_tells_its_name_and_time(embedded: EmbeddedAws) -> None:
    time = embedded.clock.date()
    pictures = Pictures()
    assert pictures.jpeg(("1", "0"), "one", time) == slate("one", time)
    assert slate("one", time) != slate("two", time)
    embedded.clock.advance(1)
    assert slate("one", time) != slate("one", embedded.clock.date())
    assert slate("\N{SNOWMAN}" * 500, time)


def source_thumbnail(mediaconnect: Any, flow: str) -> Any:
    return mediaconnect.describe_flow_source_thumbnail(FlowArn=flow)["ThumbnailDetails"]


@pytest.fixture
def flow(mediaconnect: Any) -> str:
    """An active flow with thumbnails; returns its ARN."""
    source = {"Name": "in", "Protocol": "rtp", "WhitelistCidr": "203.0.113.0/24"}
    monitoring = {"ThumbnailState": "ENABLED"}
    made = mediaconnect.create_flow(Name="one", Source=source, SourceMonitoringConfig=monitoring)
    arn: str = made["Flow"]["FlowArn"]
    mediaconnect.start_flow(FlowArn=arn)
    settle(lambda: mediaconnect.describe_flow(FlowArn=arn)["Flow"]["Status"], "ACTIVE")
    return arn


def test_an_active_flow_has_a_thumbnail(
    embedded: EmbeddedAws, mediaconnect: Any, flow: str
) -> None:
    thumbnail = source_thumbnail(mediaconnect, flow)
    assert thumbnail["FlowArn"] == flow
    assert thumbnail["ThumbnailMessages"] == []
    assert thumbnail["Timestamp"] == embedded.clock.date()
    assert thumbnail["Timecode"] == "00:00:00:00"
    picture = Image.open(io.BytesIO(base64.b64decode(thumbnail["Thumbnail"])))
    assert picture.format == "JPEG"


def disabled(embedded: EmbeddedAws, _: Any, flow: str) -> None:
    flows = embedded.regions["mediaconnect", "us-west-2"].flows
    flows[flow].members["SourceMonitoringConfig"]["ThumbnailState"] = "DISABLED"


def lost(embedded: EmbeddedAws, _: Any, __: str) -> None:
    embedded.trigger("source-lost", "one")


def stopped(_: EmbeddedAws, mediaconnect: Any, flow: str) -> None:
    mediaconnect.stop_flow(FlowArn=flow)


def crowded(_: EmbeddedAws, mediaconnect: Any, flow: str) -> None:
    outputs = [
        {"Name": str(number), "Protocol": "rtp", "Destination": "203.0.113.9", "Port": number}
        for number in range(5000, 5011)
    ]
    mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=outputs)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (disabled, "THUMBNAILS_DISABLED"),
        (lost, "NO_SOURCE_DATA"),
        (stopped, "NO_SOURCE_DATA"),
        (crowded, "TOO_MANY_OUTPUTS"),
    ],
)
def test_a_flow_without_a_thumbnail_says_why(
    embedded: EmbeddedAws,
    mediaconnect: Any,
    flow: str,
    change: Callable[[EmbeddedAws, Any, str], None],
    code: str,
) -> None:
    change(embedded, mediaconnect, flow)
    thumbnail = source_thumbnail(mediaconnect, flow)
    assert "Thumbnail" not in thumbnail
    assert [message["Code"] for message in thumbnail["ThumbnailMessages"]] == [code]


def test_a_flow_that_is_none_has_no_thumbnail(mediaconnect: Any, flow: str) -> None:
    with pytest.raises(ClientError) as caught:
        source_thumbnail(mediaconnect, flow + "-other")
    assert caught.value.response["Error"]["Code"] == "NotFoundException"
