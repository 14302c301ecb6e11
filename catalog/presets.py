"""The encoding presets, from presets.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal

from catalog import package_data
from catalog.frame_rate import FrameRate
from catalog.package_data import DataModel

# The two frame rates that platforms publish figures for.
_NORMAL, _FAST = 30, 60


class Encoding(DataModel):
    """An encoding of H.264 CBR and AAC-LC stereo; without video, its video figures are 0.

    Attributes:
        width: pixels.
        height: pixels.
        frames_per_second: frames a second, exact.
        video_kbps: video bitrate in kb/s.
        audio_kbps: audio bitrate in kb/s.
        keyframe_seconds: distance of key frames in seconds.
        profile: profile of H.264; None leaves it to the platform.
        quality: quality level, which is billed.
    """

    width: int
    height: int
    frames_per_second: FrameRate
    video_kbps: int
    audio_kbps: int
    keyframe_seconds: int = 2
    profile: Literal["main", "high"] | None = None
    quality: Literal["standard", "enhanced"] = "standard"

    @property
    def has_video(self) -> bool:
        """True for a preset with video."""
        return self.video_kbps > 0

    @property
    def lines(self) -> int:
        """The length of the shorter side in pixels."""
        return min(self.width, self.height)

    @property
    def is_upright(self) -> bool:
        """True where the picture is higher than wide."""
        return self.height > self.width

    @property
    def size_and_rate(self) -> str:
        """The class platforms publish bitrates for, as in `1080p60`."""
        return f"{self.lines}p{_FAST if self.frames_per_second > _NORMAL else _NORMAL}"


@functools.cache
def presets() -> Mapping[str, Encoding]:
    """Return all presets by the key that destination files use."""
    listed = package_data.read("presets.yaml")["presets"]
    return {key: Encoding.model_validate(value) for key, value in listed.items()}
