"""The video of a channel: a member of VideoDescriptions, as boto3 names it."""

from __future__ import annotations

from typing import Any

from catalog.model import DestinationSpec

VIDEO = "video"
"""Name of a channel's video description."""


def video_description(spec: DestinationSpec) -> dict[str, Any]:
    """Return the H.264 video of *spec*, which has one."""
    encoding = spec.effective_encoding
    return {
        "Name": VIDEO,
        "Width": encoding.width,
        "Height": encoding.height,
        **spec.picture.members(encoding),
        "CodecSettings": {
            "H264Settings": {
                "RateControlMode": "CBR",
                "Bitrate": encoding.video_kbps * 1000,
                "FramerateControl": "SPECIFIED",
                "FramerateNumerator": encoding.frames_per_second,
                "FramerateDenominator": 1,
                "GopSize": encoding.keyframe_seconds,
                "GopSizeUnits": "SECONDS",
                "GopClosedCadence": 1,
                "ScanType": "PROGRESSIVE",
                "SceneChangeDetect": "DISABLED",
                "ParControl": "SPECIFIED",
                "ParNumerator": 1,
                "ParDenominator": 1,
                "Profile": "HIGH",
                "Level": "H264_LEVEL_AUTO",
                "AdaptiveQuantization": "HIGH",
                "LookAheadRateControl": "HIGH",
            }
        },
    }
