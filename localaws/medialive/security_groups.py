"""Input security groups."""

from __future__ import annotations

import ipaddress
from typing import Any

from localaws.errors import bad_request, conflict, not_found
from localaws.medialive.service import Region, page
from localaws.resource import Resource


class InputSecurityGroups:
    """The operations on input security groups."""

    region: Region

    def create_input_security_group(self, members: dict[str, Any]) -> dict[str, Any]:
        """Make a group; its rules are CIDR blocks."""
        region = self.region
        if len(self._living_groups()) >= region.quotas["input_security_groups"]:
            raise bad_request("the quota of input security groups is reached")
        group_id = region.new_id()
        group = Resource(
            {
                "Arn": region.arn("inputSecurityGroup", group_id),
                "Id": group_id,
                "Channels": [],
                "Inputs": [],
                "State": "IDLE",
                "Tags": dict(members.get("Tags", {})),
                "WhitelistRules": _rules(members),
            }
        )
        region.groups[group_id] = group
        return {"SecurityGroup": group.describe(region.clock)}

    def describe_input_security_group(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show a group; a deleted one shows as DELETED, which the AWS provider waits for."""
        return self.region.shown(self._any_group(members))

    def list_input_security_groups(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the groups."""
        listed = [group.describe(self.region.clock) for group in self._living_groups()]
        groups, following = page(listed, members)
        return {"InputSecurityGroups": groups, "NextToken": following}

    def update_input_security_group(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change the rules, at any time, and the tags."""
        group = self._group(members)
        if group.state == "UPDATING":
            raise conflict("the input security group is being updated")
        if "WhitelistRules" in members:
            group.members["WhitelistRules"] = _rules(members)
        if "Tags" in members:
            group.members["Tags"] = dict(members["Tags"])
        group.begin(self.region.clock, "security-group.update", "UPDATING", group.state)
        return {"SecurityGroup": group.describe(self.region.clock)}

    def delete_input_security_group(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete a group that no input and no channel uses.

        A deleted group answers 200 (aws-bench pull request 22). A channel that takes callers by it
        is in its way (MediaLive user guide, channel security groups, rules and constraints).
        """
        group = self._any_group(members)
        if group.members["Channels"]:
            raise conflict(
                f"input security group {members['InputSecurityGroupId']} is used by channels"
            )
        if group.members["Inputs"]:
            # AWS's words: aws-bench pull request 22.
            message = (
                f"Input Security Group {members['InputSecurityGroupId']} cannot be deleted because"
                " it is still being used by inputs."
            )
            in_use = self.region.readings["group-in-use"]
            raise conflict(message) if in_use == "conflict" else bad_request(message)
        if group.state != "DELETED":
            group.enter("DELETED", self.region.clock.now())
        return {}

    def _living_groups(self) -> list[Resource]:
        groups = [group for group in self.region.groups.values() if group.state != "DELETED"]
        for group in groups:
            self._note_channels(group)
        return groups

    def _any_group(self, members: dict[str, Any]) -> Resource:
        group = self.region.find(
            "input security group", self.region.groups, members["InputSecurityGroupId"]
        )
        self._note_channels(group)
        return group

    def _note_channels(self, group: Resource) -> None:
        """Note the channels that take callers by *group*."""
        group.members["Channels"] = [
            channel.members["Id"]
            for channel in self.region.channels.values()
            if group.members["Id"] in channel.members.get("ChannelSecurityGroups", [])
            and channel.state != "DELETED"
        ]

    def _group(self, members: dict[str, Any]) -> Resource:
        group = self._any_group(members)
        if group.state == "DELETED":
            raise not_found(f"input security group {members['InputSecurityGroupId']} was not found")
        return group


def _rules(members: dict[str, Any]) -> list[dict[str, str]]:
    rules = members.get("WhitelistRules", [])
    if not rules:
        # AWS's words: awsdocs/aws-cloudformation-user-guide pull request 461.
        raise bad_request("Must specify at least one whitelist")
    for rule in rules:
        try:
            ipaddress.ip_network(rule.get("Cidr", ""), strict=True)
        except ValueError:
            raise bad_request("a whitelist rule is not a network address in CIDR form") from None
    return [dict(rule) for rule in rules]
