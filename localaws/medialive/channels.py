"""Channels: their states, what each state allows, and their attachment to inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localaws.errors import bad_request, conflict, not_found, unprocessable
from localaws.medialive import channel_maintenance, defaults, multiplexes, validation
from localaws.medialive.schedule import active_input
from localaws.medialive.service import Region, page
from localaws.resource import Resource
from provider import channel_rules

_SETTINGS = (
    "AnywhereSettings",
    "CdiInputSpecification",
    "ChannelEngineVersion",
    "ChannelSecurityGroups",
    "Destinations",
    "EncoderSettings",
    "InferenceSettings",
    "InputAttachments",
    "InputSpecification",
    "LinkedChannelSettings",
    "LogLevel",
    "Name",
    "RoleArn",
)
_SUMMARY_LEAVES_OUT = frozenset({"EncoderSettings"})


class Channels:
    """The operations on channels."""

    region: Region

    def create_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Make a channel; with DryRun only check it."""
        region = self.region
        if (made := region.repeated("CreateChannel", members, region.channels)) is not None:
            return {"Channel": made.describe(region.clock)}
        if len(self._living_channels()) >= region.quotas["channels"]:
            raise bad_request("the quota of channels is reached")
        channel_id = region.new_id()
        draft = {
            "Arn": region.arn("channel", channel_id),
            "Id": channel_id,
            "ChannelClass": members.get("ChannelClass", "STANDARD"),
            "LogLevel": "DISABLED",
            "Maintenance": {**channel_maintenance.CHOSEN, **members.get("Maintenance", {})},
            "PipelineDetails": [],
            "PipelinesRunningCount": 0,
            "State": "CREATING",
            "Tags": dict(members.get("Tags", {})),
            **{key: members[key] for key in _SETTINGS if key in members},
        }
        self._check(draft, members.get("Vpc"))
        draft["Vpc"] = _vpc(region.name, channel_id, members.get("Vpc"))
        draft["EgressEndpoints"] = _egress_endpoints(draft)
        if members.get("DryRun"):
            return {"Channel": draft}
        channel = Resource(defaults.filled_in(draft, region.readings))
        region.channels[channel_id] = channel
        self._attach(channel)
        channel.begin(region.clock, "channel.create", "CREATING", "IDLE")
        region.remember("CreateChannel", members, channel_id)
        return {"Channel": channel.describe(region.clock)}

    def describe_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show a channel; a deleted one shows as DELETED."""
        item = self.region.find("channel", self.region.channels, members["ChannelId"])
        return item.describe(self.region.clock)

    def list_channels(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the channels, without their encoder settings."""
        shown = [channel.describe(self.region.clock) for channel in self._living_channels()]
        summaries = [
            {key: value for key, value in summary.items() if key not in _SUMMARY_LEAVES_OUT}
            for summary in shown
        ]
        for summary in summaries:
            summary.pop("PipelineDetails")
        channels, following = page(summaries, members)
        return {"Channels": channels, "NextToken": following}

    def update_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change an idle channel; omitted members stay. With DryRun only check it."""
        region = self.region
        dry_run = members.get("DryRun") and region.readings["update-dry-run"]
        if dry_run == "refused":
            raise bad_request("DryRun is not supported")
        window_alone = members.keys() == {"ChannelId", "Maintenance"}
        if window_alone and region.readings["maintenance-on-air"] == "accepted":
            return self._change_maintenance(members)
        channel = (
            self.channel(members["ChannelId"])
            if dry_run == "checked"
            else self._in_state(members, "IDLE", "UPDATE_FAILED")
        )
        draft = {
            **channel.members,
            **{key: members[key] for key in _SETTINGS if key in members},
            "Maintenance": channel_maintenance.changed(
                channel, members.get("Maintenance", {}), region.clock.date()
            ),
        }
        if "RoleArn" not in members and region.readings["role-omitted"] == "removed":
            draft.pop("RoleArn", None)
        self._check(draft)
        if dry_run:
            return {"Channel": draft}
        self._detach(channel)
        channel.members = defaults.filled_in(draft, region.readings)
        self._attach(channel)
        channel.begin(region.clock, "channel.update", "UPDATING", "IDLE")
        return {"Channel": channel.describe(region.clock)}

    def _change_maintenance(self, members: dict[str, Any]) -> dict[str, Any]:
        channel = self.channel(members["ChannelId"])
        now = self.region.clock.date()
        changed = channel_maintenance.changed(channel, members["Maintenance"], now)
        channel.members["Maintenance"] = changed
        return {"Channel": channel.describe(self.region.clock)}

    def update_channel_class(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change the class of an idle channel."""
        channel = self._in_state(members, "IDLE")
        draft = {**channel.members, "ChannelClass": members["ChannelClass"]}
        draft["Destinations"] = members.get("Destinations", draft.get("Destinations"))
        self._check(draft)
        draft["EgressEndpoints"] = _egress_endpoints(draft)
        channel.members = defaults.filled_in(draft, self.region.readings)
        channel.begin(self.region.clock, "channel.update", "UPDATING", "IDLE")
        return {"Channel": channel.describe(self.region.clock)}

    def start_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Start an idle channel."""
        if (started := self._already(members, "start-running", "STARTING", "RUNNING")) is not None:
            return started.describe(self.region.clock)
        channel = self._in_state(members, "IDLE")
        pipelines = 2 if channel.members["ChannelClass"] == "STANDARD" else 1
        channel.members["PipelinesRunningCount"] = pipelines
        channel.members["PipelineDetails"] = [
            {**active_input(channel.members["InputAttachments"][0]), "PipelineId": str(number)}
            for number in range(pipelines)
        ]
        channel_maintenance.over(channel)
        channel.begin(self.region.clock, "channel.start", "STARTING", "RUNNING")
        return channel.describe(self.region.clock)

    def stop_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Stop a channel that runs or is about to."""
        if (stopped := self._already(members, "stop-idle", "IDLE", "STOPPING")) is not None:
            return stopped.describe(self.region.clock)
        channel = self._in_state(members, "RUNNING", "STARTING", "RECOVERING")
        channel.members["PipelinesRunningCount"] = 0
        channel.members["PipelineDetails"] = []
        channel.begin(self.region.clock, "channel.stop", "STOPPING", "IDLE")
        return channel.describe(self.region.clock)

    def restart_channel_pipelines(self, members: dict[str, Any]) -> dict[str, Any]:
        """Restart the pipelines of a running channel; it stays RUNNING."""
        return self._in_state(members, "RUNNING").describe(self.region.clock)

    def delete_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete a channel that does not run; its inputs stay attached until it is deleted.

        A deletion is safe to repeat, and a deleted channel answers 200 (aws-bench pull request 22).
        """
        channel = self.region.find("channel", self.region.channels, members["ChannelId"])
        if channel.state in {"DELETING", "DELETED"}:
            return channel.describe(self.region.clock)
        deletable = {"IDLE", "CREATE_FAILED", "UPDATE_FAILED"}
        if self.region.readings["delete-stopping"] == "accepted":
            deletable.add("STOPPING")
        if channel.state not in deletable:
            # AWS's words: aws-nuke issue 446.
            raise conflict(
                "Cannot delete a channel that has not been stopped yet. Please stop the channel"
            )
        channel.begin(self.region.clock, "channel.delete", "DELETING", "DELETED")
        return channel.describe(self.region.clock)

    def list_alerts(self, members: dict[str, Any]) -> dict[str, Any]:
        """List a channel's alerts."""
        channel = self.channel(members["ChannelId"])
        alerts = self.region.alerts.get(channel.members["Id"], [])
        state = members.get("StateFilter", "ALL")
        listed = [alert for alert in alerts if state in ("ALL", alert["State"])]
        shown, following = page(listed, members)
        return {"Alerts": shown, "NextToken": following}

    def _living_channels(self) -> list[Resource]:
        for channel in self.region.channels.values():
            self.region.settle_item(channel)
        return [channel for channel in self.region.channels.values() if channel.state != "DELETED"]

    def channel(self, channel_id: str) -> Resource:
        """Return a channel, settled.

        Raises:
            AwsError: 404 where there is none, or it is deleted.
        """
        channel = self.region.find("channel", self.region.channels, channel_id)
        if channel.state == "DELETED":
            raise not_found(f"channel {channel_id} was not found")
        return channel

    def _in_state(self, members: Mapping[str, Any], *allowed: str) -> Resource:
        channel = self.channel(members["ChannelId"])
        if channel.state not in allowed:
            raise conflict(f"the channel is {channel.state}; it has to be {' or '.join(allowed)}")
        return channel

    def _already(self, members: Mapping[str, Any], reading: str, *states: str) -> Resource | None:
        """Return the channel where it is in one of *states* and that is accepted."""
        channel = self.channel(members["ChannelId"])
        accepted = self.region.readings[reading] == "accepted"
        return channel if accepted and channel.state in states else None

    def _check(self, draft: dict[str, Any], vpc: Mapping[str, Any] | None = None) -> None:
        # AWS's words: awsdocs/aws-cloudformation-user-guide pull request 459.
        if not draft.get("Name"):
            raise bad_request("Non-empty channel name required")
        # The next that AWS says, without its status: cloudformation-coverage-roadmap issue 907.
        if not draft.get("InputAttachments"):
            raise bad_request("At least one inputAttachment must be specified")
        for _, message in channel_rules.bad_requests(draft):
            raise bad_request(message)
        errors = [
            *channel_rules.contradictions({**draft, "Vpc": vpc or draft.get("Vpc")}),
            *validation.unverified(draft),
            *multiplexes.problems(self.region, draft),
            *self._missing_groups(draft),
        ]
        for index, attachment in enumerate(draft.get("InputAttachments") or []):
            path = f"inputAttachments[{index}].inputId"
            input_id = attachment.get("InputId", "")
            if (wrong := self._wrong_input(draft, input_id)) is not None:
                errors.append((path, wrong))
            elif index == 0 and self._is_dynamic(input_id):
                # User guide, ips-limits: "The first switch in the channel must be for a static
                # input. It can't be a dynamic input."
                errors.append((path, "the first input has to be static"))
        if errors:
            raise unprocessable(errors)
        if draft.get("RoleArn") and (problem := self.region.role_problem(draft["RoleArn"])):
            raise bad_request(problem)

    def _missing_groups(self, draft: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the groups of callers that do not exist.

        User guide, channel security groups, rules and constraints: "must already exist in your
        account".
        """
        for group_id in draft.get("ChannelSecurityGroups") or []:
            group = self.region.groups.get(group_id)
            if group is None or group.state == "DELETED":
                yield "channelSecurityGroups", f"there is no group {group_id}"

    def _is_dynamic(self, input_id: str) -> bool:
        return bool(self.region.inputs[input_id].members["InputSourceType"] == "DYNAMIC")

    def _wrong_input(self, draft: Mapping[str, Any], input_id: str) -> str | None:
        item = self.region.inputs.get(input_id)
        if item is not None:
            self.region.settle_input(item)
        if item is None or item.state in {"DELETING", "DELETED"}:
            return f"input {input_id} does not exist in {self.region.name}"
        if any(other != draft["Id"] for other in item.members["AttachedChannels"]):
            raise conflict(f"inputId={input_id} is already attached")
        single = item.members["InputClass"] == "SINGLE_PIPELINE"
        if single and draft["ChannelClass"] == "STANDARD":
            # botocore, Input.InputClass: "If the ChannelClass is STANDARD, this value is not valid
            # because the channel requires two sources in the input."
            return f"a STANDARD channel requires two sources in the input {input_id}"
        return None

    def _attach(self, channel: Resource) -> None:
        for attachment in channel.members.get("InputAttachments", []):
            item = self.region.inputs[attachment["InputId"]]
            item.transition = None
            item.members["AttachedChannels"] = [channel.members["Id"]]
            item.members["State"] = "ATTACHED"

    def _detach(self, channel: Resource) -> None:
        for attachment in channel.members.get("InputAttachments", []):
            item = self.region.inputs.get(attachment["InputId"])
            if item is not None:
                self.region.detach(item)


def _egress_endpoints(channel: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return an address for each pipeline; in a VPC there are none, which is unverified.

    Recorded answers: RootEncoder issue 925, couchtour. The addresses are TEST-NET-1's, which belong
    to nobody (RFC 5737).
    """
    pipelines = 2 if channel["ChannelClass"] == "STANDARD" else 1
    if channel.get("Vpc") is not None:
        return []
    first = int(channel["Id"]) * 2 % 250 + 1
    return [{"SourceIp": f"192.0.2.{first + number}"} for number in range(pipelines)]


def _vpc(
    region: str, channel_id: str, settings: Mapping[str, Any] | None
) -> dict[str, list[str]] | None:
    """Return the Vpc of a channel as it is described; zones, interfaces and ids are invented.

    botocore, VpcOutputSettingsDescription: the zones are those of the subnets, in their order;
    VpcOutputSettings.SecurityGroupIds: without any, that of the VPC is used.
    """
    if settings is None:
        return None
    number = f"{int(channel_id):016x}"
    subnets = settings["SubnetIds"]
    return {
        "AvailabilityZones": [f"{region}{chr(ord('a') + index)}" for index in range(len(subnets))],
        "NetworkInterfaceIds": [f"eni-{number}{index:x}" for index in range(len(subnets))],
        "SecurityGroupIds": settings.get("SecurityGroupIds") or [f"sg-{number}0"],
        "SubnetIds": subnets,
    }
