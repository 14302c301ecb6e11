"""A channel as the program declares it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from catalog import encoder
from catalog.model import DestinationSpec
from catalog.source import Source
from tests.helpers import push_input


def camel(value: Any) -> Any:
    """Return *value* with the keys that pulumi-aws sends."""
    if isinstance(value, dict):
        return {to_camel(key): camel(item) for key, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


@pytest.fixture
def channel_inputs(client: Callable[[str], Any]) -> dict[str, Any]:
    """The inputs of a channel with a ready push input."""
    spec = DestinationSpec.model_validate(
        {"name": "one", "platform": "youtube", "preset": "1080p30"}
    )
    attachment = {
        "input_attachment_name": "in",
        "input_id": push_input(client("medialive")),
        "input_settings": encoder.input_settings(),
    }
    found: dict[str, Any] = camel(
        {
            "name": "one",
            "channel_class": "SINGLE_PIPELINE",
            "input_attachments": [attachment],
            "destinations": [encoder.destination(spec, stream_key="made-up")],
            "encoder_settings": encoder.encoder_settings(spec),
            "input_specification": encoder.input_specification(Source()),
        }
    )
    return {**found, "tags": {"Owner": "someone"}}
