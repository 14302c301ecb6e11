"""The inputs of a channel: attachments, failover and the class of the source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.audio_settings import AUDIO_SELECTOR
from catalog.failover import Failover
from catalog.flow_source import FlowSource


def input_settings() -> dict[str, Any]:
    """Return the settings of an input attachment: the audio selector that the audio names."""
    return {"AudioSelectors": [{"Name": AUDIO_SELECTOR}]}


def input_specification(source: FlowSource) -> dict[str, Any]:
    """Return the declared source of the flow, which determines the price of the input.

    The output does not matter: a small output of an HD source also decodes HD.
    """
    return {
        "Codec": source.codec,
        "Resolution": source.resolution,
        "MaximumBitrate": source.maximum_bitrate,
    }


def input_attachments(inputs: Mapping[str, Any], failover: Failover) -> list[dict[str, Any]]:
    """Return the attachments of *inputs*, name -> id; a second one takes over from the first.

    The first is preferred: the channel goes back to it once it is healthy again.
    """
    (first, *others) = [
        {"InputAttachmentName": name, "InputId": input_id, "InputSettings": input_settings()}
        for name, input_id in inputs.items()
    ]
    for other in others:
        first["AutomaticInputFailoverSettings"] = failover.members(
            secondary=other["InputId"], audio_selector=AUDIO_SELECTOR
        )
    return [first, *others]
