"""Channels: their states, what each state allows, and their attachment to inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.errors import bad_request, conflict, not_found, unprocessable
from localaws.medialive import defaults, validation
from localaws.medialive.service import Region, page
from localaws.resource import Item
from provider import channel_rules

_SETTINGS = (
    "CdiInputSpecification",
    "Destinations",
    "EncoderSettings",
    "InputAttachments",
    "InputSpecification",
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
        if (made := region.repeated("CreateChannel", members)) is not None:
            return {"Channel": self._channel(made).look(region.clock)}
        if len(self._living_channels()) >= region.quotas["channels"]:
            raise bad_request("the quota of channels is reached")
        channel_id = region.new_id()
        draft = {
            "Arn": region.arn("channel", channel_id),
            "Id": channel_id,
            "ChannelClass": members.get("ChannelClass", "STANDARD"),
            "EgressEndpoints": [],
            "LogLevel": "DISABLED",
            "Maintenance": members.get("Maintenance"),
            "PipelineDetails": [],
            "PipelinesRunningCount": 0,
            "State": "CREATING",
            "Tags": dict(members.get("Tags", {})),
            "Vpc": members.get("Vpc"),
            **{key: members[key] for key in _SETTINGS if key in members},
        }
        self._check(draft)
        if members.get("DryRun"):
            return {"Channel": draft}
        channel = Item(defaults.filled_in(draft))
        region.channels[channel_id] = channel
        self._attach(channel)
        channel.begin(region.clock, "channel.create", "CREATING", "IDLE")
        region.remember("CreateChannel", members, channel_id)
        return {"Channel": channel.look(region.clock)}

    def describe_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show a channel; a deleted one shows as DELETED."""
        item = self.region.find("channel", self.region.channels, members["ChannelId"])
        return item.look(self.region.clock)

    def list_channels(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the channels, without their encoder settings."""
        shown = [channel.look(self.region.clock) for channel in self._living_channels()]
        summaries = [
            {key: value for key, value in one.items() if key not in _SUMMARY_LEAVES_OUT}
            for one in shown
        ]
        for summary in summaries:
            summary.pop("PipelineDetails")
        found, following = page(summaries, members)
        return {"Channels": found, "NextToken": following}

    def update_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change an idle channel; what is omitted stays."""
        channel = self._in_state(members, "IDLE", "UPDATE_FAILED")
        changed = {key: members[key] for key in _SETTINGS if key in members}
        # botocore says of UpdateChannel.RoleArn that a role not given again is removed. The AWS
        # provider does not give it again, and its acceptance test (TestAccMediaLiveChannel_update)
        # finds the role still there.
        draft = {**channel.members, **changed}
        self._check(draft)
        self._detach(channel)
        channel.members = defaults.filled_in(draft)
        self._attach(channel)
        channel.begin(self.region.clock, "channel.update", "UPDATING", "IDLE")
        return {"Channel": channel.look(self.region.clock)}

    def update_channel_class(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change the class of an idle channel."""
        channel = self._in_state(members, "IDLE")
        draft = {**channel.members, "ChannelClass": members["ChannelClass"]}
        draft["Destinations"] = members.get("Destinations", draft.get("Destinations"))
        self._check(draft)
        channel.members = draft
        channel.begin(self.region.clock, "channel.update", "UPDATING", "IDLE")
        return {"Channel": channel.look(self.region.clock)}

    def start_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Start an idle channel."""
        channel = self._in_state(members, "IDLE")
        pipelines = 2 if channel.members["ChannelClass"] == "STANDARD" else 1
        channel.members["PipelinesRunningCount"] = pipelines
        channel.members["PipelineDetails"] = [
            {"PipelineId": str(number)} for number in range(pipelines)
        ]
        channel.begin(self.region.clock, "channel.start", "STARTING", "RUNNING")
        return channel.look(self.region.clock)

    def stop_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Stop a channel that runs or is about to."""
        channel = self._in_state(members, "RUNNING", "STARTING", "RECOVERING")
        channel.members["PipelinesRunningCount"] = 0
        channel.members["PipelineDetails"] = []
        channel.begin(self.region.clock, "channel.stop", "STOPPING", "IDLE")
        return channel.look(self.region.clock)

    def restart_channel_pipelines(self, members: dict[str, Any]) -> dict[str, Any]:
        """Restart the pipelines of a running channel; it stays RUNNING."""
        return self._in_state(members, "RUNNING").look(self.region.clock)

    def delete_channel(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete a channel that does not run, and let go of its inputs."""
        channel = self._in_state(members, "IDLE", "CREATE_FAILED", "UPDATE_FAILED")
        self._detach(channel)
        channel.begin(self.region.clock, "channel.delete", "DELETING", "DELETED")
        return channel.look(self.region.clock)

    def list_alerts(self, members: dict[str, Any]) -> dict[str, Any]:
        """List a channel's alerts."""
        channel = self._channel(members["ChannelId"])
        alerts = self.region.alerts.get(channel.members["Id"], [])
        wanted = members.get("StateFilter", "ALL")
        listed = [one for one in alerts if wanted in ("ALL", one["State"])]
        found, following = page(listed, members)
        return {"Alerts": found, "NextToken": following}

    def _living_channels(self) -> list[Item]:
        for channel in self.region.channels.values():
            channel.settle(self.region.clock)
        return [one for one in self.region.channels.values() if one.state != "DELETED"]

    def _channel(self, channel_id: str) -> Item:
        channel = self.region.find("channel", self.region.channels, channel_id)
        if channel.state == "DELETED":
            raise not_found(f"channel {channel_id} was not found")
        return channel

    def _in_state(self, members: Mapping[str, Any], *allowed: str) -> Item:
        channel = self._channel(members["ChannelId"])
        if channel.state not in allowed:
            raise conflict(f"the channel is {channel.state}; it has to be {' or '.join(allowed)}")
        return channel

    def _check(self, draft: dict[str, Any]) -> None:
        for _, message in channel_rules.bad_requests(draft):
            raise bad_request(message)
        errors = [*channel_rules.contradictions(draft), *validation.unverified(draft)]
        for index, attachment in enumerate(draft.get("InputAttachments") or []):
            path = f"inputAttachments[{index}].inputId"
            if (wrong := self._wrong_input(draft["Id"], attachment.get("InputId", ""))) is not None:
                errors.append((path, wrong))
        if errors:
            raise unprocessable(errors)
        if draft.get("RoleArn") and (problem := self.region.role_problem(draft["RoleArn"])):
            raise bad_request(problem)

    def _wrong_input(self, channel_id: str, input_id: str) -> str | None:
        item = self.region.inputs.get(input_id)
        if item is not None:
            item.settle(self.region.clock)
        if item is None or item.state in {"DELETING", "DELETED"}:
            return f"input {input_id} does not exist in {self.region.name}"
        if any(other != channel_id for other in item.members["AttachedChannels"]):
            raise conflict(f"inputId={input_id} is already attached")
        return None

    def _attach(self, channel: Item) -> None:
        for attachment in channel.members.get("InputAttachments", []):
            item = self.region.inputs[attachment["InputId"]]
            item.transition = None
            item.members["AttachedChannels"] = [channel.members["Id"]]
            item.members["State"] = "ATTACHED"

    def _detach(self, channel: Item) -> None:
        for attachment in channel.members.get("InputAttachments", []):
            item = self.region.inputs.get(attachment["InputId"])
            if item is not None:
                item.members["AttachedChannels"] = []
                item.members["State"] = "DETACHED"
