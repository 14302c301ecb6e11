"""Settings of a destination's MediaLive channel: the members of CreateChannel, as boto3 names them.

A destination has one RTMP output group with one output, at most one H.264 CBR video and one AAC-LC
audio. Settings that no file decides are in encoder_defaults.yaml, each with its source. The frame
rate is always given: taken from the source, it is billed as 30-60 fps.
"""

from __future__ import annotations

from typing import Any, Literal

from catalog.audio_settings import audio_description
from catalog.medialive_members import merged
from catalog.model import DestinationSpec
from catalog.output_groups import DESTINATION, output_group
from catalog.video_settings import video_description


def channel_class(spec: DestinationSpec) -> Literal["STANDARD", "SINGLE_PIPELINE"]:
    """Return the channel class: one pipeline or two."""
    return "STANDARD" if spec.redundancy == "standard" else "SINGLE_PIPELINE"


def destinations(
    spec: DestinationSpec, *, stream_key: str, password_parameter: str | None = None
) -> list[dict[str, Any]]:
    """Return the destinations of the channel, with the stream key in clear.

    The first setting is that of pipeline 0, the second that of pipeline 1 (MediaLive API
    reference, OutputDestination).

    Args:
        spec: the destination.
        stream_key: its stream key.
        password_parameter: the SSM parameter with its RTMP password; None without credentials.
    """
    more: dict[str, Any] = {}
    if spec.authentication is not None and password_parameter is not None:
        more = spec.authentication.destination_settings(password_parameter)
    settings = [{"Url": url, "StreamName": stream_key, **more} for url in spec.ingests]
    return [{"Id": DESTINATION, "Settings": settings}]


def encoder_settings(spec: DestinationSpec) -> dict[str, Any]:
    """Return the encoder settings, with the file's own members; they hold no secret."""
    loss = spec.on_input_loss
    generated = {
        "TimecodeConfig": {"Source": "SYSTEMCLOCK"},
        **({"GlobalConfiguration": {"InputLossBehavior": loss.members}} if loss else {}),
        "VideoDescriptions": [video_description(spec)] if spec.effective_encoding.has_video else [],
        "AudioDescriptions": [audio_description(spec)],
        "OutputGroups": [output_group(spec)],
        # What goes in is then shown by `lunora status --pictures` and `lunora console`.
        "ThumbnailConfiguration": {"State": "AUTO"},
    }
    settings: dict[str, Any] = merged(
        {"EncoderSettings": generated}, spec.medialive, "EncoderSettings"
    )
    return settings
