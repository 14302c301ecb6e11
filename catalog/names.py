"""What things are called and tagged in AWS."""

from __future__ import annotations

import hashlib

from catalog.model import DestinationSpec

ROLE_NAME_LENGTH = 64
"""Of IAM (its quotas)."""


def physical_name(project: str, stack: str, name: str) -> str:
    """Return the name in AWS, for example `lunora-player-prod-restream-main`."""
    return f"{project}-{stack}-{name}"


def stack_name(project: str, stack: str) -> str:
    """Return the name in AWS of what a stack has one of."""
    return f"{project}-{stack}"


def within(name: str, length: int) -> str:
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


def parameter_name(project: str, stack: str, name: str) -> str:
    """Return the name of the SSM parameter that holds a destination's stream key."""
    return f"/{project}/{stack}/destinations/{name}/stream-key"


def shared_tags(project: str, stack: str) -> dict[str, str]:
    """Return the tags of what all destinations share: cost allocation and ownership."""
    return {"Project": project, "Stack": stack, "ManagedBy": "lunora"}


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
