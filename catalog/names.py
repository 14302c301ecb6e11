"""Names and tags in AWS."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec

FLOW_OUTPUTS = "FlowOutputs"
"""The tag of a channel whose flow outputs have other names than the channel."""

ROLE_NAME_LENGTH = 64
"""Of IAM (its quotas)."""

TOPIC = "alerts"
"""The end of the name of a region's topic, for alarms and incidents."""

DESTINATION_SET = "destinations"
"""The name of the resource that guards the set of destinations; it is in no name in AWS."""

MEMORY_KEY = "MemoryId"
"""The partition key of the watchdog's table, a string."""


def physical_name(project: str, stack: str, name: str) -> str:
    """Return the name in AWS, for example `lunora-player-prod-restream-main`."""
    return f"{project}-{stack}-{name}"


def stack_name(project: str, stack: str) -> str:
    """Return the name in AWS of a resource that a stack has once."""
    return f"{project}-{stack}"


def truncate_name(name: str, length: int) -> str:
    """Return *name*, shortened to *length* characters with a digest that keeps it unique."""
    if len(name) <= length:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: length - 9]}-{digest}"


def backup_name(name: str) -> str:
    """Return the name of a backup flow's input, which no destination can have."""
    return f"{name}_backup"


def pipeline_name(name: str, pipeline: int) -> str:
    """Return the name of a pipeline's flow output, which no other destination can have."""
    return f"{name}_{pipeline}" if pipeline else name


@dataclass(frozen=True, slots=True)
class Parts:
    """The names in AWS of the parts of a destination.

    Attributes:
        channel: its channel.
        input: its input, and the attachment of it.
        outputs: its flow outputs, one per pipeline; none where MediaLive makes them.
    """

    channel: str
    input: str
    outputs: tuple[str, ...]


def parts(project: str, stack: str, spec: DestinationSpec, kept: ManifestEntry | None) -> Parts:
    """Return the names of the parts of *spec*, which adopted parts *kept*."""
    name = physical_name(project, stack, spec.original_name)
    count = 0 if spec.input_type == "mediaconnect" else len(spec.ingests)
    outputs = [pipeline_name(name, pipeline) for pipeline in range(count)]
    if kept is None:
        return Parts(name, name, tuple(outputs))
    adopted = [output.name for output in kept.outputs]
    outputs = adopted + outputs[len(adopted) :]
    return Parts(kept.channel.name, kept.input.name, tuple(outputs))


def parameter_name(project: str, stack: str, name: str) -> str:
    """Return the name of the SSM parameter that holds a destination's stream key."""
    return f"/{project}/{stack}/destinations/{name}/stream-key"


def rtmp_password_parameter(project: str, stack: str, spec: DestinationSpec) -> str | None:
    """Return the name of the SSM parameter with the RTMP password of *spec*; None without it."""
    password = spec.authentication.password if spec.authentication else None
    if password is None:
        return None
    return password.ssm or f"/{project}/{stack}/destinations/{spec.original_name}/rtmp-password"


def history_log_group(project: str, stack: str) -> str:
    """Return the name of the log group of a stack's history, the same in each region."""
    return f"/{project}/{stack}/history"


def webhooks_parameter_name(project: str, stack: str) -> str:
    """Return the name of the SSM parameter that holds the receivers of incidents."""
    return f"/{project}/{stack}/webhooks"


def passphrase_name(project: str, stack: str, name: str) -> str:
    """Return the name of the secret that holds a destination's SRT passphrase."""
    return f"{physical_name(project, stack, name)}-passphrase"


def repository_token_name(project: str, stack: str) -> str:
    """Return the name of the secret that holds the token of the API's repository."""
    return physical_name(project, stack, "repository-token")


def shared_tags(project: str, stack: str) -> dict[str, str]:
    """Return the tags of shared resources, for cost allocation and ownership."""
    return {"Project": project, "Stack": stack, "ManagedBy": "lunora"}


def channel_tags(parts: Parts) -> dict[str, str]:
    """Return the tag with the names of a channel's flow outputs, where they are not derived."""
    count = len(parts.outputs)
    usual = tuple(pipeline_name(parts.channel, pipeline) for pipeline in range(count))
    return {} if parts.outputs == usual else {FLOW_OUTPUTS: " ".join(parts.outputs)}


def output_names(channel: str, tags: Mapping[str, str], pipelines: int) -> tuple[str, ...]:
    """Return the names of the flow outputs of a *channel* with *tags*."""
    named = tuple(tags.get(FLOW_OUTPUTS, "").split())
    return named or tuple(pipeline_name(channel, pipeline) for pipeline in range(pipelines))


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
