"""deleteOrphan: deletion of a resource that an interrupted run created but did not record.

The AWS provider cannot adopt: AWS refuses to create a resource whose name is taken. The program
calls this function before it creates a resource that is not in the state; an existing one with the
same tags is then an orphan.
"""

from __future__ import annotations

from pydantic import Field

from catalog import channel_states
from provider import channel_lifecycle
from provider.named_orphans import KINDS, missing_is_success
from provider.ownership import has_same_owner, in_same_stack
from provider.resource import ResourceError
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
        """Delete the resource if it exists and has the owner's tags."""
        kind, name = KINDS[arguments.kind], arguments.name
        client = self._aws.client(kind.service)
        # Resources that all destinations share, and schedules, have no tag Destination.
        belongs = has_same_owner if "Destination" in arguments.tags else in_same_stack

        def clear() -> None:
            with missing_is_success():
                if belongs(kind.tags(client, name), arguments.tags):
                    if arguments.kind == "role":
                        self._refuse_where_used(client.get_role(RoleName=name)["Role"]["Arn"])
                    kind.delete(client, name)

        self._aws.call(clear, action=f"delete {arguments.kind} {name}, left by an interrupted run")
        return Outputs()

    def _refuse_where_used(self, role_arn: str) -> None:
        """Refuse the deletion of a role that a channel on air runs under."""
        for summary in channel_lifecycle.listed(self._aws):
            if summary["State"] in channel_states.ON_AIR and summary.get("RoleArn") == role_arn:
                name = summary.get("Name", summary["Id"])
                raise ResourceError(
                    "LUN334",
                    f"cannot delete role {role_arn}, which is not in the state: channel {name} runs"
                    " under it",
                    remedy="import the stack, or stop the channel and run `pulumi up` again",
                )
