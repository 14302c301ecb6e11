"""The guard of the account's quotas: available quota of a region for the declared channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalog import names
from catalog.cost import is_uhd
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from catalog.rules.account import as_renamed, quota_has_room
from components import lookups, naming
from components.errors import refuse
from components.region_providers import RegionProviders


@dataclass(frozen=True, slots=True)
class QuotaHeadroom:
    """The use of a quota after the run, and its limit; None where that is unknown."""

    used: int
    limit: int | None


def headroom(
    region_providers: RegionProviders,
    specs: Iterable[DestinationSpec],
    adopted: Mapping[str, ManifestEntry],
) -> dict[str, QuotaHeadroom]:
    """Return the headroom of a region by kind, with *specs* in it, some of them *adopted*.

    Raises:
        LunoraError: when there is too little.
    """
    specs = tuple(specs)
    channels, inputs = dict[str, str](), dict[str, str]()
    for spec in specs:
        parts = naming.parts(spec, adopted.get(spec.original_name))
        channels |= dict.fromkeys((spec.name, *spec.previous_names), parts.channel)
        if spec.input_type == "push":
            inputs |= dict.fromkeys((spec.name, *spec.previous_names), parts.input)
    entries = [adopted[spec.original_name] for spec in specs if spec.original_name in adopted]
    backups = {
        names.backup_name(inputs[spec.name])
        for spec in specs
        if spec.backup_flow and spec.name in inputs
    }
    kinds = {
        "channels": ("channels", channels, set[str](), {entry.channel.name for entry in entries}),
        "pushInputs": ("push inputs", inputs, backups, {entry.input.name for entry in entries}),
    }
    uhd = {channels[spec.name] for spec in specs if is_uhd(spec.effective_encoding)}
    quotas = lookups.get_quotas(region_providers.livestream, uhd=bool(uhd))
    title = f"UHD channels in {region_providers.region}"
    # No listing shows which channels of others are UHD.
    refuse(quota_has_room(title, existing=(), planned=uhd, limit=quotas.uhd_limit))
    rooms = {}
    for kind, (title, by_destination, more, kept_names) in kinds.items():
        usage, planned = quotas.usage[kind], {*by_destination.values(), *more}
        # Resources of others may have no name, the same name, or a name like one of the stack's.
        own = {*usage.names} & {*usage.destinations, *kept_names}
        others = len(usage.names) - len(own)
        existing = as_renamed(own, usage.destinations, by_destination)
        refuse(
            quota_has_room(
                f"{title} in {region_providers.region}",
                existing=existing,
                planned=planned,
                limit=usage.limit,
                others=others,
            ),
        )
        rooms[kind] = QuotaHeadroom(len(planned | existing) + others, usage.limit)
    return rooms
