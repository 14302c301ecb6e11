"""deleteOrphan: deletion of a resource that an interrupted run created but did not record.

The AWS provider cannot adopt: it is refused where a thing of the name exists. Called before such a
thing is created, when the engine knows of none, so that one which carries its tags is a leftover.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from catalog import channel_states
from provider import channel_lifecycle
from provider.named_orphans import KINDS, missing_is_success
from provider.ownership import has_same_owner, in_same_stack
from provider.resource import ResourceError
from provider.tagging import as_map
from provider.typed_resource import Inputs, Outputs, TypedFunction


class DeleteOrphanArguments(Inputs):
    """Arguments of `deleteOrphan`."""

    kind: str = Field(description="Its kind, as in components/orphan_cleanup.py.")
    name: str = Field(description="Its name.")
    tags: dict[str, str] = Field(description="Tags that tell whose it is.")


class DeleteOrphan(TypedFunction[DeleteOrphanArguments, Outputs]):
    """Delete a resource that an interrupted run left behind under a name.

    It fails when a channel runs under the role, or AWS refuses.
    """

    token = "livestream:index:deleteOrphan"  # noqa: S105 - a function token
    arguments = DeleteOrphanArguments
    result = Outputs

    def call(self, arguments: DeleteOrphanArguments) -> Outputs:
        """Delete it if it is there and ours."""
        kind, name, tags = arguments.kind, arguments.name, arguments.tags
        match kind:
            case "role":
                self._clear_role(name, tags)
            case _:
                self._clear_by_name(kind, name, tags)
        return Outputs()

    def _clear_by_name(self, named: str, name: str, tags: Mapping[str, str]) -> None:
        kind = KINDS[named]
        client = self._aws.client(kind.service)
        # A schedule is known by the tags of its group, and what all share is no destination's.
        belongs = has_same_owner if "Destination" in tags else in_same_stack

        def clear() -> None:
            with missing_is_success():
                if belongs(kind.tags(client, name), tags):
                    kind.delete(client, name)

        self._aws.call(clear, action=f"delete {named} {name}, left by an interrupted run")

    def _clear_role(self, name: str, tags: Mapping[str, str]) -> None:
        iam = self._aws.client("iam")

        def clear() -> None:
            with missing_is_success():
                role = iam.get_role(RoleName=name)["Role"]
                if in_same_stack(as_map(role.get("Tags", [])), tags):
                    self._refuse_where_used(role["Arn"])
                    KINDS["role"].delete(iam, name)

        self._aws.call(clear, action=f"delete role {name}, left by an interrupted run")

    def _refuse_where_used(self, role_arn: str) -> None:
        for summary in channel_lifecycle.listed(self._aws):
            if summary["State"] in channel_states.ON_AIR and summary.get("RoleArn") == role_arn:
                name = summary.get("Name", summary["Id"])
                raise ResourceError(
                    "LUN334",
                    f"cannot delete role {role_arn}, which is not in the state: channel {name} runs"
                    " under it",
                    remedy="import the stack, or stop the channel and run `pulumi up` again",
                )
