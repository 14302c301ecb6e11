"""Channels as MediaLive describes them, made from what destinations are made of."""

from __future__ import annotations

from typing import Any

from catalog import attachments, encoder
from catalog.encoder import DestinationSecrets
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from localaws.medialive import defaults
from localaws.medialive.readings import Readings

KEY = "key-of-the-test"


def spec(preset: str, **more: Any) -> DestinationSpec:
    fields = {"name": "one", "platform": "custom", "preset": preset, **more}
    if fields["platform"] == "custom":
        fields.setdefault("url", "rtmp://ingest.example.org/app")
    return DestinationSpec.model_validate(fields)


def settings(spec_: DestinationSpec, key: str, passphrase_arn: str | None = None) -> dict[str, Any]:
    """Return the members of CreateChannel that a destination decides on."""
    password = spec_.authentication.password if spec_.authentication else None
    secrets = DestinationSecrets(
        key,
        passphrase_arn=passphrase_arn,
        password_parameter=password.ssm if password else None,
    )
    return {
        "Destinations": encoder.destinations(spec_, secrets),
        "EncoderSettings": encoder.encoder_settings(spec_),
        "InputSpecification": attachments.input_specification(FlowSource()),
    }


def channel(preset: str, **more: Any) -> dict[str, Any]:
    """Return a channel as DescribeChannel shows it, with MediaLive's defaults filled in."""
    return defaults.filled_in(settings(spec(preset, **more), KEY), Readings())
