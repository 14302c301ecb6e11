"""DestinationSet: the names of all destinations, with guards against unintended deletions.

Its check gets the former and the present names before any other operation, so a preview can
refuse a change.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from catalog.names import shared_tags
from provider import destination_guards
from provider.channel_listing import list_channels
from provider.destination_guards import DestinationSetInputs
from provider.ownership import in_same_stack
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
        state = {"project": project, "stack": stack, "destinations": names}
        return ReadResult(resource_id, state, state)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Store the present names."""
        del resource_id, old_inputs, state
        return inputs

    def delete(self, resource_id: str, state: Properties) -> None:
        """Do nothing: AWS has no resource of it."""

    def _tagged_names(self, project: str, stack: str) -> list[str]:
        declared = shared_tags(project, stack)
        listed = [channel.get("Tags", {}) for channel in list_channels(self._aws.medialive)]
        return sorted(tags["Destination"] for tags in listed if in_same_stack(tags, declared))


def _without_confirmation(inputs: Properties) -> Properties:
    return {key: value for key, value in inputs.items() if key != "confirmedRemovals"}
