"""The output groups of a channel: members of OutputGroups, as boto3 names them."""

from __future__ import annotations

from typing import Any

from catalog.audio_settings import AUDIO
from catalog.encoder_defaults import encoder_defaults, members
from catalog.model import DestinationSpec
from catalog.video_settings import VIDEO

OUTPUT_GROUP = "rtmp"
"""The name of a channel's output group, a dimension of its metrics."""

DESTINATION = "rtmp"
"""The id of the channel's destination, which the output of the group refers to."""


def output_group(spec: DestinationSpec) -> dict[str, Any]:
    """Return the RTMP output group of *spec*."""
    retry = spec.retry
    scheme = spec.authentication.member if spec.authentication else "COMMON"
    output = {
        "Destination": {"DestinationRefId": DESTINATION},
        "ConnectionRetryInterval": retry.interval_seconds,
        "NumRetries": retry.attempts,
    }
    if spec.ingest_url.startswith("rtmps:"):
        output["CertificateMode"] = "VERIFY_AUTHENTICITY"
    # Filler pads the video to its constant bitrate.
    has_video = spec.effective_encoding.has_video
    filler = members(encoder_defaults().rtmp_group) if has_video else {}
    return {
        "Name": OUTPUT_GROUP,
        "OutputGroupSettings": {
            "RtmpGroupSettings": {
                "AuthenticationScheme": scheme,
                "CacheFullBehavior": "DISCONNECT_IMMEDIATELY",
                "CacheLength": retry.cache_seconds,
                "InputLossAction": "EMIT_OUTPUT",
                "RestartDelay": retry.restart_delay_seconds,
                **filler,
            }
        },
        "Outputs": [
            {
                "OutputName": DESTINATION,
                **({"VideoDescriptionName": VIDEO} if has_video else {}),
                "AudioDescriptionNames": [AUDIO],
                "OutputSettings": {"RtmpOutputSettings": output},
            }
        ],
    }
