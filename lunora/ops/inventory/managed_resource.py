"""A resource in AWS that belongs to a stack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ManagedResource:
    """A resource that belongs to a stack.

    Attributes:
        kind: its kind, a key of `kinds.KINDS`.
        id: its id, ARN or name.
        name: its name, or its id where it has none.
        region: its region.
        destination: tag Destination; None on shared resources.
        state: its state in AWS, where it has one.
        used_by: ids of the resources that need it.
    """

    kind: str
    id: str
    name: str
    region: str
    destination: str | None
    state: str = ""
    used_by: tuple[str, ...] = ()
