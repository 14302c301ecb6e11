"""What a change of the list of destinations may not do: each guard a function of before and now."""

from __future__ import annotations

from pydantic import Field

from provider.typed_resource import Inputs


class DestinationSetInputs(Inputs):
    """Inputs of the roster."""

    project: str = Field(description="Pulumi project.")
    stack: str = Field(description="Pulumi stack.")
    destinations: list[str] = Field(description="Names of the destinations, sorted.")
    origins: dict[str, str] = Field(
        default_factory=dict, description="By name, the name that its names in AWS are made from."
    )
    previous_names: dict[str, list[str]] = Field(
        default_factory=dict, description="By name, its former names, the oldest first."
    )
    streams: dict[str, str] = Field(
        default_factory=dict, description="By name, a digest of its ingest and stream key."
    )
    max_removals: int = Field(description="Number of destinations that may go in one run.")
    max_removal_percent: int = Field(
        description="Percentage of the destinations that may go in one run."
    )
    confirmed_removals: int | None = Field(
        None, description="Lifts both limits for exactly this number; never stored."
    )


def too_many_removals(before: DestinationSetInputs, declared: DestinationSetInputs) -> str | None:
    """Say why the removals between *before* and *declared* are too many; None when they are not.

    A single removal is always allowed: it is what deleting one file means.
    """
    gone = _gone(before, declared)
    count = len(gone)
    if count <= 1 or declared.confirmed_removals == count:
        return None
    percent = 100 * count / len(before.destinations)
    if count <= declared.max_removals and percent <= declared.max_removal_percent:
        return None
    return (
        f"{count} of {len(before.destinations)} destinations would be removed"
        f" ({', '.join(gone)}), more than the {declared.max_removals} or"
        f" {declared.max_removal_percent} % that removals allow;"
        f" if that is meant, run again with LUNORA_CONFIRM_REMOVALS={count}"
    )


def changed_physical_names(
    before: DestinationSetInputs, declared: DestinationSetInputs
) -> str | None:
    """Say which destination would lose its names in AWS; None when all keep them.

    They cannot be changed in place, so the stream would be torn down and built anew.
    """
    for name in sorted(declared.origins):
        kept = _former_origin(name, before, declared)
        if kept is not None and kept != declared.origins[name]:
            return (
                f"{name} was created as {kept}, and its names in AWS keep that; put {kept} first"
                f" in its previous_names"
            )
    return None


def undeclared_renames(before: DestinationSetInputs, declared: DestinationSetInputs) -> str | None:
    """Say which new file takes over the stream of one that goes; None when none does.

    Its channel would be torn down and a new one built, where a rename keeps it running.
    """
    gone = {
        before.streams[name]: name for name in _gone(before, declared) if name in before.streams
    }
    for name in sorted(declared.streams):
        old = gone.get(declared.streams[name])
        if old is not None and _former_origin(name, before, declared) is None:
            origin = before.origins.get(old, old)
            names = old if origin == old else f"{origin}, {old}"
            return (
                f"{name} sends to where {old} sent, with its key, and the file of {old} is gone:"
                f" that is a rename; give {name} `previous_names: [{names}]`, or remove {old} in a"
                " run of its own"
            )
    return None


GUARDS = (too_many_removals, changed_physical_names, undeclared_renames)


def _gone(before: DestinationSetInputs, declared: DestinationSetInputs) -> list[str]:
    renamed = {old for names in declared.previous_names.values() for old in names}
    return sorted(set(before.destinations) - set(declared.destinations) - renamed)


def _former_origin(
    name: str, before: DestinationSetInputs, declared: DestinationSetInputs
) -> str | None:
    for former in (name, *reversed(declared.previous_names.get(name, []))):
        if former in before.destinations:
            return before.origins.get(former, former)
    return None
