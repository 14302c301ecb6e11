"""MediaLive in one region: its parts, and what they share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from localaws.clock import Clock
from localaws.errors import bad_request, conflict, not_found
from localaws.medialive import channel_maintenance
from localaws.medialive.channel_maintenance import Progress
from localaws.medialive.performing import perform
from localaws.medialive.readings import Readings
from localaws.medialive.schedule import InputChange, Schedule
from localaws.pictures import Pictures
from localaws.quotas import Quotas
from localaws.resource import Resource

ACCOUNT = "123456789012"

# Of the reading `gone` of `deleted-shown`; the length is unverified.
_SHOWN_DELETED_SECONDS = 60.0


class ManagedOutputs(Protocol):
    """The outputs of flows that MediaLive manages for inputs."""

    def check(self, flow_arns: Sequence[str]) -> None:
        """Refuse flows that an input cannot take; 400."""

    def set(self, item: dict[str, Any]) -> None:
        """Make the outputs of an input in place of those that it has."""

    def remove(self, input_arn: str) -> None:
        """Remove the outputs of an input."""


class NoFlows:
    """MediaLive where there is no MediaConnect."""

    def check(self, flow_arns: Sequence[str]) -> None:
        """Refuse nothing."""

    def set(self, item: dict[str, Any]) -> None:
        """Make nothing."""

    def remove(self, input_arn: str) -> None:
        """Remove nothing."""


@dataclass
class Region:
    """State of MediaLive in one region, by id."""

    name: str
    clock: Clock
    quotas: Quotas
    role_problem: Callable[[str], str | None]
    readings: Readings = field(default_factory=Readings)
    managed_outputs: ManagedOutputs = field(default_factory=NoFlows)
    channels: dict[str, Resource] = field(default_factory=dict)
    inputs: dict[str, Resource] = field(default_factory=dict)
    groups: dict[str, Resource] = field(default_factory=dict)
    multiplexes: dict[str, Resource] = field(default_factory=dict)
    # By the id of the multiplex, and name.
    programs: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    # How far the maintenance of a channel is, by its id.
    maintenance: dict[str, Progress] = field(default_factory=dict)
    alerts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    # Alerts that were set or cleared and not yet told to EventBridge, with their channel.
    undelivered: list[tuple[Resource, dict[str, Any]]] = field(default_factory=list)
    pictures: Pictures = field(default_factory=Pictures)
    account: dict[str, str] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    # Likewise the switches that pipelines made.
    switched: list[tuple[Resource, InputChange]] = field(default_factory=list)
    last_id: int = 1000000

    def items(self) -> Iterator[Resource]:
        """Yield everything that has a state."""
        for items in (self.channels, self.inputs, self.groups, self.multiplexes):
            yield from items.values()

    def settle(self, *, looking: bool = True) -> None:
        """Settle everything that has a state."""
        for item in self.items():
            self.settle_item(item, looking=looking)
        for item in self.inputs.values():
            self.settle_input(item, looking=looking)

    def settle_item(self, item: Resource, *, looking: bool = True) -> None:
        """Settle anything that has a state; of a channel, perform what is due."""
        item.settle(self.clock, looking=looking)
        schedule = self.schedules.get(item.members["Id"])
        if schedule is not None:
            keeps = self.readings["image-after-stop"] == "kept"
            now = self.clock.now()
            changes = perform(schedule, item, self.inputs, now, keeps_images=keeps)
            self.switched += [(item, change) for change in changes]
        while item.members["Id"] in self.channels and channel_maintenance.proceed(self, item):
            item.settle(self.clock, looking=looking)

    def dues(self) -> Iterator[float]:
        """Yield when transitions, actions of schedules and maintenance are due."""
        for item in self.items():
            if item.transition is not None:
                yield self.clock.over_at(item.transition)
        for schedule in self.schedules.values():
            for entry in (*schedule.entries, *schedule.ends):
                if entry.done is None and entry.start is not None:
                    yield entry.start
        for channel in self.channels.values():
            yield from channel_maintenance.dues(self, channel)

    def new_id(self) -> str:
        """Return the next decimal id."""
        self.last_id += 1
        return str(self.last_id)

    def arn(self, kind: str, item_id: str) -> str:
        """Return the ARN of a `channel`, `input`, `inputSecurityGroup` or `multiplex`."""
        return f"arn:aws:medialive:{self.name}:{ACCOUNT}:{kind}:{item_id}"

    def settle_input(self, item: Resource, *, looking: bool = True) -> None:
        """Settle an input; it is detached once its channel is deleted.

        aws-bench pull request 22: "A channel must reach DELETED to release its input".
        """
        item.settle(self.clock, looking=looking)
        for channel_id in list(item.members["AttachedChannels"]):
            channel = self.channels[channel_id]
            self.settle_item(channel, looking=looking)
            if channel.state == "DELETED":
                self.detach(item)

    def detach(self, item: Resource) -> None:
        """Detach an input from its channel."""
        item.members["AttachedChannels"] = []
        item.members["State"] = "DETACHED"

    def find(self, kind: str, items: dict[str, Resource], item_id: str) -> Resource:
        """Return the item, settled.

        Raises:
            AwsError: 404 when there is none.
        """
        item = items.get(item_id)
        if item is None:
            raise not_found(f"{kind} {item_id} was not found")
        self.settle_item(item)
        if self._is_gone(item):
            raise not_found(f"{kind} {item_id} was not found")
        return item

    def shown(self, item: Resource) -> dict[str, Any]:
        """Describe an input, group or multiplex; a deleted one by reading `deleted-shown`."""
        members = item.describe(self.clock)
        if item.state != "DELETED" or self.readings["deleted-shown"] != "emptied":
            return members
        return {
            **{key: [] for key, value in members.items() if isinstance(value, list)},
            **{key: members[key] for key in ("Arn", "Id", "State")},
        }

    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the tags of what has this *arn*; those of a deleted one as `shown`.

        Raises:
            AwsError: 404 when nothing has it.
        """
        for item in self.items():
            if item.members["Arn"] == arn and item.state == "DELETED" and not self._is_gone(item):
                whole = self.readings["deleted-shown"] == "whole"
                return dict(item.members["Tags"]) if whole else {}
        return dict(self.by_arn(arn).members["Tags"])

    def _is_gone(self, item: Resource) -> bool:
        if item.state != "DELETED" or self.readings["deleted-shown"] != "gone":
            return False
        return self.clock.now() >= item.history[-1].time + _SHOWN_DELETED_SECONDS

    def by_arn(self, arn: str) -> Resource:
        """Return whatever has this *arn* and is not deleted.

        Raises:
            AwsError: 404 when nothing has.
        """
        for item in self.items():
            item.settle(self.clock)
            if item.members["Arn"] == arn and item.state != "DELETED":
                return item
        raise not_found(f"no resource has the ARN {arn}")

    def repeated(
        self, operation: str, members: dict[str, Any], items: dict[str, Resource]
    ) -> Resource | None:
        """Return the item that an earlier call with the same RequestId made, settled.

        Raises:
            AwsError: 409 where it is deleted, by the reading of `repeated-request`.
        """
        item = items.get(self.tokens.get((operation, members.get("RequestId", "")), ""))
        if item is None:
            return None
        item.settle(self.clock)
        if item.state == "DELETED":
            if self.readings["repeated-request"] == "conflict":
                raise conflict("the RequestId was used before")
            if self.readings["repeated-request"] == "new":
                return None
        return item

    def remember(self, operation: str, members: dict[str, Any], item_id: str) -> None:
        """Keep what a call with this RequestId made."""
        if "RequestId" in members:
            self.tokens[operation, members["RequestId"]] = item_id


def page(items: list[dict[str, Any]], members: dict[str, Any]) -> tuple[list[Any], str | None]:
    """Return one page of *items* and the token of the next.

    Raises:
        AwsError: 400 for a token that no answer held.
    """
    token = str(members.get("NextToken", "0"))
    if not re.fullmatch(r"[0-9]{1,9}", token):
        raise bad_request("the NextToken is not valid")
    start, size = int(token), int(members.get("MaxResults", 100))
    following = start + size
    return items[start:following], str(following) if following < len(items) else None
