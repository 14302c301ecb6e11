"""The audio of a channel: a member of AudioDescriptions, as boto3 names it."""

from __future__ import annotations

from typing import Any

from catalog.audio import Audio
from catalog.encoder_defaults import encoder_defaults
from catalog.model import DestinationSpec

AUDIO = "audio"
"""Name of a channel's audio description."""

AUDIO_SELECTOR = "default"
"""Name of the audio selector of every input attachment, which the audio refers to."""


def audio_description(spec: DestinationSpec) -> dict[str, Any]:
    """Return the AAC-LC audio of *spec*."""
    hertz = spec.platform_facts.advised_audio_hz or encoder_defaults().audio_hz.value
    loudness = spec.audio.loudness
    return {
        "Name": AUDIO,
        "AudioSelectorName": AUDIO_SELECTOR,
        **({"AudioNormalizationSettings": loudness.members} if loudness else {}),
        "CodecSettings": {
            "AacSettings": {
                "Bitrate": float(spec.effective_encoding.audio_kbps * 1000),
                "CodingMode": spec.audio.coding_mode,
                "Profile": "LC",
                "RateControlMode": "CBR",
                "SampleRate": float(hertz),
            }
        },
    }


def audio_selector(audio: Audio) -> dict[str, Any]:
    """Return the audio selector of an input attachment."""
    settings = audio.selector_settings
    return {"Name": AUDIO_SELECTOR, **({"SelectorSettings": settings} if settings else {})}
