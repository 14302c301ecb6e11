"""FlowInput: a MediaLive input of type MEDIACONNECT, whose outputs of the flows MediaLive makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from provider.medialive_input import InputInputs, MediaLiveInput
from provider.typed_resource import Outputs


class FlowInputInputs(InputInputs):
    """Inputs of an input that takes flows."""

    flow_arns: list[str] = Field(
        description="ARN of its flow, or of a flow for each pipeline, each in a zone of its own."
    )
    role_arn: str = Field(description="Role by which MediaLive manages its outputs of the flows.")


class FlowInputOutputs(Outputs):
    """Outputs of an input beyond its inputs."""

    arn: str = Field(description="Its ARN.")


class FlowInput(MediaLiveInput[FlowInputInputs]):
    """A MediaLive input of type MEDIACONNECT.

    MediaLive makes an output on each flow when the input is created, and removes it with the input
    (MediaLive user guide, setup-emx-flows).
    """

    token = "livestream:index:FlowInput"  # noqa: S105 - a type token
    inputs = FlowInputInputs
    outputs = FlowInputOutputs
    kind, type = "MediaConnect input", "MEDIACONNECT"
    settings = ("name", "flowArns", "roleArn")

    def request(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of a request for *values*."""
        members = {"name": "Name", "roleArn": "RoleArn"}
        request = {members[name]: values[name] for name in members if name in values}
        if "flowArns" in values:
            request["MediaConnectFlows"] = [{"FlowArn": arn} for arn in values["flowArns"]]
        return request

    def properties(self, answer: Any) -> dict[str, Any]:
        """Return flows and role."""
        return {
            "flowArns": [flow["FlowArn"] for flow in answer.get("MediaConnectFlows", [])],
            "roleArn": answer.get("RoleArn", ""),
        }

    def is_ready(self, live: Mapping[str, Any]) -> bool:
        """Tell whether it is created."""
        return bool(live["flowArns"])
