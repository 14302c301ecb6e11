"""Entries of an import file."""

from __future__ import annotations

from typing import Any

from catalog.import_manifest import ManifestEntry, SpecSnapshot
from catalog.model import DestinationSpec


def entry(of: DestinationSpec, **more: Any) -> ManifestEntry:
    found = {
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
    return ManifestEntry.model_validate(found)
