"""The audio of a channel: a member of AudioDescriptions, as boto3 names it."""

from __future__ import annotations

from typing import Any

from catalog.encoder_defaults import encoder_defaults
from catalog.model import DestinationSpec

AUDIO = "audio"
"""Name of a channel's audio description."""

AUDIO_SELECTOR = "default"
"""Name of the audio selector of every input attachment, which the audio refers to."""


def audio_description(spec: DestinationSpec) -> dict[str, Any]:
    """Return the AAC-LC audio of *spec*."""
    hertz = spec.platform_facts.advised_audio_hz or encoder_defaults().audio_hz.value
    return {
        "Name": AUDIO,
        "AudioSelectorName": AUDIO_SELECTOR,
        "CodecSettings": {
            "AacSettings": {
                "Bitrate": float(spec.effective_encoding.audio_kbps * 1000),
                "CodingMode": "CODING_MODE_2_0",
                "Profile": "LC",
                "RateControlMode": "CBR",
                "SampleRate": float(hertz),
            }
        },
    }
