"""Channels as MediaLive describes them, made from what destinations are made of."""

from __future__ import annotations

from typing import Any

import botocore.session

from catalog import encoder
from catalog.model import DestinationSpec
from catalog.source import Source
from localaws.medialive import defaults
from localaws.medialive.readings import Readings
from localaws.standin.mapping import to_api

KEY = "key-of-the-test"


def spec(preset: str, **more: Any) -> DestinationSpec:
    asked = {"name": "one", "platform": "custom", "preset": preset, **more}
    if asked["platform"] == "custom":
        asked.setdefault("url", "rtmp://ingest.example.org/app")
    return DestinationSpec.model_validate(asked)


def settings(one: DestinationSpec, key: str) -> dict[str, Any]:
    """Return the members of CreateChannel that a destination decides on."""
    model = botocore.session.get_session().get_service_model("medialive")
    shape = model.operation_model("CreateChannel").input_shape
    asked = {
        "destinations": [encoder.destination(one, stream_key=key)],
        "encoderSettings": encoder.encoder_settings(one),
        "inputSpecification": encoder.input_specification(Source()),
    }
    made: dict[str, Any] = to_api(shape, _camel(asked))
    return made


def channel(preset: str, **more: Any) -> dict[str, Any]:
    """Return a channel as DescribeChannel shows it, with MediaLive's defaults filled in."""
    return defaults.filled_in(settings(spec(preset, **more), KEY), Readings())


def _camel(value: Any) -> Any:
    if isinstance(value, list):
        return [_camel(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {_camel_name(key): _camel(item) for key, item in value.items()}


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
