"""Inputs of MediaLive: creation, changes while a channel is on air, adoption and deletion."""

from __future__ import annotations

import abc
import dataclasses
import functools
import threading
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from botocore.exceptions import ClientError
from pydantic import Field

from catalog import channel_states
from provider import channel_lifecycle, channel_suspension, interruption, tagging
from provider.aws import AwsClients
from provider.aws_errors import is_not_found, resource_error
from provider.drift_aware import DriftAwareResource
from provider.ownership import has_same_owner, in_same_stack
from provider.resource import (
    CreateResult,
    Diff,
    PartialCreateError,
    Properties,
    ReadResult,
    ResourceError,
)
from provider.typed_resource import Inputs

if TYPE_CHECKING:
    from collections.abc import Mapping


class InputInputs(Inputs):
    """Inputs that the resources of all types have."""

    name: str = Field(description="Unique name in the account's region.")
    tags: dict[str, str] = Field(default_factory=dict, description="All its tags.")
    existing_id: str | None = Field(
        None, description="Id of the input that a creation takes over instead of creating one."
    )


D = TypeVar("D", bound=InputInputs)


class MediaLiveInput(DriftAwareResource[D]):
    """A MediaLive input of one type.

    The diff reads the input, so that a deletion by hand shows in a preview. An update that needs
    an idle channel is one step: stop, update, start.

    Class attributes:
        kind: its type for people, as in `push input`.
        type: its type in MediaLive.
        settings: properties that only an idle channel lets change.
    """

    watched = "name"
    kind: ClassVar[str]
    type: ClassVar[Literal["MEDIACONNECT", "RTP_PUSH"]]
    settings: ClassVar[tuple[str, ...]]

    @abc.abstractmethod
    def request(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of CreateInput and UpdateInput for *values* of settings."""

    @abc.abstractmethod
    def properties(self, answer: Any) -> dict[str, Any]:
        """Return the properties of an input as DescribeInput shows it, but name, tags and ARN."""

    @abc.abstractmethod
    def is_ready(self, live: Mapping[str, Any]) -> bool:
        """Tell whether a created input has all that its outputs need."""

    def __init__(self, aws: AwsClients) -> None:
        super().__init__(aws)
        self._listing = threading.Lock()

    def _diff_with_live(
        self,
        declared: Diff,
        resource_id: str,
        old_inputs: Properties,
        state: Properties,
        new: Properties,
    ) -> Diff:
        """Detect a deletion by hand, and warn of the stream that an update would interrupt."""
        del state
        # A listing may lag behind, so what it lacks is asked for by name.
        listed = resource_id in self._aws.recent("inputs", self._ids)
        if not listed and not self._is_there(resource_id):
            return self.gone(declared, f"{self.kind} {new['name']}")
        paths = [path for path in declared.changes if interruption.of_input(path)]
        live = self._describe(resource_id) if paths else None
        if live is None or not self._edits(old_inputs, new, live):
            return declared
        states = self._aws.call(
            functools.partial(self._attached_states, resource_id),
            action=f"describe the channel of {self.kind} {new['name']}",
        )
        warnings = [interruption.consequence(actual, paths, runs=True) for actual in states]
        return dataclasses.replace(declared, warning="; ".join(filter(None, warnings)))

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        """Create it, take over the existing one, or adopt what an interrupted run left behind."""
        del urn
        declared = self.parse(inputs)
        if declared.existing_id:
            return CreateResult(declared.existing_id, self._take_over(declared.existing_id, inputs))
        input_id = self._orphan(declared) or self._create(declared)
        try:
            state = self._aws.wait(
                functools.partial(self._ready, input_id),
                action=f"create {self.kind} {declared.name}",
            )
        except ResourceError as error:
            raise PartialCreateError(error, resource_id=input_id, state=inputs) from None
        return CreateResult(input_id, state)

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        """Read it as it is."""
        del urn, state
        live = self._describe(resource_id)
        if live is None:
            return None
        declared = {key: live[key] for key in (*self.settings, "tags")}
        known = {key: inputs[key] for key in self.ignored if key in inputs}
        return ReadResult(resource_id, live, {**declared, **known})

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Change name, security groups and tags in place.

        Name and groups change only while the channel is idle, so a channel on air is stopped for
        it and started again.
        """
        del state
        declared, live = self.parse(inputs), self._describe(resource_id)
        if live is not None and (request := self._edits(old_inputs, inputs, live)):
            self._edit(resource_id, declared, request)
            live = self._describe(resource_id)
        if live is None:
            raise self._gone(declared)
        tagging.retag_medialive(self._aws, live["arn"], live["tags"], declared.tags)
        return {**live, "tags": declared.tags}

    def delete(self, resource_id: str, state: Properties) -> None:
        """Delete it; while a channel still lets go of it, wait."""
        name = state.get("name", resource_id)
        try:
            self._aws.call(
                lambda: self._aws.medialive.delete_input(InputId=resource_id),
                action=f"delete {self.kind} {name}",
            )
        except ClientError as error:
            if not is_not_found(error):
                raise
            return
        self._aws.wait(
            lambda: True if self._describe(resource_id) is None else None,
            action=f"delete {self.kind} {name}",
        )

    def _take_over(self, input_id: str, inputs: Properties) -> Properties:
        before = self._describe(input_id)
        if before is None:
            raise ResourceError(
                "LUN333",
                f"cannot adopt {self.kind} {input_id}: it does not exist",
                remedy="remove its destination from the stack's import file",
            )
        stored = {key: before[key] for key in (*self.settings, "tags")}
        return self.update(input_id, stored, before, inputs)

    def _create(self, declared: D) -> str:
        given = declared.properties()
        values = {name: given[name] for name in self.settings}
        answer = self._aws.call(
            lambda: self._aws.medialive.create_input(
                Type=self.type, Tags=declared.tags, **self.request(values)
            ),
            action=f"create {self.kind} {declared.name}",
        )
        return answer["Input"]["Id"]

    def _edit(self, input_id: str, declared: D, request: Mapping[str, Any]) -> None:
        """Update the input between a stop and a start of its channel, if that is on air.

        A refused update leaves the channel on air.
        """
        stopped: dict[str, str] = {}

        def edit() -> None:
            # A schedule or an operator may have started the channel again meanwhile.
            for channel_id in self._attached(input_id):
                self._stop(channel_id, declared, stopped)
            self._aws.medialive.update_input(InputId=input_id, **request)

        action = f"update {self.kind} {declared.name}"
        try:
            self._aws.call(edit, action=action)
        except (ClientError, ResourceError) as error:
            resumed = [arn for id_, arn in stopped.items() if self._resumes(id_, arn)]
            if isinstance(error, ClientError) and self._describe(input_id) is None:
                raise self._gone(declared) from None
            failure = resource_error(action, error) if isinstance(error, ClientError) else error
            if resumed:
                failure = failure.with_consequence("its channel runs on as it was")
            raise failure from None
        for channel_id, arn in stopped.items():
            channel_lifecycle.start(self._aws, channel_id)
            channel_suspension.resume(self._aws, arn)

    def _resumes(self, channel_id: str, arn: str) -> bool:
        """Start a channel that was stopped for an edit that failed; tell whether it runs."""
        runs = channel_lifecycle.resumes(self._aws, channel_id)
        if runs:
            channel_suspension.resume(self._aws, arn)
        return runs

    def _stop(self, channel_id: str, declared: D, stopped: dict[str, str]) -> None:
        """Stop the channel; enter its ARN into *stopped* where it was on air."""
        live = channel_lifecycle.describe(self._aws, channel_id)
        if live is None or live["State"] in channel_states.NOT_RUNNING:
            return
        if not in_same_stack(live.get("Tags", {}), declared.tags):
            raise ResourceError(
                "LUN334",
                f"cannot update {self.kind} {declared.name}: channel {channel_id}, which runs"
                " without this stack's tags, uses it",
                remedy="stop that channel, or detach the input",
            )
        if live["State"] in channel_states.ON_AIR:
            stopped[channel_id] = live["Arn"]
            now = channel_lifecycle.moment(live)
            channel_suspension.suspend_for_deployment(self._aws, live["Arn"], now)
        channel_lifecycle.stop(self._aws, channel_id)

    def _attached(self, input_id: str) -> list[str]:
        """Return the ids of the channels that the input is attached to."""
        return self._aws.medialive.describe_input(InputId=input_id)["AttachedChannels"]

    def _attached_states(self, input_id: str) -> list[str]:
        described = [channel_lifecycle.describe(self._aws, id_) for id_ in self._attached(input_id)]
        return [str(live["State"]) for live in described if live is not None]

    def _orphan(self, declared: D) -> str | None:
        """Return the input of ours that a killed run left; others may have its name."""
        for listed in self._listed_at_start:
            named = (listed.get("Name"), listed.get("Type")) == (declared.name, self.type)
            # A replacement deletes the input first, which the listing may still have.
            if (
                named
                and has_same_owner(listed.get("Tags", {}), declared.tags)
                and self._describe(listed["Id"]) is not None
            ):
                return str(listed["Id"])
        return None

    @property
    def _listed_at_start(self) -> list[Any]:
        # What an interrupted run left was there before this run began, so one listing a run
        # is enough; one per creation would make many creations quadratic.
        with self._listing:
            return self._inputs_at_start

    @functools.cached_property
    def _inputs_at_start(self) -> list[Any]:
        return self._listed()

    def _ids(self) -> frozenset[str]:
        return frozenset(entry["Id"] for entry in self._listed())

    def _listed(self) -> list[Any]:
        """Return the region's inputs but those that are being deleted."""

        def listing() -> list[Any]:
            pages = self._aws.medialive.get_paginator("list_inputs").paginate()
            return [
                entry
                for page in pages
                for entry in page["Inputs"]
                if entry["State"] not in channel_states.DELETED
            ]

        return self._aws.call(listing, action="list inputs")

    def _ready(self, input_id: str) -> dict[str, Any] | None:
        live = self._describe(input_id)
        if live is None:
            raise ResourceError(
                "LUN330",
                f"cannot create {self.kind} {input_id}: it does not exist any more",
                remedy="run `pulumi up` again to create it",
            )
        return live if self.is_ready(live) else None

    def _is_there(self, input_id: str) -> bool:
        try:
            state = self._aws.call(
                lambda: self._aws.medialive.describe_input(InputId=input_id)["State"],
                action=f"describe input {input_id}",
            )
        except ClientError:
            return False
        return state not in channel_states.DELETED

    def _describe(self, input_id: str) -> dict[str, Any] | None:
        try:
            answer = self._aws.call(
                lambda: self._aws.medialive.describe_input(InputId=input_id),
                action=f"describe input {input_id}",
            )
        except ClientError:
            return None
        if answer["State"] in channel_states.DELETED:
            # Deletion is under way and cannot be turned back; DELETED is the end of it.
            return None if answer["State"] == "DELETED" else self._state(answer)
        return self._state(answer)

    def _edits(self, old: Properties, new: Properties, live: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of an UpdateInput for what changes and is not in AWS already.

        A failed run may have made the change and not noted it.
        """
        changed = {
            name: new.get(name)
            for name in self.settings
            if new.get(name) not in (old.get(name), live[name])
        }
        return self.request(changed)

    def _gone(self, declared: D) -> ResourceError:
        return ResourceError(
            "LUN330",
            f"cannot update {self.kind} {declared.name}: it does not exist any more",
            remedy="run `pulumi up` again to create it",
        )

    def _state(self, answer: Any) -> dict[str, Any]:
        return {
            "name": answer["Name"],
            "tags": tagging.without_aws_tags(answer.get("Tags", {})),
            "arn": answer["Arn"],
            **self.properties(answer),
        }
