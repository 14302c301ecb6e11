"""What things are called and tagged in AWS."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec

FLOW_OUTPUTS = "FlowOutputs"
"""The tag of a channel whose flow outputs are not called as it is."""

ROLE_NAME_LENGTH = 64
"""Of IAM (its quotas)."""


def physical_name(project: str, stack: str, name: str) -> str:
    """Return the name in AWS, for example `lunora-player-prod-restream-main`."""
    return f"{project}-{stack}-{name}"


def stack_name(project: str, stack: str) -> str:
    """Return the name in AWS of what a stack has one of."""
    return f"{project}-{stack}"


def truncate_name(name: str, length: int) -> str:
    """Return *name*, or one of at most *length* characters that stands for it alone."""
    if len(name) <= length:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: length - 9]}-{digest}"


def backup_name(name: str) -> str:
    """Return what the input of a backup flow is called; no destination can be called so."""
    return f"{name}_backup"


def pipeline_name(name: str, pipeline: int) -> str:
    """Return what the flow output of a pipeline is called; no destination can be called so."""
    return f"{name}_{pipeline}" if pipeline else name


@dataclass(frozen=True, slots=True)
class Parts:
    """What the parts of a destination are called in AWS.

    Attributes:
        channel: its channel.
        input: its input, and the attachment of it.
        outputs: its flow outputs, one a pipeline.
    """

    channel: str
    input: str
    outputs: tuple[str, ...]


def parts(project: str, stack: str, spec: DestinationSpec, kept: ManifestEntry | None) -> Parts:
    """Return what the parts of *spec* are called: as it says, or as they were found."""
    name = physical_name(project, stack, spec.original_name)
    outputs = [pipeline_name(name, pipeline) for pipeline in range(len(spec.ingests))]
    if kept is None:
        return Parts(name, name, tuple(outputs))
    found = [one.name for one in kept.outputs]
    outputs = found + outputs[len(found) :]
    return Parts(kept.channel.name, kept.input.name, tuple(outputs))


def parameter_name(project: str, stack: str, name: str) -> str:
    """Return the name of the SSM parameter that holds a destination's stream key."""
    return f"/{project}/{stack}/destinations/{name}/stream-key"


def passphrase_name(project: str, stack: str, name: str) -> str:
    """Return the name of the secret that holds a destination's SRT passphrase."""
    return f"{physical_name(project, stack, name)}-passphrase"


def shared_tags(project: str, stack: str) -> dict[str, str]:
    """Return the tags of what all destinations share: cost allocation and ownership."""
    return {"Project": project, "Stack": stack, "ManagedBy": "lunora"}


def channel_tags(parts: Parts) -> dict[str, str]:
    """Return the tag that names the flow outputs of a channel, where its own name does not."""
    usual = tuple(pipeline_name(parts.channel, one) for one in range(len(parts.outputs)))
    return {} if parts.outputs == usual else {FLOW_OUTPUTS: " ".join(parts.outputs)}


def output_names(channel: str, tags: Mapping[str, str], pipelines: int) -> tuple[str, ...]:
    """Return what the flow outputs of the *channel* with these *tags* are called."""
    named = tuple(tags.get(FLOW_OUTPUTS, "").split())
    return named or tuple(pipeline_name(channel, one) for one in range(pipelines))


def tags(project: str, stack: str, spec: DestinationSpec) -> dict[str, str]:
    """Return the tags of a destination's resources."""
    owner = {"Owner": spec.owner} if spec.owner else {}
    return {
        **spec.tags,
        **shared_tags(project, stack),
        "Destination": spec.name,
        "Platform": spec.platform,
        **owner,
    }
