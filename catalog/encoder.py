"""MediaLive settings of a destination, as the plain maps that pulumi-aws takes.

A destination has one RTMP output group with one output (MediaLive user guide: an RTMP group has
exactly one), at most one H.264 CBR video and one AAC-LC audio. The frame rate is always given:
taken from the source, it is billed as 30-60 fps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.model import DestinationSpec
from catalog.source import Source

OUTPUT_GROUP = "rtmp"
"""The name of a channel's one output group, by which CloudWatch knows it."""

_DESTINATION = "rtmp"
_VIDEO = "video"
_AUDIO = "audio"
_AUDIO_SELECTOR = "default"
_LOSS_MS = 1500
_HEALTHY_MS = 30_000


def input_settings() -> dict[str, Any]:
    """Return the settings of the input attachment: the audio selector that the audio names.

    MediaLive's defaults are spelt out: attachments are a set to the AWS provider, in which a
    default that the service filled in would be a change at every run.
    """
    return {
        "audio_selectors": [{"name": _AUDIO_SELECTOR}],
        "deblock_filter": "DISABLED",
        "denoise_filter": "DISABLED",
        "filter_strength": 1,
        "input_filter": "AUTO",
        "smpte2038_data_preference": "IGNORE",
        "source_end_behavior": "CONTINUE",
    }


def input_specification(source: Source) -> dict[str, Any]:
    """Return what the flow's source is declared to be, which is what the input is billed as.

    What a destination makes of it does not matter here: a small output of an HD source decodes HD.
    """
    return {
        "codec": source.codec,
        "input_resolution": source.resolution,
        "maximum_bitrate": source.maximum_bitrate,
    }


def channel_class(spec: DestinationSpec) -> str:
    """Return how many pipelines encode it, in MediaLive's words."""
    return "STANDARD" if spec.redundancy == "standard" else "SINGLE_PIPELINE"


def input_attachments(inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the attachments of *inputs*, name -> id; a second one takes over from the first.

    The first is preferred: the channel goes back to it once it is healthy again. Loss has to last
    longer than the second in which a stream recovers by itself, and health long enough that the
    channel does not go to and fro (both are ours: the MediaLive API reference,
    AutomaticInputFailoverSettings, gives no figures).
    """
    (first, *others) = [
        {"input_attachment_name": name, "input_id": input_id, "input_settings": input_settings()}
        for name, input_id in inputs.items()
    ]
    for other in others:
        loss = {"input_loss_settings": {"input_loss_threshold_msec": _LOSS_MS}}
        first["automatic_input_failover_settings"] = {
            "secondary_input_id": other["input_id"],
            "input_preference": "PRIMARY_INPUT_PREFERRED",
            "error_clear_time_msec": _HEALTHY_MS,
            "failover_conditions": [{"failover_condition_settings": loss}],
        }
    return [first, *others]


def destination(spec: DestinationSpec, *, stream_key: str) -> dict[str, Any]:
    """Return where the stream goes; holds the key in clear, as MediaLive wants it.

    The settings are in the order of the pipelines, which the AWS provider does not keep.
    """
    settings = [{"url": url, "stream_name": stream_key} for url in spec.ingests]
    return {"id": _DESTINATION, "settings": settings}


def encoder_settings(spec: DestinationSpec) -> dict[str, Any]:
    """Return how the stream is encoded and sent; nothing secret."""
    return {
        "timecode_config": {"source": "SYSTEMCLOCK"},
        "video_descriptions": [_video(spec)] if spec.profile.has_video else [],
        "audio_descriptions": [_audio(spec)],
        "output_groups": [_output_group(spec)],
    }


def _video(spec: DestinationSpec) -> dict[str, Any]:
    profile = spec.profile
    return {
        "name": _VIDEO,
        "width": profile.width,
        "height": profile.height,
        "scaling_behavior": "DEFAULT",
        "codec_settings": {
            "h264_settings": {
                "rate_control_mode": "CBR",
                "bitrate": profile.video_kbps * 1000,
                "framerate_control": "SPECIFIED",
                "framerate_numerator": profile.frames_per_second,
                "framerate_denominator": 1,
                "gop_size": profile.keyframe_seconds,
                "gop_size_units": "SECONDS",
                "gop_closed_cadence": 1,
                "scan_type": "PROGRESSIVE",
                "scene_change_detect": "DISABLED",
                "par_control": "SPECIFIED",
                "par_numerator": 1,
                "par_denominator": 1,
                "profile": "HIGH",
                "level": "H264_LEVEL_AUTO",
                "adaptive_quantization": "HIGH",
                "look_ahead_rate_control": "HIGH",
            }
        },
    }


def _audio(spec: DestinationSpec) -> dict[str, Any]:
    return {
        "name": _AUDIO,
        "audio_selector_name": _AUDIO_SELECTOR,
        "codec_settings": {
            "aac_settings": {
                "bitrate": float(spec.profile.audio_kbps * 1000),
                "coding_mode": "CODING_MODE_2_0",
                "profile": "LC",
                "rate_control_mode": "CBR",
                "sample_rate": 48000.0,
            }
        },
    }


def _output_group(spec: DestinationSpec) -> dict[str, Any]:
    retry = spec.retry
    output = {
        "destination": {"destination_ref_id": _DESTINATION},
        "connection_retry_interval": retry.interval_seconds,
        "num_retries": retry.attempts,
    }
    if spec.ingest_url.startswith("rtmps:"):
        output["certificate_mode"] = "VERIFY_AUTHENTICITY"
    return {
        "name": OUTPUT_GROUP,
        "output_group_settings": {
            "rtmp_group_settings": {
                "authentication_scheme": "COMMON",
                "cache_full_behavior": "DISCONNECT_IMMEDIATELY",
                "cache_length": retry.cache_seconds,
                "input_loss_action": "EMIT_OUTPUT",
                "restart_delay": retry.restart_delay_seconds,
            }
        },
        "outputs": [
            {
                "output_name": _DESTINATION,
                **({"video_description_name": _VIDEO} if spec.profile.has_video else {}),
                "audio_description_names": [_AUDIO],
                "output_settings": {"rtmp_output_settings": output},
            }
        ],
    }
