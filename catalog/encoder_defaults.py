"""Encoder settings that every channel gets, from encoder_defaults.yaml."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from typing import Any

from catalog import package_data
from catalog.package_data import DataModel
from catalog.platforms import Citation


class Default(DataModel):
    """A default with the source of its recommendation.

    Attributes:
        value: as MediaLive takes it.
        source: key of the source.
        why: what the source says.
    """

    value: Any
    source: str
    why: str = ""


class EncoderDefaults(DataModel):
    """All defaults.

    Attributes:
        sources: the documents.
        buffer_seconds: seconds of video that the rate control's buffer holds.
        profile: the H.264 profile of a platform that advises none.
        audio_hz: the sample rate of a platform that advises none.
        h264: members of H264Settings.
        rtmp_group: members of RtmpGroupSettings.
    """

    sources: Mapping[str, Citation]
    buffer_seconds: Default
    profile: Default
    audio_hz: Default
    h264: Mapping[str, Default]
    rtmp_group: Mapping[str, Default]


@functools.cache
def encoder_defaults() -> EncoderDefaults:
    """Return all defaults."""
    return EncoderDefaults.model_validate(package_data.read("encoder_defaults.yaml"))


def members(defaults: Mapping[str, Default]) -> dict[str, Any]:
    """Return the values of *defaults* by the member of MediaLive."""
    return {member: copy.deepcopy(default.value) for member, default in defaults.items()}
