"""Members of CreateChannel that a destination file and its stack declare, but for destinations.

The program, the check of a file and the comparison with the live channel all take them from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog import encoder
from catalog.attachments import input_attachments, input_specification
from catalog.flow_source import FlowSource
from catalog.maintenance import MaintenanceWindow
from catalog.medialive_members import merged
from catalog.model import DestinationSpec

_ENCODER = "EncoderSettings"


def channel_members(
    spec: DestinationSpec,
    inputs: Mapping[str, Any],
    source: FlowSource | None,
    maintenance: MaintenanceWindow | None = None,
) -> dict[str, Any]:
    """Return the members of the channel of *spec*, with the file's own members over them.

    Args:
        spec: the destination file.
        inputs: ids of the channel's inputs by their names, the preferred one first.
        source: of its flow; None leaves its specification open.
        maintenance: the window; None leaves it to AWS, or to the file's own members.
    """
    generated: dict[str, Any] = {
        "InputAttachments": input_attachments(inputs, spec.audio, spec.failover)
    }
    if source is not None:
        generated["InputSpecification"] = input_specification(source)
    if maintenance is not None:
        generated["Maintenance"] = maintenance.members
    if spec.picture.feed is not None:
        generated["InferenceSettings"] = {"FeedArn": spec.picture.feed}
    names = sorted({*generated, *spec.medialive} - {_ENCODER})
    members = {name: merged(generated, spec.medialive, name) for name in names}
    return {
        _ENCODER: encoder.encoder_settings(spec),
        **{name: value for name, value in members.items() if value is not None},
    }
