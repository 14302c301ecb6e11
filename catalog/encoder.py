"""Settings of a destination's MediaLive channel: the members of CreateChannel, as boto3 names them.

A destination has one RTMP output group with one output, at most one H.264 CBR video and one AAC-LC
audio. The frame rate is always given: taken from the source, it is billed as 30-60 fps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec

OUTPUT_GROUP = "rtmp"
"""The name of a channel's output group, a dimension of its metrics."""

_DESTINATION = "rtmp"
_VIDEO = "video"
_AUDIO = "audio"
_AUDIO_SELECTOR = "default"
_LOSS_MS = 1500
_HEALTHY_MS = 30_000


def input_settings() -> dict[str, Any]:
    """Return the settings of an input attachment: the audio selector that the audio names."""
    return {"AudioSelectors": [{"Name": _AUDIO_SELECTOR}]}


def input_specification(source: FlowSource) -> dict[str, Any]:
    """Return the declared source of the flow, which determines the price of the input.

    The output does not matter: a small output of an HD source also decodes HD.
    """
    return {
        "Codec": source.codec,
        "Resolution": source.resolution,
        "MaximumBitrate": source.maximum_bitrate,
    }


def channel_class(spec: DestinationSpec) -> Literal["STANDARD", "SINGLE_PIPELINE"]:
    """Return the channel class: one pipeline or two."""
    return "STANDARD" if spec.redundancy == "standard" else "SINGLE_PIPELINE"


def input_attachments(inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the attachments of *inputs*, name -> id; a second one takes over from the first.

    The first is preferred: the channel goes back to it once it is healthy again. Loss has to last
    longer than the second in which a stream recovers by itself, and health long enough that the
    channel does not go to and fro (both are ours: the MediaLive API reference,
    AutomaticInputFailoverSettings, gives no figures).
    """
    (first, *others) = [
        {"InputAttachmentName": name, "InputId": input_id, "InputSettings": input_settings()}
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


def destinations(spec: DestinationSpec, *, stream_key: str) -> list[dict[str, Any]]:
    """Return the destinations of the channel, with the stream key in clear.

    The first setting is that of pipeline 0, the second that of pipeline 1 (MediaLive API
    reference, OutputDestination).
    """
    settings = [{"Url": url, "StreamName": stream_key} for url in spec.ingests]
    return [{"Id": _DESTINATION, "Settings": settings}]


def encoder_settings(spec: DestinationSpec) -> dict[str, Any]:
    """Return the encoder settings; they hold no secret."""
    return {
        "TimecodeConfig": {"Source": "SYSTEMCLOCK"},
        "VideoDescriptions": [_video(spec)] if spec.effective_encoding.has_video else [],
        "AudioDescriptions": [_audio(spec)],
        "OutputGroups": [_output_group(spec)],
    }


def _video(spec: DestinationSpec) -> dict[str, Any]:
    encoding = spec.effective_encoding
    return {
        "Name": _VIDEO,
        "Width": encoding.width,
        "Height": encoding.height,
        "ScalingBehavior": "DEFAULT",
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


def _audio(spec: DestinationSpec) -> dict[str, Any]:
    return {
        "Name": _AUDIO,
        "AudioSelectorName": _AUDIO_SELECTOR,
        "CodecSettings": {
            "AacSettings": {
                "Bitrate": float(spec.effective_encoding.audio_kbps * 1000),
                "CodingMode": "CODING_MODE_2_0",
                "Profile": "LC",
                "RateControlMode": "CBR",
                "SampleRate": 48000.0,
            }
        },
    }


def _output_group(spec: DestinationSpec) -> dict[str, Any]:
    retry = spec.retry
    output = {
        "Destination": {"DestinationRefId": _DESTINATION},
        "ConnectionRetryInterval": retry.interval_seconds,
        "NumRetries": retry.attempts,
    }
    if spec.ingest_url.startswith("rtmps:"):
        output["CertificateMode"] = "VERIFY_AUTHENTICITY"
    return {
        "Name": OUTPUT_GROUP,
        "OutputGroupSettings": {
            "RtmpGroupSettings": {
                "AuthenticationScheme": "COMMON",
                "CacheFullBehavior": "DISCONNECT_IMMEDIATELY",
                "CacheLength": retry.cache_seconds,
                "InputLossAction": "EMIT_OUTPUT",
                "RestartDelay": retry.restart_delay_seconds,
            }
        },
        "Outputs": [
            {
                "OutputName": _DESTINATION,
                **({"VideoDescriptionName": _VIDEO} if spec.effective_encoding.has_video else {}),
                "AudioDescriptionNames": [_AUDIO],
                "OutputSettings": {"RtmpOutputSettings": output},
            }
        ],
    }
