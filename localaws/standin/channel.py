"""aws:medialive/channel:Channel, as terraform-provider-aws' channel.go behaves."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localaws.standin.base import (
    AwsResource,
    medialive_tags,
    once,
    retag_medialive,
)
from localaws.standin.mapping import declared_part, from_api, normalised, to_api
from localaws.standin.sets import as_sent
from provider.resource import Created, Found, PartialFailure, Properties, ResourceError

_CREATE = frozenset(
    {
        "cdiInputSpecification",
        "channelClass",
        "destinations",
        "encoderSettings",
        "inputAttachments",
        "inputSpecification",
        "maintenance",
        "name",
        "roleArn",
        "vpc",
    }
)
# Sent by an update when changed; logLevel only here, never on create.
_UPDATE = (_CREATE | {"logLevel"}) - {"channelClass", "vpc", "maintenance"}


class Channel(AwsResource):
    """A MediaLive channel."""

    token = "aws:medialive/channel:Channel"  # noqa: S105 - a type token
    required = frozenset(
        {"channelClass", "destinations", "encoderSettings", "inputAttachments", "name"}
        | {"inputSpecification"}
    )
    optional = (_CREATE | {"logLevel", "startChannel", "tags"}) - required
    replace_on = frozenset({"channelClass", "vpc"})

    def create(self, urn: str, inputs: Properties) -> Created:
        """Create it without its log level, wait for IDLE, start it if told to."""
        del urn
        members = {key: value for key, value in inputs.items() if key in _CREATE}
        request = {
            **to_api(self._shape("CreateChannel"), as_sent(members)),
            "Tags": inputs.get("tags", {}),
        }
        made = once(
            lambda: self.aws.medialive.create_channel(**request), f"create channel {inputs['name']}"
        )["Channel"]
        channel_id = made["Id"]
        try:
            self._wait(channel_id, "IDLE", passing={"CREATING"})
            if inputs.get("startChannel"):
                self._start(channel_id)
        except ResourceError as error:
            state = {**inputs, "arn": made["Arn"], "channelId": channel_id}
            raise PartialFailure(str(error), resource_id=channel_id, state=state) from None
        return Created(channel_id, self._state(channel_id))

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> Found | None:
        """Read it; neither `startChannel` nor whether it runs is read back."""
        del urn, state
        found = self._describe(resource_id)
        if found is None:
            return None
        actual = self._properties(found)
        served = {key: actual[key] for key in self.required | self.optional if key in actual}
        if not inputs:
            return Found(resource_id, actual, served)
        declared = declared_part(normalised(inputs), normalised(served))
        if "startChannel" in inputs:
            declared["startChannel"] = inputs["startChannel"]
        return Found(resource_id, actual, declared)

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        """Stop it if it runs, send what changed, and start it only if `startChannel` is set."""
        before, after = normalised(old_inputs), normalised(inputs)
        changed = {
            key: inputs[key] for key in _UPDATE & inputs.keys() if after[key] != before.get(key)
        }
        if changed:
            self._stop_if_running(resource_id)
            request = to_api(self._shape("UpdateChannel"), as_sent(changed))
            once(
                lambda: self.aws.medialive.update_channel(ChannelId=resource_id, **request),
                f"update channel {inputs['name']}",
            )
            self._wait(resource_id, "IDLE", passing={"UPDATING"})
        retag_medialive(self.aws, state["arn"], old_inputs, inputs)
        if inputs.get("startChannel"):
            self._start(resource_id)
        elif old_inputs.get("startChannel"):
            self._stop_if_running(resource_id)
        return self._state(resource_id)

    def delete(self, resource_id: str, state: Properties) -> None:
        """Stop it if it is RUNNING, delete it, wait until it is gone."""
        try:
            self._stop_if_running(resource_id)
            once(
                lambda: self.aws.medialive.delete_channel(ChannelId=resource_id),
                f"delete channel {state.get('name', resource_id)}",
            )
        except ClientError:
            return
        self.aws.wait(
            lambda: True if self._describe(resource_id) is None else None,
            what=f"channel {resource_id} was not deleted",
        )

    def _start(self, channel_id: str) -> None:
        once(
            lambda: self.aws.medialive.start_channel(ChannelId=channel_id),
            f"start channel {channel_id}",
        )
        self._wait(channel_id, "RUNNING", passing={"STARTING"})

    def _stop_if_running(self, channel_id: str) -> None:
        found = self._describe(channel_id)
        if found is not None and found["State"] == "RUNNING":
            once(
                lambda: self.aws.medialive.stop_channel(ChannelId=channel_id),
                f"stop channel {channel_id}",
            )
            self._wait(channel_id, "IDLE", passing={"STOPPING", "RUNNING"})

    def _wait(self, channel_id: str, target: str, *, passing: set[str]) -> None:
        def look() -> bool | None:
            found = self._describe(channel_id)
            state = "DELETED" if found is None else found["State"]
            if state == target:
                return True
            if state in passing:
                return None
            raise ResourceError(
                f"channel {channel_id} became {state} where {target} was expected; look at its"
                " alerts, then run `pulumi up` again"
            )

        self.aws.wait(look, what=f"channel {channel_id} did not become {target}")

    def _state(self, channel_id: str) -> dict[str, Any]:
        found = self._describe(channel_id)
        if found is None:
            raise ResourceError(f"channel {channel_id} is gone; run `pulumi up --refresh`")
        return self._properties(found)

    def _properties(self, found: Any) -> dict[str, Any]:
        tags = medialive_tags(self.aws, found["Arn"])
        members: dict[str, Any] = from_api(self._shape("CreateChannel"), {**found, "Tags": tags})
        members["logLevel"] = found.get("LogLevel")
        return {**members, "arn": found["Arn"], "channelId": found["Id"], "tagsAll": tags}

    def _describe(self, channel_id: str) -> Any:
        try:
            found = once(
                lambda: self.aws.medialive.describe_channel(ChannelId=channel_id),
                f"describe channel {channel_id}",
            )
        except ClientError:
            return None
        return None if found["State"] == "DELETED" else found

    def _shape(self, operation: str) -> Any:
        return self.aws.medialive.meta.service_model.operation_model(operation).input_shape
