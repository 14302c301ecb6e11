"""What things are called and tagged in AWS."""

from __future__ import annotations

from catalog.model import DestinationSpec


def physical_name(project: str, stack: str, name: str) -> str:
    """Return the name in AWS, for example `lunora-player-prod-restream-main`."""
    return f"{project}-{stack}-{name}"


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
