"""Entries of an import file."""

from __future__ import annotations

from typing import Any

from catalog.flow_source import FlowSource
from catalog.import_manifest import BilledSettings, ManifestEntry, SpecSnapshot
from catalog.model import DestinationSpec
from catalog.presets import Encoding


def entry(of: DestinationSpec, **more: Any) -> ManifestEntry:
    fields = {
        "channel": {
            "id": "1",
            "name": "old-one-channel",
            "role_arn": None,
            "destination": "d1",
            "urls": ("rtmp://live.restream.io/live/",),
            "output_group": "RTMP",
        },
        "input": {"id": "2", "name": "old-one-input", "security_group_ids": ("3",)},
        "outputs": (
            {"arn": "arn:o", "name": "old-one-output", "protocol": "rtp", "description": ""},
        ),
        "said": SpecSnapshot.of(of),
        **more,
    }
    return ManifestEntry.model_validate(fields)


def entry_with(of: DestinationSpec, **channel: Any) -> ManifestEntry:
    """Return the entry of *of* with other settings of its channel."""
    plain = entry(of)
    return plain.model_copy(update={"channel": plain.channel.model_copy(update=channel)})


def billed_settings(
    width: int, height: int, frames_per_second: int, *, video_kbps: int, mbps: int
) -> BilledSettings:
    """Return the settings that a channel is billed by, fed by an HD source of *mbps*."""
    encoding = {
        "width": width,
        "height": height,
        "frames_per_second": frames_per_second,
        "video_kbps": video_kbps,
        "audio_kbps": 128,
    }
    return BilledSettings(source=FlowSource(mbps=mbps), encoding=Encoding.model_validate(encoding))
