"""The output groups of a channel: members of OutputGroups, as boto3 names them.

The first is the platform's: status, alarms and dashboard watch it alone.
"""

from __future__ import annotations

from typing import Any, Final

from catalog import hls, recording, srt_output
from catalog.audio_settings import AUDIO
from catalog.encoder_defaults import encoder_defaults, members
from catalog.ingest import HLS
from catalog.input_loss import InputLoss
from catalog.model import DestinationSpec
from catalog.video_settings import VIDEO

RTMP: Final = "rtmp"
"""The name of an RTMP group; those of the others are the names of their protocols, too."""


def group_name(spec: DestinationSpec) -> str:
    """Return the name of the platform's output group of *spec*, a dimension of its metrics.

    It is also the id of the channel's destination that the group refers to.
    """
    if spec.scheme in HLS:
        return "hls"
    return "srt" if spec.scheme == "srt" else RTMP


def output_names(spec: DestinationSpec) -> list[str]:
    """Return the names of the outputs of *spec*; each is that of its group."""
    return [group_name(spec), *([recording.OUTPUT_GROUP] if spec.record else [])]


def output_groups(spec: DestinationSpec) -> list[dict[str, Any]]:
    """Return the output groups of *spec*; each has one output, and all have the same encodes."""
    encodes = {
        **({"VideoDescriptionName": VIDEO} if spec.effective_encoding.has_video else {}),
        "AudioDescriptionNames": [AUDIO],
    }
    name = group_name(spec)
    group_settings, output_settings = _BY_NAME[name](spec)
    platform = {
        "Name": name,
        "OutputGroupSettings": group_settings,
        "Outputs": [{"OutputName": name, **encodes, "OutputSettings": output_settings}],
    }
    record = spec.record
    return [platform, *([recording.group(record, encodes)] if record else [])]


def _rtmp(spec: DestinationSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    retry, loss = spec.retry, spec.on_input_loss or InputLoss()
    scheme = spec.authentication.member if spec.authentication else "COMMON"
    output = {
        "Destination": {"DestinationRefId": RTMP},
        "ConnectionRetryInterval": retry.interval_seconds,
        "NumRetries": retry.attempts,
    }
    if spec.scheme == "rtmps":
        output["CertificateMode"] = "VERIFY_AUTHENTICITY"
    # Filler pads the video to its constant bitrate.
    has_video = spec.effective_encoding.has_video
    group = {
        "AuthenticationScheme": scheme,
        "CacheFullBehavior": "DISCONNECT_IMMEDIATELY",
        "CacheLength": retry.cache_seconds,
        "InputLossAction": loss.output_action,
        "RestartDelay": retry.restart_delay_seconds,
        **(members(encoder_defaults().rtmp_group) if has_video else {}),
    }
    return {"RtmpGroupSettings": group}, {"RtmpOutputSettings": output}


def _hls(spec: DestinationSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    retry = spec.retry
    group = hls.group_settings(
        spec.hls,
        spec.ingest_url,
        group_name(spec),
        master_playlist=not spec.platform_facts.hls_media_playlist_only,
        retry=(retry.interval_seconds, retry.restart_delay_seconds, retry.cache_seconds),
    )
    group["InputLossAction"] = (spec.on_input_loss or InputLoss()).output_action
    return {"HlsGroupSettings": group}, {"HlsOutputSettings": hls.output_settings()}


def _srt(spec: DestinationSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    output = srt_output.output_settings(spec.srt, group_name(spec))
    drops = (spec.on_input_loss or InputLoss()).drop
    group = {"InputLossAction": "DROP_PROGRAM" if drops else "EMIT_PROGRAM"}
    return {"SrtGroupSettings": group}, {"SrtOutputSettings": output}


_BY_NAME = {RTMP: _rtmp, "hls": _hls, "srt": _srt}
