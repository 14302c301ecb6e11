"""Names and tags in the running stack: `catalog.names` for Pulumi's current project and stack."""

from __future__ import annotations

import pulumi

from catalog import names
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec


def identity() -> tuple[str, str]:
    """Return the names of the project and the stack."""
    return pulumi.get_project(), pulumi.get_stack()


def stack_name() -> str:
    """Return the name that all names in AWS begin with."""
    return names.stack_name(*identity())


def physical_name(name: str) -> str:
    """Return the name in AWS of a resource called *name*."""
    return names.physical_name(*identity(), name)


def role_name(name: str) -> str:
    """Return the physical name of *name* within the length of a role's name."""
    return names.truncate_name(physical_name(name), names.ROLE_NAME_LENGTH)


def parts(spec: DestinationSpec, adopted: ManifestEntry | None) -> names.Parts:
    """Return the names in AWS of the parts of *spec*."""
    return names.parts(*identity(), spec, adopted)


def parameter_name(spec: DestinationSpec) -> str:
    """Return the name of the parameter with the stream key of *spec*."""
    return names.parameter_name(*identity(), spec.original_name)


def rtmp_password_parameter(spec: DestinationSpec) -> str | None:
    """Return the name of the parameter with the RTMP password of *spec*; None without it."""
    return names.rtmp_password_parameter(*identity(), spec)


def passphrase_name(name: str) -> str:
    """Return the name of the secret with the passphrase of *name*."""
    return names.passphrase_name(*identity(), name)


def repository_token_name() -> str:
    """Return the name of the secret with the token of the API's repository."""
    return names.repository_token_name(*identity())


def tags(spec: DestinationSpec) -> dict[str, str]:
    """Return the tags of the resources of *spec*."""
    return names.tags(*identity(), spec)


def shared_tags() -> dict[str, str]:
    """Return the tags of resources that destinations share."""
    return names.shared_tags(*identity())
