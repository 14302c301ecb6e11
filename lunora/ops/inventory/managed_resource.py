"""One thing in AWS that belongs to a stack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ManagedResource:
    """One thing that belongs to a stack.

    Attributes:
        kind: what it is, a name in `kinds.KINDS`.
        id: by which AWS knows it: an id, an ARN or a name.
        name: its name, or its id where it has none.
        region: where it is.
        destination: tag Destination; None on what destinations share.
        state: AWS's word, where it has one.
        used_by: ids of what cannot do without it.
    """

    kind: str
    id: str
    name: str
    region: str
    destination: str | None
    state: str = ""
    used_by: tuple[str, ...] = ()
