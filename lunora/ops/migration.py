"""Bring a stack's exported state from the previous layout to the present one.

The state alone changes, nothing in AWS. Channels leave it with their run states, and the next
`pulumi up` takes them over under their present type. Input security groups stay, under theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalog.errors import LunoraError
from provider.layout import LAYOUT

LEAVING_TYPES: Final = frozenset({"aws:medialive/channel:Channel", "livestream:index:ChannelState"})
"""Types of layout 1 whose resources leave the state."""

FORMER_GROUP: Final = "aws:medialive/inputSecurityGroup:InputSecurityGroup"
"""Type of layout 1 of an input security group."""

_GROUP = "livestream:index:InputSecurityGroup"
_PROVIDER = "pulumi:providers:livestream"
# The type of layout 1; an alias brings it to the present one.
_FORMER_DESTINATION_SET = "livestream:index:Roster"

Resource = Mapping[str, Any]


class NotMigratableError(LunoraError):
    """The state cannot be migrated as it is."""

    def __init__(self, cause: str, *, remedy: str = "") -> None:
        super().__init__("LUN452", f"cannot migrate the state: {cause}", remedy=remedy)


@dataclass(frozen=True, slots=True)
class Migration:
    """Result of a migration.

    Attributes:
        text: the migrated export, as `pulumi stack import` takes it.
        removed: URNs of the resources that left the state, in its order.
        needed: whether *text* differs from what was exported.
    """

    text: str
    removed: tuple[str, ...]
    needed: bool


def migrate(exported: str) -> Migration:
    """Return the migration of what `pulumi stack export` printed; secrets stay as they are.

    Raises:
        NotMigratableError: for a state with operations under way, with resources that wait for
            their deletion, or of no version of this program.
    """
    document = json.loads(exported)
    deployment = document.get("deployment") or {}
    resources: Sequence[Resource] = deployment.get("resources") or []
    _refuse_unsettled(deployment, resources)
    removed = tuple(entry["urn"] for entry in resources if entry["type"] in LEAVING_TYPES)
    present: dict[str, str | None] = dict.fromkeys(removed)
    for entry in resources:
        if entry["type"] == FORMER_GROUP:
            present[entry["urn"]] = entry["urn"].replace(FORMER_GROUP, _GROUP)
    kept = [
        _with_present_references(_brought_over(entry, resources), present)
        for entry in resources
        if entry["type"] not in LEAVING_TYPES
    ]
    orphaned = next((entry["urn"] for entry in kept if entry.get("parent") in present), None)
    if orphaned is not None:
        raise NotMigratableError(
            f"{orphaned} is inside a resource of the previous version, which no version of this"
            " program has made",
            remedy="remove it from the state",
        )
    migrated = {**document, "deployment": {**deployment, "resources": kept}}
    return Migration(json.dumps(migrated, indent=4), removed, needed=kept != list(resources))


def _refuse_unsettled(deployment: Mapping[str, Any], resources: Iterable[Resource]) -> None:
    if deployment.get("pending_operations"):
        raise NotMigratableError(
            "a run was killed, and the state has pending operations",
            remedy="with the previous version, run `pulumi cancel`, `pulumi refresh"
            " --clear-pending-creates` and `pulumi up`, then migrate again",
        )
    former = LEAVING_TYPES | {FORMER_GROUP}
    if any(entry.get("delete") for entry in resources if entry["type"] in former):
        raise NotMigratableError(
            "the state has replaced resources that wait for their deletion",
            remedy="run `pulumi up` with the previous version, then migrate again",
        )


def _with_present_references(
    resource: Resource, present: Mapping[str, str | None]
) -> dict[str, Any]:
    """Return *resource* with its references brought over.

    Args:
        resource: of the state.
        present: by the former URN, the present one; None for a resource that leaves.
    """

    def brought_over(urns: Iterable[str] | None) -> list[str]:
        named = (present.get(urn, urn) for urn in urns or ())
        return [urn for urn in named if urn is not None]

    changed = dict(resource)
    for key in ("dependencies", "replaceWith"):
        if key in changed:
            changed[key] = brought_over(changed[key])
    if "propertyDependencies" in changed:
        changed["propertyDependencies"] = {
            name: brought_over(urns) for name, urns in changed["propertyDependencies"].items()
        }
    if changed.get("deletedWith") in present:
        container = present[changed.pop("deletedWith")]
        changed |= {"deletedWith": container} if container else {}
    return changed


def _brought_over(resource: Resource, resources: Iterable[Resource]) -> Resource:
    """Return *resource* as the present layout has it, but for its references."""
    if resource["type"] == FORMER_GROUP:
        return _group(resource, resources)
    change = {_PROVIDER: _with_marker, _FORMER_DESTINATION_SET: _without_adopted}.get(
        resource["type"]
    )
    if change is None:
        return resource
    return {
        key: change(value) if key in {"inputs", "outputs"} else value
        for key, value in resource.items()
    }


def _group(former: Resource, resources: Iterable[Resource]) -> Resource:
    """Return the security group *former* as a resource of our provider of its region."""
    inputs = {
        "cidrs": [rule["cidr"] for rule in former["inputs"]["whitelistRules"]],
        "tags": former["inputs"].get("tags", {}),
    }
    # The AWS provider's hooks and dependencies of properties are not those of our group.
    kept = {
        key: value
        for key, value in former.items()
        if key not in {"propertyDependencies", "resourceHooks"}
    }
    return {
        **kept,
        "urn": former["urn"].replace(FORMER_GROUP, _GROUP),
        "type": _GROUP,
        "provider": _our_provider(former, resources),
        "inputs": inputs,
        "outputs": {**inputs, "arn": former["outputs"]["arn"]},
    }


def _our_provider(group: Resource, resources: Iterable[Resource]) -> str:
    """Return the reference to our provider of the region that the *group* is in."""
    region = group["outputs"]["arn"].split(":")[3]
    for entry in resources:
        if entry["type"] == _PROVIDER and entry["inputs"]["region"] == region:
            return f"{entry['urn']}::{entry['id']}"
    raise NotMigratableError(
        f"it has no provider for input security group {group['id']} in {region}",
        remedy="run `pulumi up` with the previous version, then migrate again",
    )


def _with_marker(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {**properties, "layout": LAYOUT}


def _without_adopted(properties: Mapping[str, Any]) -> dict[str, Any]:
    # It was the guard of an import that showed stream keys.
    return {name: value for name, value in properties.items() if name != "adopted"}
