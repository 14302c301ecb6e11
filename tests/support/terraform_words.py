"""Settings of a channel in the words of Terraform's AWS provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from catalog import attachments, encoder
from catalog.failover import Failover
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec

# Blocks and arguments that the provider does not name after the API's member
# (internal/service/medialive/channel.go, 5.100.0).
_RENAMED = {
    "AudioSelectors": "audio_selector",
    "CaptionSelectors": "caption_selector",
    "FailoverConditions": "failover_condition",
    "Resolution": "input_resolution",
}


def channel_settings(name: str, input_id: str, spec: DestinationSpec, key: str) -> dict[str, Any]:
    """Return the settings of the channel of *spec* as members of CreateChannel."""
    return {
        "Name": name,
        "ChannelClass": encoder.channel_class(spec),
        "InputSpecification": attachments.input_specification(FlowSource()),
        "InputAttachments": attachments.input_attachments({name: input_id}, Failover()),
        "Destinations": encoder.destinations(spec, stream_key=key),
        "EncoderSettings": encoder.encoder_settings(spec),
    }


def in_terraform(settings: Any) -> Any:
    """Return members of CreateChannel, as boto3 takes them, as Terraform's arguments."""
    if isinstance(settings, Mapping):
        return {_argument(name): in_terraform(value) for name, value in settings.items()}
    if isinstance(settings, list | tuple):
        return [in_terraform(item) for item in settings]
    return settings


def _argument(member: str) -> str:
    return _RENAMED.get(member) or xform_name(member)
