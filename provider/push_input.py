"""PushInput: a MediaLive input of type RTP_PUSH, with its endpoints as outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from provider.medialive_input import InputInputs, MediaLiveInput
from provider.typed_resource import Outputs


class PushInputInputs(InputInputs):
    """Inputs of a push input."""

    security_group_ids: list[str] = Field(
        description="Ids of its input security groups. MediaLive takes one for a push input."
    )


class Endpoint(Outputs):
    """The address that a push input listens on for one pipeline."""

    ip: str = Field(description="Its IPv4 address.")
    port: int = Field(description="Its UDP port.")
    url: str = Field(description="Address and port as a URL.")


class PushInputOutputs(Outputs):
    """Outputs of a push input beyond its inputs."""

    arn: str = Field(description="Its ARN.")
    endpoints: list[Endpoint] = Field(description="Its endpoints, one a pipeline.")


class PushInput(MediaLiveInput[PushInputInputs]):
    """A MediaLive input of type RTP_PUSH.

    The diff reads the input, so that a deletion by hand shows in a preview. An update that needs
    an idle channel is one step: stop, update, start.
    """

    token = "livestream:index:PushInput"  # noqa: S105 - a type token
    inputs = PushInputInputs
    outputs = PushInputOutputs
    kind, type = "push input", "RTP_PUSH"
    settings = ("name", "securityGroupIds")

    def request(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of a request for *values*."""
        members = {"name": "Name", "securityGroupIds": "InputSecurityGroups"}
        return {members[name]: value for name, value in values.items()}

    def properties(self, answer: Any) -> dict[str, Any]:
        """Return security groups and endpoints."""
        creating = answer["State"] == "CREATING"
        return {
            "securityGroupIds": answer.get("SecurityGroups", []),
            "endpoints": []
            if creating
            else [
                {"ip": end["Ip"], "port": int(end["Port"]), "url": end["Url"]}
                for end in answer.get("Destinations", [])
            ],
        }

    def is_ready(self, live: Mapping[str, Any]) -> bool:
        """Tell whether it has endpoints."""
        return bool(live["endpoints"])
