"""The settings of a destination's channel, compared leaf by leaf."""

from __future__ import annotations

from typing import Any

from catalog import attachments, encoder
from tests.support.media_channels import spec


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Return every scalar by the path of keys and indices that leads to it."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    paths: dict[str, Any] = {}
    for key, item in items:
        nested = isinstance(item, dict | list)
        paths |= leaves(item, f"{path}.{key}") if nested else {f"{path}.{key}": item}
    return paths


def changed(**keys: Any) -> dict[str, Any]:
    """Return the settings that *keys* of a file add or change, by their paths."""
    before, after = (
        leaves(
            {
                "EncoderSettings": encoder.encoder_settings(declared),
                "InputSettings": attachments.input_settings(declared.audio),
            }
        )
        for declared in (spec("1080p30"), spec("1080p30", **keys))
    )
    assert before.keys() <= after.keys()
    return {path: value for path, value in after.items() if value != before.get(path)}
