"""Whether the account and its flows have room for what the files declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi

from catalog import names
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from catalog.rules.account import as_renamed, quota_has_room
from components import livestream, lookups


@dataclass(frozen=True, slots=True)
class QuotaHeadroom:
    """How much there will be of one thing, and may be; None where that is not known."""

    used: int
    limit: int | None


def headroom(
    provider: livestream.Provider,
    region: str,
    specs: Iterable[DestinationSpec],
    adopted: Mapping[str, ManifestEntry],
) -> dict[str, QuotaHeadroom]:
    """Return the room in *region* by kind, with *specs* in it, some of them *adopted*.

    Raises:
        pulumi.RunError: in one sentence, when there is too little.
    """
    project, stack = pulumi.get_project(), pulumi.get_stack()
    specs = tuple(specs)
    channels, inputs = dict[str, str](), dict[str, str]()
    for spec in specs:
        parts = names.parts(project, stack, spec, adopted.get(spec.original_name))
        channels |= dict.fromkeys((spec.name, *spec.previous_names), parts.channel)
        inputs |= dict.fromkeys((spec.name, *spec.previous_names), parts.input)
    backups = {names.backup_name(inputs[spec.name]) for spec in specs if spec.backup_flow}
    wanted = {
        "channels": ("channels", channels, set[str]()),
        "pushInputs": ("push inputs", inputs, backups),
    }
    found, quotas = {}, lookups.get_quotas(provider)
    for kind, (what, called, more) in wanted.items():
        held, planned = quotas[kind], {*called.values(), *more}
        existing = as_renamed(held.names, held.destinations, called)
        problem = quota_has_room(
            f"{what} in {region}", existing=existing, planned=planned, limit=held.limit
        )
        if problem:
            raise pulumi.RunError(str(problem))
        found[kind] = QuotaHeadroom(len(planned | existing), held.limit)
    return found
