"""Settings of a channel: validation, and comparison with the live channel."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from provider import channel_rules, members, service_model
from provider.aws import AwsClients
from provider.channel_inputs import api_request, member_name, property_name
from provider.interruption import NO_SETTINGS, STAYS
from provider.resource import UNKNOWN, CheckFailure, Properties, contains_unknown, root_of

# UpdateChannel does not take them.
_FIXED = frozenset({"channelClass", "vpc"})

_REQUIRED = (
    "channelClass",
    "destinations",
    "encoderSettings",
    "inputAttachments",
    "inputSpecification",
)

# botocore on UpdateChannel.RoleArn: "If you do not specify this on an update call but the role
# was previously set that role will be removed". So every update says the role.
_ALWAYS_SENT = "RoleArn"

# Members that a preview does not know while their resource is not created; no rule looks at them.
_IDS = frozenset({"InputId", "RoleArn", "SecondaryInputId", "EncryptionPassphraseSecretArn"})


class ChannelSettings:
    """Validation and comparison of settings by the API's model.

    Args:
        aws: the connection.
    """

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def failures(self, inputs: Properties) -> Iterator[CheckFailure]:
        """Yield what CreateChannel's model and its 422 rules refuse in *inputs*."""
        request = api_request(inputs)
        whole = inputs.get("existingId") is None
        missing = [name for name in _REQUIRED if whole and name not in inputs]
        yield from (CheckFailure(name, "LUN320", "is required") for name in missing)
        if missing:
            return
        model = list(service_model.problems(self._shape("CreateChannel"), request))
        yield from (CheckFailure(property_name(path), "LUN321", message) for path, message in model)
        yield from self._failures_of_logo(inputs)
        known = _with_placeholders(request)
        if not model and set(_REQUIRED) <= inputs.keys() and not contains_unknown(known):
            for path, message in channel_rules.problems(known):
                # AWS leaves "encoderSettings" out of a path.
                root = root_of(path) if root_of(path) in inputs else "encoderSettings"
                yield CheckFailure(root, "LUN322", f"{path}: {message}")

    def _failures_of_logo(self, inputs: Properties) -> Iterator[CheckFailure]:
        logo = inputs.get("logo")
        if logo is None or contains_unknown(logo):
            return
        model = self._aws.medialive.meta.service_model
        shape = model.shape_for("StaticImageOutputActivateScheduleActionSettings")
        for path, message in service_model.problems(shape, logo, "logo"):
            yield CheckFailure(path, "LUN321", message)
        encoder = inputs.get("encoderSettings") or {}
        if contains_unknown(encoder) or not isinstance(logo.get("OutputNames"), list):
            return
        groups = encoder.get("OutputGroups") or []
        outputs = {output.get("OutputName") for group in groups for output in group["Outputs"]}
        if encoder and (unknown := set(logo["OutputNames"]) - outputs):
            names = ", ".join(sorted(unknown))
            yield CheckFailure("logo", "LUN322", f"logo.OutputNames: there is no output {names}")

    def update_request(
        self,
        properties: Properties,
        live: Mapping[str, Any],
        state: Properties,
    ) -> dict[str, Any]:
        """Return the members of an UpdateChannel that make it as declared; none where it is.

        Args:
            properties: the declared settings.
            live: the channel.
            state: its outputs so far.
        """
        request = {
            name: value
            for name, value in api_request(properties).items()
            if property_name(name) not in _FIXED
        }
        differing = {
            member_name(root_of(path)) for path in self.differences(properties, live, state)
        }
        failed = live["State"] == "UPDATE_FAILED"
        if "ChannelClass" in differing:
            # UpdateChannelClass sends them.
            request.pop("Destinations", None)
        sent = {name: request[name] for name in request if failed or name in differing}
        undeclared = "ChannelSecurityGroups" not in request and live.get("ChannelSecurityGroups")
        if undeclared and "Destinations" in sent:
            # MediaLive refuses a group of callers without a listener.
            sent["ChannelSecurityGroups"] = []
        former = None if state.get("imported") else state.get("inferenceSettings")
        if former and "InferenceSettings" not in request and "EncoderSettings" in sent:
            # MediaLive sends to a feed while it is named (user guide, smart-crop-disable-some).
            sent["InferenceSettings"] = {}
        if sent and _ALWAYS_SENT not in sent and live.get(_ALWAYS_SENT):
            sent[_ALWAYS_SENT] = live[_ALWAYS_SENT]
        return sent

    def differences(
        self, properties: Properties, live: Mapping[str, Any], state: Properties
    ) -> Iterator[str]:
        """Yield the property paths at which the live channel is not as declared.

        A nested member whose declaration goes is one of them, while AWS shows it. What an import
        brought stays: it declares all that AWS shows, its defaults too. So does a setting that is
        not declared at all any more, and `interruption.STAYS`.
        """
        normalized: Mapping[str, str] = state.get("normalized") or {}
        for path in self.differing_members(properties, live):
            if normalized.get(path) != spelling(properties, live, path):
                yield property_name(path)
        if not state.get("imported"):
            former = {key: value for key, value in state.items() if key in properties}
            for path in members.dropped(api_request(former), api_request(properties), live):
                if property_name(path) != STAYS:
                    yield property_name(path)

    def differing_members(self, properties: Properties, live: Mapping[str, Any]) -> Iterator[str]:
        """Yield the member paths at which AWS shows another value than the declared one."""
        return members.differences(api_request(properties), live, self._shape_of_answer)

    def refreshed(
        self, inputs: Properties, live: Mapping[str, Any], state: Properties
    ) -> dict[str, Any]:
        """Return the declared settings with the values of the *live* channel."""
        differing = set(self.differences(inputs, live, state))
        actual = members.as_declared(api_request(inputs), live, self._shape_of_answer)
        changed = {root_of(path) for path in differing}
        return {
            key: actual.get(member_name(key)) if key in changed else value
            for key, value in inputs.items()
            if key not in NO_SETTINGS
        }

    def imported(self, live: Mapping[str, Any]) -> dict[str, Any]:
        """Return all settings of the *live* channel that a creation takes."""
        taken = members.accepted_by(self._shape("CreateChannel"), dict(live))
        return {property_name(name): value for name, value in taken.items() if name != "Tags"}

    def _shape(self, operation: str) -> Any:
        return self._aws.medialive.meta.service_model.operation_model(operation).input_shape

    @functools.cached_property
    def _shape_of_answer(self) -> Any:
        model = self._aws.medialive.meta.service_model
        return model.operation_model("DescribeChannel").output_shape


def spelling(properties: Properties, live: Mapping[str, Any], path: str) -> str:
    """Return a digest of a member as it is declared and as AWS shows it."""
    request = api_request(properties)
    return members.digest([members.value_at(request, path), members.value_at(live, path)])


def _with_placeholders(value: Any) -> Any:
    """Return *value* with a text for each unknown id."""
    if isinstance(value, Mapping):
        return {
            key: "unknown" if item is UNKNOWN and key in _IDS else _with_placeholders(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_with_placeholders(item) for item in value]
    return value
