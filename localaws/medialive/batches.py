"""Operations on several resources at once: each succeeds or fails for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localaws.errors import AwsError
from localaws.medialive.inputs import Inputs
from localaws.medialive.multiplexes import Multiplexes
from localaws.medialive.schedule_operations import ScheduleOperations
from localaws.medialive.security_groups import InputSecurityGroups
from localaws.medialive.service import Region
from localaws.resource import Resource

# (how each is asked for, what there is, the operation on one)
_Step = tuple[str, str, Mapping[str, Resource], Callable[[dict[str, Any]], Any]]


class Batches(ScheduleOperations, Inputs, InputSecurityGroups, Multiplexes):
    """The operations on several resources."""

    region: Region

    def batch_start(self, members: dict[str, Any]) -> dict[str, Any]:
        """Start channels and multiplexes."""
        region = self.region
        return self._each(
            members,
            [
                ("ChannelIds", "ChannelId", region.channels, self.start_channel),
                ("MultiplexIds", "MultiplexId", region.multiplexes, self.start_multiplex),
            ],
        )

    def batch_stop(self, members: dict[str, Any]) -> dict[str, Any]:
        """Stop channels and multiplexes."""
        region = self.region
        return self._each(
            members,
            [
                ("ChannelIds", "ChannelId", region.channels, self.stop_channel),
                ("MultiplexIds", "MultiplexId", region.multiplexes, self.stop_multiplex),
            ],
        )

    def batch_delete(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete channels, inputs, input security groups and multiplexes."""
        region = self.region
        steps: list[_Step] = [
            ("ChannelIds", "ChannelId", region.channels, self.delete_channel),
            ("InputIds", "InputId", region.inputs, self.delete_input),
            (
                "InputSecurityGroupIds",
                "InputSecurityGroupId",
                region.groups,
                self.delete_input_security_group,
            ),
            ("MultiplexIds", "MultiplexId", region.multiplexes, self.delete_multiplex),
        ]
        return self._each(members, steps)

    def _each(self, members: dict[str, Any], steps: list[_Step]) -> dict[str, Any]:
        """Act on each; the codes of failures are those of the single operation, unverified."""
        successful: list[dict[str, str]] = []
        failed: list[dict[str, str]] = []
        for plural, singular, items, act in steps:
            for item_id in members.get(plural, []):
                item = items.get(item_id)
                about = {"Id": item_id, **({"Arn": item.members["Arn"]} if item else {})}
                try:
                    act({singular: item_id})
                except AwsError as error:
                    failed.append({**about, "Code": error.code, "Message": error.message})
                else:
                    successful.append({**about, "State": items[item_id].state})
        return {"Failed": failed, "Successful": successful}
