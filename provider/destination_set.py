"""DestinationSet: the names of all destinations, with guards against unintended deletions.

Its check gets the former and the present names before any other operation, so a preview can
refuse a change.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from provider import destination_guards
from provider.destination_guards import DestinationSetInputs
from provider.resource import CheckFailure, CheckResult, CreateResult, Properties, ReadResult
from provider.typed_resource import TypedResource


class DestinationSet(TypedResource[DestinationSetInputs]):
    """The names of all destinations; refuses unintended deletions before they happen.

    Nothing in AWS belongs to it; its id is `<project>/<stack>`.
    """

    token = "livestream:index:DestinationSet"  # noqa: S105 - a type token
    former_tokens = ("livestream:index:Roster",)
    inputs = DestinationSetInputs
    secrets = frozenset({"streams"})

    def check(self, urn: str, old: Properties | None, new: Properties) -> CheckResult:
        """Run the guards of `destination_guards`; the confirmation is not stored."""
        checked = super().check(urn, old, new)
        if checked.failures:
            return CheckResult(_without_confirmation(checked.inputs), checked.failures)
        failures: tuple[CheckFailure, ...] = ()
        if old is not None:
            before, declared = self.parse(old), self.parse(checked.inputs)
            results = (guard(before, declared) for guard in destination_guards.GUARDS)
            failures = tuple(refusal for refusal in results if refusal)
        return CheckResult(_without_confirmation(checked.inputs), failures)

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Store the names."""
        del urn
        return CreateResult(f"{inputs['project']}/{inputs['stack']}", inputs)

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Return the stored names; an import collects them from the tags of channels."""
        del urn
        if state.get("destinations"):
            return ReadResult(resource_id, state, inputs)
        project, _, stack = resource_id.partition("/")
        try:
            names = self._aws.call(
                lambda: self._tagged_names(project, stack), action="list channels by their tags"
            )
        except ClientError:
            return None
        found = {"project": project, "stack": stack, "destinations": names}
        return ReadResult(resource_id, found, found)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Store the present names."""
        del resource_id, old_inputs, state
        return inputs

    def delete(self, resource_id: str, state: Properties) -> None:
        """Do nothing: AWS has no resource of it."""

    def _tagged_names(self, project: str, stack: str) -> list[str]:
        ours = {"ManagedBy": "lunora", "Project": project, "Stack": stack}
        pages = self._aws.medialive.get_paginator("list_channels").paginate()
        tags = [channel.get("Tags", {}) for page in pages for channel in page["Channels"]]
        return sorted(carried["Destination"] for carried in tags if ours.items() <= carried.items())


def _without_confirmation(inputs: Properties) -> Properties:
    return {key: value for key, value in inputs.items() if key != "confirmedRemovals"}
