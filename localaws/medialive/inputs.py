"""Inputs: their sources or endpoints, and one channel at most."""

from __future__ import annotations

from typing import Any

from localaws.errors import bad_request, conflict, not_found, not_implemented
from localaws.medialive import input_sources
from localaws.medialive.input_sources import PUSH
from localaws.medialive.service import Region, page
from localaws.resource import Resource

_PASSED_ON = ("InputNetworkLocation", "MediaConnectFlows", "RoleArn", "Sources", "SrtSettings")


class Inputs:
    """The operations on inputs."""

    region: Region

    def create_input(self, members: dict[str, Any]) -> dict[str, Any]:
        """Make an input."""
        region = self.region
        if (made := region.repeated("CreateInput", members, region.inputs)) is not None:
            return {"Input": made.describe(region.clock)}
        kind = members.get("Type")
        if not members.get("Name"):
            # AWS's words: awsdocs/aws-cloudformation-user-guide pull request 460.
            raise bad_request("Non-empty input name required")
        if kind is None:
            raise bad_request("Type is required")
        if members.get("InputNetworkLocation") == "ON_PREMISES":
            raise not_implemented("medialive", "CreateInput for MediaLive Anywhere")
        self._check_input(kind, members)
        self._check_flows(members)
        groups = self._groups(kind, members)
        if kind in PUSH and self._push_inputs() >= region.quotas["push_inputs"]:
            raise bad_request("the quota of push inputs is reached")
        input_id = region.new_id()
        item = Resource(
            {
                "Arn": region.arn("input", input_id),
                "Id": input_id,
                "Name": members["Name"],
                "Type": kind,
                "AttachedChannels": [],
                "Destinations": input_sources.endpoints(region.name, kind, input_id, members),
                "SecurityGroups": groups,
                "Sources": [],
                "MediaConnectFlows": [],
                "InputDevices": [],
                "InputPartnerIds": [],
                "State": "CREATING",
                "Tags": dict(members.get("Tags", {})),
                **{key: members[key] for key in _PASSED_ON if key in members},
            }
        )
        item.members |= input_sources.classes(item.members)
        item.begin(region.clock, "input.create", "CREATING", "DETACHED")
        region.inputs[input_id] = item
        region.managed_outputs.set(item.members)
        for group_id in groups:
            self._use(group_id, input_id)
        region.remember("CreateInput", members, input_id)
        return {"Input": item.describe(region.clock)}

    def describe_input(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show an input; a deleted one shows as DELETED, which the AWS provider waits for."""
        return self.region.shown(self._any_input(members["InputId"]))

    def list_inputs(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the inputs."""
        for item in self.region.inputs.values():
            self.region.settle_input(item)
        shown = [item.describe(self.region.clock) for item in self.region.inputs.values()]
        listed = [item for item in shown if item["State"] != "DELETED"]
        inputs, following = page(listed, members)
        return {"Inputs": inputs, "NextToken": following}

    def update_input(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change an input; what is omitted stays."""
        item = self._input(members["InputId"])
        for channel_id in item.members["AttachedChannels"]:
            channel = self.region.channels[channel_id]
            channel.settle(self.region.clock)
            if channel.state != "IDLE":
                raise conflict("the input is attached to a channel that is not idle")
        if item.state not in {"DETACHED", "ATTACHED"}:
            raise conflict(f"the input is {item.state}")
        draft = {**item.members, **members}
        self._check_input(item.members["Type"], draft)
        self._check_flows(members)
        if "InputSecurityGroups" in members:
            self._release_groups(item)
            groups = self._groups(item.members["Type"], members)
            item.members["SecurityGroups"] = groups
            for group_id in groups:
                self._use(group_id, item.members["Id"])
        for key in ("Name", *_PASSED_ON):
            if key in members:
                item.members[key] = members[key]
        if "Destinations" in members:
            names = [end.get("StreamName", "") for end in members["Destinations"]]
            item.members["Destinations"] = input_sources.renamed(item.members, names)
        if "MediaConnectFlows" in members:
            self.region.managed_outputs.set(item.members)
        item.members |= input_sources.classes(item.members)
        return {"Input": item.describe(self.region.clock)}

    def delete_input(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete an input that is attached to no channel.

        A deletion is safe to repeat, and a deleted input answers 200 (aws-bench pull request 22).
        """
        item = self._any_input(members["InputId"])
        if item.state in {"DELETING", "DELETED"}:
            return {}
        if item.members["AttachedChannels"]:
            # AWS's words: aws-bench pull request 22, grucloud, sample-clipping-portal.
            message = f"Input {members['InputId']} is busy, it cannot be deleted."
            busy = self.region.readings["input-busy"]
            raise bad_request(message) if busy == "bad-request" else conflict(message)
        self._release_groups(item)
        self.region.managed_outputs.remove(item.members["Arn"])
        item.begin(self.region.clock, "input.delete", "DELETING", "DELETED")
        return {}

    def _any_input(self, input_id: str) -> Resource:
        item = self.region.find("input", self.region.inputs, input_id)
        self.region.settle_input(item)
        return item

    def _input(self, input_id: str) -> Resource:
        item = self._any_input(input_id)
        if item.state == "DELETED":
            raise not_found(f"input {input_id} was not found")
        return item

    def _check_input(self, kind: str, members: dict[str, Any]) -> None:
        """Refuse what AWS refuses of an input's sources, network and role.

        Raises:
            AwsError: 400; 501 for types that the emulator does not have.
        """
        input_sources.check(kind, members)
        role = members.get("RoleArn")
        # terraform-provider-aws, input.go, retries on this refusal.
        if role is not None and (problem := self.region.role_problem(role)):
            raise bad_request(problem)

    def _check_flows(self, members: dict[str, Any]) -> None:
        flows = members.get("MediaConnectFlows") or []
        self.region.managed_outputs.check([flow["FlowArn"] for flow in flows])

    def _groups(self, kind: str, members: dict[str, Any]) -> list[str]:
        groups = list(members.get("InputSecurityGroups", []))
        if kind in PUSH and not groups and "Vpc" not in members:
            raise bad_request("a push input needs an input security group")
        for group_id in groups:
            group = self.region.groups.get(group_id)
            if group is None or group.state == "DELETED":
                raise bad_request(f"input security group {group_id} does not exist")
        return groups

    def _push_inputs(self) -> int:
        return sum(
            item.members["Type"] in PUSH and item.state not in {"DELETING", "DELETED"}
            for item in self.region.inputs.values()
        )

    def _use(self, group_id: str, input_id: str) -> None:
        group = self.region.groups[group_id]
        group.settle(self.region.clock)
        group.members["Inputs"].append(input_id)
        group.members["State"] = "IN_USE"

    def _release_groups(self, item: Resource) -> None:
        for group_id in item.members["SecurityGroups"]:
            group = self.region.groups[group_id]
            group.settle(self.region.clock)
            group.members["Inputs"].remove(item.members["Id"])
            if not group.members["Inputs"]:
                group.members["State"] = "IDLE"
