"""Settings of a channel in the words of Terraform's AWS provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from catalog import attachments, encoder
from catalog.encoder import DestinationSecrets
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

# Members that the provider lacks (the same file; pulumi-aws 7.51.1 has no argument for them).
_LACKING = frozenset({"ColorSpaceSettings", "IncludeFillerNalUnits", "ThumbnailConfiguration"})


def channel_settings(name: str, input_id: str, spec: DestinationSpec, key: str) -> dict[str, Any]:
    """Return the settings of the channel of *spec* as members of CreateChannel.

    Members that Terraform's provider lacks are left out.
    """
    return {
        "Name": name,
        "ChannelClass": encoder.channel_class(spec),
        "InputSpecification": attachments.input_specification(FlowSource()),
        "InputAttachments": attachments.input_attachments({name: input_id}, spec.audio, Failover()),
        "Destinations": encoder.destinations(spec, DestinationSecrets(key)),
        "EncoderSettings": _without_lacking(encoder.encoder_settings(spec)),
    }


def in_terraform(settings: Any) -> Any:
    """Return members of CreateChannel, as boto3 takes them, as Terraform's arguments."""
    if isinstance(settings, Mapping):
        return {_argument(name): in_terraform(value) for name, value in settings.items()}
    if isinstance(settings, list | tuple):
        return [in_terraform(item) for item in settings]
    return settings


def _without_lacking(settings: Any) -> Any:
    if isinstance(settings, Mapping):
        return {
            name: _without_lacking(value)
            for name, value in settings.items()
            if name not in _LACKING
        }
    if isinstance(settings, list):
        return [_without_lacking(item) for item in settings]
    return settings


def _argument(member: str) -> str:
    return _RENAMED.get(member) or xform_name(member)
