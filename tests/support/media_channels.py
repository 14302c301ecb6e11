"""Channels as MediaLive describes them, made from what destinations are made of."""

from __future__ import annotations

from typing import Any

from catalog import encoder
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from localaws.medialive import defaults
from localaws.medialive.readings import Readings

KEY = "key-of-the-test"


def spec(preset: str, **more: Any) -> DestinationSpec:
    asked = {"name": "one", "platform": "custom", "preset": preset, **more}
    if asked["platform"] == "custom":
        asked.setdefault("url", "rtmp://ingest.example.org/app")
    return DestinationSpec.model_validate(asked)


def settings(one: DestinationSpec, key: str) -> dict[str, Any]:
    """Return the members of CreateChannel that a destination decides on."""
    return {
        "Destinations": encoder.destinations(one, stream_key=key),
        "EncoderSettings": encoder.encoder_settings(one),
        "InputSpecification": encoder.input_specification(FlowSource()),
    }


def channel(preset: str, **more: Any) -> dict[str, Any]:
    """Return a channel as DescribeChannel shows it, with MediaLive's defaults filled in."""
    return defaults.filled_in(settings(spec(preset, **more), KEY), Readings())
