"""Whether the account and its flows have room for what the files declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi

from catalog import names
from catalog.model import DestinationSpec
from catalog.rules.account import quota_has_room
from components import livestream


@dataclass(frozen=True, slots=True)
class Room:
    """How much there will be of one thing, and may be; None where that is not known."""

    used: int
    limit: int | None


def room(
    provider: livestream.Provider, region: str, specs: Iterable[DestinationSpec]
) -> dict[str, Room]:
    """Return the room in *region* by kind, with *specs* in it.

    Raises:
        pulumi.RunError: in one sentence, when there is too little.
    """
    project, stack = pulumi.get_project(), pulumi.get_stack()
    specs = tuple(specs)
    channels = {names.physical_name(project, stack, spec.origin) for spec in specs}
    backups = {
        names.backup_name(names.physical_name(project, stack, spec.origin))
        for spec in specs
        if spec.backup_flow
    }
    wanted = {"channels": ("channels", channels), "pushInputs": ("push inputs", channels | backups)}
    found, quotas = {}, livestream.get_quotas(provider)
    for kind, (what, planned) in wanted.items():
        held = quotas[kind]
        problem = quota_has_room(
            f"{what} in {region}", existing=held.names, planned=planned, limit=held.limit
        )
        if problem:
            raise pulumi.RunError(problem)
        found[kind] = Room(len(planned | set(held.names)), held.limit)
    return found
