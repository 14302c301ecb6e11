"""Guards of changes of the set of destinations."""

from __future__ import annotations

from pydantic import Field

from provider.resource import CheckFailure
from provider.typed_resource import Inputs


class DestinationSetInputs(Inputs):
    """Inputs of the destination set."""

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
    protected: list[str] = Field(
        default_factory=list, description="Names of those that must not be deleted, sorted."
    )
    max_removals: int = Field(description="Number of destinations that may go in one run.")
    max_removal_percent: int = Field(
        description="Percentage of the destinations that may go in one run."
    )
    confirmed_removals: int | None = Field(
        None, description="Lifts both limits for exactly this number; never stored."
    )


def too_many_removals(
    before: DestinationSetInputs, declared: DestinationSetInputs
) -> CheckFailure | None:
    """Refuse more removals between *before* and *declared* than the limits allow.

    A single removal is always allowed: it is what deleting one file means.
    """
    removed = _removed(before, declared)
    count = len(removed)
    if count <= 1 or declared.confirmed_removals == count:
        return None
    percent = 100 * count / len(before.destinations)
    if count <= declared.max_removals and percent <= declared.max_removal_percent:
        return None
    return _refusal(
        "LUN300",
        f"cannot remove {count} of {len(before.destinations)} destinations"
        f" ({', '.join(removed)}): more than {declared.max_removals} or"
        f" {declared.max_removal_percent} %",
        f"to confirm, run again with LUNORA_CONFIRM_REMOVALS={count}",
    )


def protected_removals(
    before: DestinationSetInputs, declared: DestinationSetInputs
) -> CheckFailure | None:
    """Refuse the removal of protected destinations, before the engine refuses each part of them."""
    names = [name for name in _removed(before, declared) if name in before.protected]
    if not names:
        return None
    return _refusal(
        "LUN419",
        f"cannot remove {', '.join(names)}: protected against deletion",
        "restore the file with `protected: false`, deploy that, then delete it",
    )


def changed_physical_names(
    before: DestinationSetInputs, declared: DestinationSetInputs
) -> CheckFailure | None:
    """Refuse a destination whose names in AWS would change.

    Names cannot change in place: the change would delete and create the stream again.
    """
    for name in sorted(declared.origins):
        kept = _former_origin(name, before, declared)
        if kept is not None and kept != declared.origins[name]:
            return _refusal(
                "LUN301",
                f"cannot rename {name}: its names in AWS are made from {kept}",
                f"put {kept} first in its previous_names",
            )
    return None


def undeclared_renames(
    before: DestinationSetInputs, declared: DestinationSetInputs
) -> CheckFailure | None:
    """Refuse a new file with the stream of a removed one.

    Its channel would be deleted and created again; a declared rename keeps it running.
    """
    gone = {
        before.streams[name]: name for name in _removed(before, declared) if name in before.streams
    }
    for name in sorted(declared.streams):
        old = gone.get(declared.streams[name])
        if old is not None and _former_origin(name, before, declared) is None:
            origin = before.origins.get(old, old)
            names = old if origin == old else f"{origin}, {old}"
            return _refusal(
                "LUN302",
                f"cannot replace {old} by {name}: both have the same ingest and stream key",
                f"give {name} `previous_names: [{names}]`, or remove {old} in a run of its own",
            )
    return None


def _refusal(code: str, message: str, remedy: str) -> CheckFailure:
    return CheckFailure("destinations", code, message, remedy)


GUARDS = (protected_removals, too_many_removals, changed_physical_names, undeclared_renames)


def _removed(before: DestinationSetInputs, declared: DestinationSetInputs) -> list[str]:
    renamed = {old for names in declared.previous_names.values() for old in names}
    return sorted(set(before.destinations) - set(declared.destinations) - renamed)


def _former_origin(
    name: str, before: DestinationSetInputs, declared: DestinationSetInputs
) -> str | None:
    for former in (name, *reversed(declared.previous_names.get(name, []))):
        if former in before.destinations:
            return before.origins.get(former, former)
    return None
