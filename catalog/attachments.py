"""The inputs of a channel: attachments, failover and the class of the source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.audio import Audio
from catalog.audio_settings import AUDIO_SELECTOR, audio_selector
from catalog.failover import Failover
from catalog.flow_source import FlowSource


def input_settings(audio: Audio) -> dict[str, Any]:
    """Return the settings of an input attachment: the audio selector that the audio names."""
    return {"AudioSelectors": [audio_selector(audio)]}


def input_specification(source: FlowSource) -> dict[str, Any]:
    """Return the declared source of the flow, which determines the price of the input.

    The output does not matter: a small output of an HD source also decodes HD.
    """
    return {
        "Codec": source.codec,
        "Resolution": source.resolution,
        "MaximumBitrate": source.maximum_bitrate,
    }


def input_attachments(
    inputs: Mapping[str, Any], audio: Audio, failover: Failover
) -> list[dict[str, Any]]:
    """Return the attachments of *inputs*, name -> id; a second one takes over from the first.

    All select the same *audio*: every input needs a selector of the name that the audio refers to
    (MediaLive user guide, input-audio-selectors). The first is preferred: the channel goes back to
    it once it is healthy again.
    """
    (first, *others) = [
        {"InputAttachmentName": name, "InputId": input_id, "InputSettings": input_settings(audio)}
        for name, input_id in inputs.items()
    ]
    for other in others:
        first["AutomaticInputFailoverSettings"] = failover.members(
            secondary=other["InputId"], audio_selector=AUDIO_SELECTOR
        )
    return [first, *others]
