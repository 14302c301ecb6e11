"""The inputs of a channel: attachments, failover and the class of the source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.audio import Audio
from catalog.audio_settings import audio_selector
from catalog.flow_source import FlowSource

_LOSS_MS = 1500
_HEALTHY_MS = 30_000


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


def input_attachments(inputs: Mapping[str, Any], audio: Audio) -> list[dict[str, Any]]:
    """Return the attachments of *inputs*, name -> id; a second one takes over from the first.

    All select the same *audio*: every input needs a selector of the name that the audio refers to
    (MediaLive user guide, input-audio-selectors).

    The first is preferred: the channel goes back to it once it is healthy again. Loss has to last
    longer than the second in which a stream recovers by itself, and health long enough that the
    channel does not go to and fro (both are ours: the MediaLive API reference,
    AutomaticInputFailoverSettings, gives no figures).
    """
    (first, *others) = [
        {"InputAttachmentName": name, "InputId": input_id, "InputSettings": input_settings(audio)}
        for name, input_id in inputs.items()
    ]
    for other in others:
        loss = {"InputLossSettings": {"InputLossThresholdMsec": _LOSS_MS}}
        first["AutomaticInputFailoverSettings"] = {
            "SecondaryInputId": other["InputId"],
            "InputPreference": "PRIMARY_INPUT_PREFERRED",
            "ErrorClearTimeMsec": _HEALTHY_MS,
            "FailoverConditions": [{"FailoverConditionSettings": loss}],
        }
    return [first, *others]
