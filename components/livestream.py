"""Typed wrappers of what our own provider plugin `livestream` serves.

What each property means, what replaces and what updates in place: provider/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi

_FUNCTIONS = "livestream:index:"


class Provider(pulumi.ProviderResource):
    """The plugin, connected to one region."""

    def __init__(
        self, name: str, *, region: str, endpoint: str | None, opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__("livestream", name, {"region": region, "endpoint": endpoint}, opts)


class PushInput(pulumi.CustomResource):
    """A MediaLive input of type RTP_PUSH."""

    arn: pulumi.Output[str]
    endpoints: pulumi.Output[list[dict[str, Any]]]
    """Where it listens, one a pipeline: `ip`, `port` and both as `url`."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: str,
        security_group_ids: Sequence[pulumi.Input[str]],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "name": name,
            "securityGroupIds": security_group_ids,
            "tags": tags,
            "arn": None,
            "endpoints": None,
        }
        super().__init__("livestream:index:PushInput", resource_name, inputs, opts)


class FlowOutput(pulumi.CustomResource):
    """An output of an existing MediaConnect flow; *rtmp_push* and *srt* hold keys, as secrets."""

    arn: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        flow_arn: str,
        name: str,
        destination: pulumi.Input[str],
        port: pulumi.Input[int],
        description: str | None,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
        protocol: Literal["rtp", "rtp-fec", "rtmp-push", "srt-caller"] = "rtp",
        rtmp_push: pulumi.Input[Mapping[str, Any]] | None = None,
        srt: pulumi.Input[Mapping[str, Any]] | None = None,
        smoothing_latency: int | None = None,
        status: Literal["ENABLED", "DISABLED", "SCHEDULED"] = "ENABLED",
        schedule: Mapping[str, Any] | None = None,
        by_itself: bool | None = None,
    ) -> None:
        inputs = {
            "flowArn": flow_arn,
            "name": name,
            "protocol": protocol,
            "destination": destination,
            "port": port,
            "rtmpPush": rtmp_push,
            "srt": srt,
            "smoothingLatency": smoothing_latency,
            "status": status,
            "schedule": schedule,
            "byItself": by_itself,
            "description": description,
            "tags": tags,
            "arn": None,
        }
        super().__init__("livestream:index:FlowOutput", resource_name, inputs, opts)


class Channel(pulumi.CustomResource):
    """A MediaLive channel and whether it runs; *destinations* hold keys, as a secret."""

    arn: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        name: str,
        channel_class: str,
        destinations: pulumi.Input[Sequence[Mapping[str, Any]]],
        encoder_settings: Mapping[str, Any] | None,
        input_attachments: Any,
        input_specification: Mapping[str, Any] | None,
        role_arn: pulumi.Input[str] | None,
        state: Literal["running", "stopped", "scheduled"],
        schedule: Mapping[str, Any] | None,
        existing_id: str | None,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "name": name,
            "channelClass": channel_class,
            "destinations": destinations,
            "encoderSettings": encoder_settings,
            "inputAttachments": input_attachments,
            "inputSpecification": input_specification,
            "roleArn": role_arn,
            "state": state,
            "schedule": schedule,
            "existingId": existing_id,
            "tags": tags,
            "arn": None,
        }
        super().__init__("livestream:index:Channel", resource_name, inputs, opts)


class InputSecurityGroup(pulumi.CustomResource):
    """The addresses that may push to MediaLive inputs."""

    arn: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        cidrs: Sequence[str],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {"cidrs": cidrs, "tags": tags, "arn": None}
        super().__init__("livestream:index:InputSecurityGroup", resource_name, inputs, opts)


class Roster(pulumi.CustomResource):
    """The names of all destinations; refuses deletions nobody meant before they happen."""

    def __init__(
        self,
        resource_name: str,
        *,
        destinations: Sequence[str],
        origins: Mapping[str, str],
        previous_names: Mapping[str, Sequence[str]],
        streams: Mapping[str, pulumi.Input[str]],
        max_removals: int,
        max_removal_percent: int,
        confirmed_removals: int | None,
        adopted: Mapping[str, str] | None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        inputs = {
            "project": pulumi.get_project(),
            "stack": pulumi.get_stack(),
            "destinations": destinations,
            "origins": origins,
            "previousNames": previous_names,
            "streams": streams,
            "maxRemovals": max_removals,
            "maxRemovalPercent": max_removal_percent,
            "confirmedRemovals": confirmed_removals,
            "adopted": adopted,
        }
        super().__init__("livestream:index:Roster", resource_name, inputs, opts)


@dataclass(frozen=True, slots=True)
class Flow:
    """An existing MediaConnect flow.

    Attributes:
        arn: its ARN.
        name: its name.
        egress_ip: the public address it sends from.
        outputs: the names of the outputs it has now.
    """

    arn: str
    name: str
    egress_ip: str
    outputs: tuple[str, ...]

    @property
    def account(self) -> str:
        """The account it is in, and with it all that is built on it."""
        return self.arn.split(":")[4]


def get_flow(*, name: str | None, arn: str | None, provider: Provider) -> Flow:
    """Look a flow up.

    Raises:
        pulumi.RunError: in one sentence, when there is no such flow.
    """
    arguments = {"name": name} if arn is None else {"arn": arn}
    found = _invoke("getFlow", arguments, provider)
    return Flow(found["arn"], found["name"], found["egressIp"], tuple(found["outputs"]))


@dataclass(frozen=True, slots=True)
class Held:
    """What a region has of one kind.

    Attributes:
        names: of those there are.
        destinations: which of them are of this stack, and of which of its destinations.
        limit: the account's quota; None where it could not be read.
    """

    names: tuple[str, ...]
    destinations: Mapping[str, str]
    limit: int | None


def get_quotas(provider: Provider) -> Mapping[str, Held]:
    """Return what the provider's region holds, by `channels` and `pushInputs`.

    Raises:
        pulumi.RunError: in one sentence, when AWS does not tell.
    """
    asked = {"project": pulumi.get_project(), "stack": pulumi.get_stack()}
    found = _invoke("getQuotas", asked, provider)
    return {
        kind: Held(
            names=tuple(held["names"]),
            destinations=held.get("destinations", {}),
            limit=None if held.get("limit") is None else int(held["limit"]),
        )
        for kind, held in found.items()
    }


def _invoke(function: str, arguments: Mapping[str, Any], provider: Provider) -> Any:
    options = pulumi.InvokeOptions(provider=provider)
    try:
        return pulumi.runtime.invoke(f"{_FUNCTIONS}{function}", arguments, options).value
    except Exception as error:  # noqa: BLE001 - the SDK raises plain Exception
        raise pulumi.RunError(sentence(str(error))) from None


def sentence(error: str) -> str:
    """Return what the plugin said of what the engine, or the SDK, says of it."""
    return error.partition("returned an error: ")[2] or error
