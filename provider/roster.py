"""Roster: the list of destination names, which guards against mass deletion.

Its check is the one place that sees the names of before and of now ahead of anything that
happens, so a preview can refuse.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from provider.aws import Aws
from provider.resource import Checked, CheckFailure, Created, Found, Properties
from provider.typed import Inputs, TypedResource


class RosterInputs(Inputs):
    """What the roster is declared by.

    Attributes:
        project: Pulumi project.
        stack: Pulumi stack.
        destinations: the names, sorted.
        max_removals: how many may go in one run.
        max_removal_percent: which share of them may go in one run.
        confirmed_removals: lifts both limits for exactly this many; never stored.
    """

    project: str
    stack: str
    destinations: list[str]
    max_removals: int
    max_removal_percent: int
    confirmed_removals: int | None = None


class Roster(TypedResource[RosterInputs]):
    """Outputs: the inputs. Nothing in AWS belongs to it; its id is `<project>/<stack>`."""

    token = "livestream:index:Roster"  # noqa: S105 - a type token
    inputs = RosterInputs

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def check(self, urn: str, old: Properties | None, new: Properties) -> Checked:
        """Refuse more removals at once than allowed, unless their number is confirmed."""
        checked = super().check(urn, old, new)
        if checked.failures or old is None:
            return Checked(_without_confirmation(checked.inputs), checked.failures)
        declared = self.parse(checked.inputs)
        before = [str(name) for name in old.get("destinations", [])]
        refusal = refused_removals(before, declared)
        failures = (CheckFailure("destinations", refusal),) if refusal else ()
        return Checked(_without_confirmation(checked.inputs), failures)

    def create(self, urn: str, inputs: Properties) -> Created:
        """Remember the names."""
        del urn
        return Created(f"{inputs['project']}/{inputs['stack']}", inputs)

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> Found | None:
        """Return what is remembered; an import collects the names from the channels' tags."""
        del urn
        if state.get("destinations"):
            return Found(resource_id, state, inputs)
        project, _, stack = resource_id.partition("/")
        try:
            names = self._aws.call(
                lambda: self._tagged_names(project, stack), what="list channels by their tags"
            )
        except ClientError:
            return None
        found = {"project": project, "stack": stack, "destinations": names}
        return Found(resource_id, found, found)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Remember the names of now."""
        del resource_id, old_inputs, state
        return inputs

    def delete(self, resource_id: str, state: Properties) -> None:
        """Forget them."""

    def _tagged_names(self, project: str, stack: str) -> list[str]:
        ours = {"ManagedBy": "lunora", "Project": project, "Stack": stack}
        pages = self._aws.medialive.get_paginator("list_channels").paginate()
        tags = [channel.get("Tags", {}) for page in pages for channel in page["Channels"]]
        return sorted(entry["Destination"] for entry in tags if ours.items() <= entry.items())


def refused_removals(before: list[str], declared: RosterInputs) -> str | None:
    """Say why the removals between *before* and *declared* are too many; None when they are not.

    A single removal is always allowed: it is what deleting one file means.
    """
    gone = sorted(set(before) - set(declared.destinations))
    count = len(gone)
    if count <= 1 or declared.confirmed_removals == count:
        return None
    percent = 100 * count / len(before)
    if count <= declared.max_removals and percent <= declared.max_removal_percent:
        return None
    return (
        f"{count} of {len(before)} destinations would be removed ({', '.join(gone)}), more than"
        f" the {declared.max_removals} or {declared.max_removal_percent} % that removals allow;"
        f" if that is meant, run again with LUNORA_CONFIRM_REMOVALS={count}"
    )


def _without_confirmation(inputs: Properties) -> Properties:
    return {key: value for key, value in inputs.items() if key != "confirmedRemovals"}
