"""clearLeftover: takes away what an interrupted run made under a name and did not note.

The AWS provider cannot adopt: it is refused where a thing of the name exists, and where an input
is attached to a channel already. Called before such a thing is created, when the engine knows of
none, so that one which carries its tags is a leftover.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from provider import channel
from provider.aws import Aws
from provider.leftovers_by_name import KINDS
from provider.ownership import is_ours, shares_stack
from provider.resource import Properties, ResourceError
from provider.tagging import as_map

TOKEN = "livestream:index:clearLeftover"  # noqa: S105 - a function token

# What services call a thing that is not there.
_MISSING = frozenset(
    {
        "InvalidResourceId",
        "NoSuchEntity",
        "NotFoundException",
        "ParameterNotFound",
        "ResourceNotFoundException",
    }
)
_CHANGING = frozenset({"CREATING", "UPDATING", "STOPPING", "DELETING"})


class ClearLeftover:
    """Arguments: `kind`, `name`, `tags`, `keep`. Result: nothing.

    A kind is `channel`, `role`, `security group` or one of KINDS. A security group has no name
    and is known by the CIDR block that alone passes it; the one with the id `keep` stays.

    Raises:
        ResourceError: when a channel is on air, or runs under the role; or AWS refuses.
    """

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._listing = threading.Lock()

    def __call__(self, arguments: Properties) -> Properties:
        """Delete it if it is there and ours."""
        kind, name, tags = (arguments[key] for key in ("kind", "name", "tags"))
        match kind:
            case "channel":
                self._clear_channel(name, tags)
            case "role":
                self._clear_role(name, tags)
            case "security group":
                self._clear_security_groups(name, tags, keep=arguments.get("keep") or "")
            case _:
                self._clear_by_name(kind, name, tags)
        return {}

    def _clear_channel(self, name: str, tags: Mapping[str, str]) -> None:
        named = (one for one in self._listed() if one["Name"] == name)
        for channel_id in [one["Id"] for one in named if is_ours(one.get("Tags", {}), tags)]:
            state = self._aws.wait(
                functools.partial(self._settled, channel_id),
                what=f"channel {channel_id}, left by an interrupted run, did not come to rest",
            )
            if state in channel.RUNNING:
                raise ResourceError(
                    f"channel {name} (id {channel_id}) is on air but not in the state; import it"
                    " with `pulumi import`, or stop it and run `pulumi up` again"
                )
            self._delete_channel(channel_id)

    def _settled(self, channel_id: str) -> str | None:
        found = channel.describe(self._aws, channel_id)
        state = "DELETED" if found is None else str(found["State"])
        return None if state in _CHANGING else state

    def _delete_channel(self, channel_id: str) -> None:
        try:
            self._aws.call(
                lambda: self._aws.medialive.delete_channel(ChannelId=channel_id),
                what=f"delete channel {channel_id}, left by an interrupted run",
            )
        except ClientError:
            return
        self._aws.wait(
            lambda: True if channel.describe(self._aws, channel_id) is None else None,
            what=f"channel {channel_id}, left by an interrupted run, was not deleted",
        )

    def _listed(self) -> list[Any]:
        with self._listing:
            return self._channels_at_start

    @functools.cached_property
    def _channels_at_start(self) -> list[Any]:
        # A leftover was there before this run began, so one listing a run is enough.
        def listing() -> list[Any]:
            pages = self._aws.medialive.get_paginator("list_channels").paginate()
            return [one for page in pages for one in page["Channels"]]

        return self._aws.call(listing, what="list channels")

    def _clear_security_groups(self, cidr: str, tags: Mapping[str, str], *, keep: str) -> None:
        medialive = self._aws.medialive

        def clear() -> None:
            pages = medialive.get_paginator("list_input_security_groups").paginate()
            for found in [one for page in pages for one in page["InputSecurityGroups"]]:
                rules = [rule["Cidr"] for rule in found["WhitelistRules"]]
                unused = found["State"] == "IDLE" and not found.get("Inputs")
                is_left = unused and rules == [cidr] and found["Id"] != keep
                if is_left and shares_stack(found.get("Tags", {}), tags):
                    with _nothing_where_missing():
                        medialive.delete_input_security_group(InputSecurityGroupId=found["Id"])

        what = f"delete the input security group of {cidr}, left by an interrupted run"
        self._aws.call(clear, what=what)

    def _clear_by_name(self, named: str, name: str, tags: Mapping[str, str]) -> None:
        kind = KINDS[named]
        client = self._aws.client(kind.service)
        # A schedule is known by the tags of its group, and what all share is no destination's.
        belongs = is_ours if "Destination" in tags else shares_stack

        def clear() -> None:
            with _nothing_where_missing():
                if belongs(kind.tags(client, name), tags):
                    kind.delete(client, name)

        self._aws.call(clear, what=f"delete {named} {name}, left by an interrupted run")

    def _clear_role(self, name: str, tags: Mapping[str, str]) -> None:
        iam = self._aws.client("iam")

        def clear() -> None:
            with _nothing_where_missing():
                found = iam.get_role(RoleName=name)["Role"]
                if shares_stack(as_map(found.get("Tags", [])), tags):
                    self._refuse_where_used(found["Arn"])
                    iam.delete_role(RoleName=name)

        self._aws.call(clear, what=f"delete role {name}, left by an interrupted run")

    def _refuse_where_used(self, role_arn: str) -> None:
        running = (one for one in self._listed() if one["State"] in channel.RUNNING)
        for one in running:
            if one.get("RoleArn") == role_arn:
                raise ResourceError(
                    f"channel {one['Name']} runs under {role_arn}, which is not in the state;"
                    " import the stack, or stop the channel and run `pulumi up` again"
                )


@contextlib.contextmanager
def _nothing_where_missing() -> Iterator[None]:
    # Not by the client's classes of exceptions: those are made when first asked for, and two
    # threads that ask at once get different ones.
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
