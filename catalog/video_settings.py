"""The video of a channel: a member of VideoDescriptions, as boto3 names it."""

from __future__ import annotations

from typing import Any

from catalog.encoder_defaults import encoder_defaults, members
from catalog.model import DestinationSpec

VIDEO = "video"
"""Name of a channel's video description."""

_QUALITY_LEVELS = {"standard": "STANDARD_QUALITY", "enhanced": "ENHANCED_QUALITY"}


def video_description(spec: DestinationSpec) -> dict[str, Any]:
    """Return the H.264 video of *spec*, which has one."""
    encoding = spec.effective_encoding
    return {
        "Name": VIDEO,
        "Width": encoding.width,
        "Height": encoding.height,
        **spec.picture.members(encoding),
        "CodecSettings": {
            "H264Settings": h264_settings(spec),
        },
    }


def h264_settings(spec: DestinationSpec) -> dict[str, Any]:
    """Return the settings of the H.264 encoder of *spec*."""
    encoding, defaults = spec.effective_encoding, encoder_defaults()
    bitrate = encoding.video_kbps * 1000
    profile = encoding.profile or spec.platform_facts.advised_profile or defaults.profile.value
    return {
        **members(defaults.h264),
        "Bitrate": bitrate,
        "BufSize": bitrate * defaults.buffer_seconds.value,
        "FramerateControl": "SPECIFIED",
        "FramerateNumerator": encoding.frames_per_second.numerator,
        "FramerateDenominator": encoding.frames_per_second.denominator,
        "GopSize": encoding.keyframe_seconds,
        "GopSizeUnits": "SECONDS",
        "Profile": profile.upper(),
        "QualityLevel": _QUALITY_LEVELS[encoding.quality],
    }
