"""PushInput: a MediaLive input of type RTP_PUSH, with its endpoints as outputs."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from pydantic import Field

from provider import channel, tagging
from provider.aws import Aws, is_not_found
from provider.ownership import is_ours, shares_stack
from provider.resource import Created, Found, PartialFailure, Properties, ResourceError
from provider.typed import Inputs, Outputs, TypedResource

if TYPE_CHECKING:
    from collections.abc import Mapping


class PushInputInputs(Inputs):
    """Inputs of a push input."""

    name: str = Field(description="Unique name in the account's region.")
    security_group_ids: list[str] = Field(
        description="Ids of its input security groups. MediaLive takes one for a push input."
    )
    tags: dict[str, str] = Field(default_factory=dict, description="All its tags.")


class Endpoint(Outputs):
    """The address that a push input listens on for one pipeline."""

    ip: str = Field(description="Its IPv4 address.")
    port: int = Field(description="Its UDP port.")
    url: str = Field(description="Address and port as a URL.")


class PushInputOutputs(Outputs):
    """Outputs of a push input beyond its inputs."""

    arn: str = Field(description="Its ARN.")
    endpoints: list[Endpoint] = Field(description="Its endpoints, one a pipeline.")


class PushInput(TypedResource[PushInputInputs]):
    """A MediaLive input of type RTP_PUSH."""

    token = "livestream:index:PushInput"  # noqa: S105 - a type token
    inputs = PushInputInputs
    outputs = PushInputOutputs

    def __init__(self, aws: Aws) -> None:
        super().__init__(aws)
        self._listing = threading.Lock()

    def create(self, urn: str, inputs: Properties) -> Created:
        """Create it, or adopt the one an interrupted run left behind."""
        del urn
        declared = self.parse(inputs)
        input_id = self._adopt(declared) or self._create(declared)
        try:
            state = self._aws.wait(
                functools.partial(self._ready, input_id),
                what=f"push input {declared.name} did not become ready",
            )
        except ResourceError as error:
            raise PartialFailure(str(error), resource_id=input_id, state=inputs) from None
        return Created(input_id, state)

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> Found | None:
        """Read it as it is."""
        del urn, inputs, state
        found = self._describe(resource_id)
        if found is None:
            return None
        declared = {key: found[key] for key in ("name", "securityGroupIds", "tags")}
        return Found(resource_id, found, declared)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change name, security groups and tags in place.

        Name and groups change only while the channel is idle (MediaLive user guide, editing an
        input), so one that runs is stopped. Its run state, whose revision they are part of,
        starts it again.
        """
        del state
        declared, before = self.parse(inputs), self.parse(old_inputs)
        changed: dict[str, Any] = {}
        if declared.name != before.name:
            changed["Name"] = declared.name
        if declared.security_group_ids != before.security_group_ids:
            changed["InputSecurityGroups"] = declared.security_group_ids
        if changed:
            self._edit(resource_id, declared, changed)
        found = self._describe(resource_id)
        if found is None:
            raise ResourceError(
                f"push input {declared.name} is gone; run `pulumi up --refresh` to make it anew"
            )
        tagging.retag_medialive(self._aws, found["arn"], found["tags"], declared.tags)
        return {**found, "tags": declared.tags}

    def delete(self, resource_id: str, state: Properties) -> None:
        """Delete it; while a channel still lets go of it, wait."""
        name = state.get("name", resource_id)
        try:
            self._aws.call(
                lambda: self._aws.medialive.delete_input(InputId=resource_id),
                what=f"delete push input {name}",
            )
        except ClientError as error:
            if not is_not_found(error):
                raise
            return
        self._aws.wait(
            lambda: True if self._describe(resource_id) is None else None,
            what=f"push input {name} was not deleted",
        )

    def _create(self, declared: PushInputInputs) -> str:
        answer = self._aws.call(
            lambda: self._aws.medialive.create_input(
                Name=declared.name,
                Type="RTP_PUSH",
                InputSecurityGroups=declared.security_group_ids,
                Tags=declared.tags,
            ),
            what=f"create push input {declared.name}",
        )
        return answer["Input"]["Id"]

    def _edit(self, input_id: str, declared: PushInputInputs, changed: Mapping[str, Any]) -> None:
        def edit() -> None:
            attached = self._aws.medialive.describe_input(InputId=input_id)["AttachedChannels"]
            for channel_id in attached:
                self._stop(channel_id, declared)
            self._aws.medialive.update_input(InputId=input_id, **changed)

        # What was started again meanwhile, by a schedule or by hand, is stopped again.
        self._aws.call(edit, what=f"update push input {declared.name}")

    def _stop(self, channel_id: str, declared: PushInputInputs) -> None:
        found = channel.describe(self._aws, channel_id)
        if found is None or found["State"] in channel.NOT_RUNNING:
            return
        if not shares_stack(found.get("Tags", {}), declared.tags):
            raise ResourceError(
                f"push input {declared.name} is attached to channel {channel_id}, which does not"
                " carry this stack's tags and runs; stop it, or detach the input"
            )
        channel.stop(self._aws, channel_id)

    def _adopt(self, declared: PushInputInputs) -> str | None:
        found = self._leftovers.get(declared.name)
        if found is None:
            return None
        input_id, tags = found
        if not is_ours(tags, declared.tags):
            raise ResourceError(
                f"an input named {declared.name} (id {input_id}) exists already and does not carry"
                " this destination's tags; rename or delete it, or import it"
            )
        # A replacement deletes the input first, which the listing may still have.
        return None if self._describe(input_id) is None else input_id

    @property
    def _leftovers(self) -> Mapping[str, tuple[str, dict[str, str]]]:
        # What an interrupted run left was there before this run began, so one listing a run
        # is enough; one per creation would make many creations quadratic.
        with self._listing:
            return self._inputs_at_start

    @functools.cached_property
    def _inputs_at_start(self) -> dict[str, tuple[str, dict[str, str]]]:
        def listing() -> dict[str, tuple[str, dict[str, str]]]:
            pages = self._aws.medialive.get_paginator("list_inputs").paginate()
            return {
                entry["Name"]: (entry["Id"], entry.get("Tags", {}))
                for page in pages
                for entry in page["Inputs"]
                if entry["State"] not in ("DELETING", "DELETED")
            }

        return self._aws.call(listing, what="list inputs")

    def _ready(self, input_id: str) -> dict[str, Any] | None:
        found = self._describe(input_id)
        if found is None:
            raise ResourceError(f"push input {input_id} disappeared while it was created")
        return found if found["endpoints"] else None

    def _describe(self, input_id: str) -> dict[str, Any] | None:
        try:
            found = self._aws.call(
                lambda: self._aws.medialive.describe_input(InputId=input_id),
                what=f"describe input {input_id}",
            )
        except ClientError:
            return None
        if found["State"] in ("DELETING", "DELETED"):
            # Deletion is under way and cannot be turned back; DELETED is the end of it.
            return None if found["State"] == "DELETED" else _state(found)
        return _state(found)


def _state(found: Any) -> dict[str, Any]:
    creating = found["State"] == "CREATING"
    return {
        "name": found["Name"],
        "securityGroupIds": found.get("SecurityGroups", []),
        "tags": tagging.own(found.get("Tags", {})),
        "arn": found["Arn"],
        "endpoints": []
        if creating
        else [
            {"ip": end["Ip"], "port": int(end["Port"]), "url": end["Url"]}
            for end in found.get("Destinations", [])
        ],
    }
