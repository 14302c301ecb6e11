"""Inputs and outputs of a channel, and their form in requests of MediaLive."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field, model_validator

from catalog.schedule import Schedule
from provider.interruption import NO_SETTINGS
from provider.resource import Properties
from provider.typed_resource import Inputs, Outputs

Structure = dict[str, Any]


class ChannelInputs(Inputs):
    """Inputs of a channel.

    The settings are the members of CreateChannel in Pulumi's casing. What is below them is in the
    API's own form, as boto3 takes it. A setting that is left out is left as AWS has it.
    """

    name: str = Field(description="Name of the channel; need not be unique.")
    channel_class: Literal["SINGLE_PIPELINE", "STANDARD"] | None = Field(
        None, description="Number of pipelines, one or two."
    )
    destinations: list[Structure] | None = Field(
        None, description="Where the outputs go; secret, for it holds stream keys."
    )
    encoder_settings: Structure | None = Field(None, description="Encodes and outputs.")
    input_attachments: list[Structure] | None = Field(
        None, description="Attached inputs; the channel starts with the first."
    )
    input_specification: Structure | None = Field(
        None, description="Codec, resolution and bitrate of the source, by which it is billed."
    )
    role_arn: str | None = Field(None, description="Role that the channel runs under.")
    log_level: str | None = Field(None, description="Verbosity of the logs in CloudWatch.")
    maintenance: Structure | None = Field(None, description="Weekly maintenance window.")
    cdi_input_specification: Structure | None = Field(None, description="Resolution of CDI inputs.")
    channel_engine_version: Structure | None = Field(None, description="Version of the encoder.")
    anywhere_settings: Structure | None = Field(None, description="Cluster of MediaLive Anywhere.")
    linked_channel_settings: Structure | None = Field(None, description="Linked channels.")
    channel_security_groups: list[str] | None = Field(None, description="For SRT listener outputs.")
    inference_settings: Structure | None = Field(None, description="Feed of inference.")
    vpc: Structure | None = Field(None, description="VPC that the outputs are sent from.")
    secret_versions: list[str] | None = Field(
        None,
        description="Opaque; a change restarts the channel, which reads secrets as it starts.",
    )
    logo: Structure | None = Field(
        None,
        description=(
            "Image over its outputs: members of StaticImageOutputActivateSettings. It changes while"
            " the channel runs."
        ),
    )
    tags: dict[str, str] = Field(default_factory=dict, description="All its tags.")
    state: Literal["running", "stopped", "scheduled"] = Field(
        description="Whether it runs; `scheduled` does what the schedule says now."
    )
    schedule: Schedule | None = Field(
        None, description="When it runs; needed where the state is `scheduled`."
    )
    existing_id: str | None = Field(
        None, description="Id of an existing channel that the creation takes over as it is."
    )

    @model_validator(mode="after")
    def _schedule_is_known(self) -> ChannelInputs:
        if self.state == "scheduled" and self.schedule is None:
            raise ValueError("the state scheduled needs a schedule")
        return self

    def runs(self, time: dt.datetime) -> bool:
        """Tell whether the channel has to run at *time*, which has a time zone."""
        if self.state == "scheduled" and self.schedule is not None:
            return self.schedule.is_open(time)
        return self.state == "running"


class ChannelOutputs(Outputs):
    """Outputs of a channel beyond its inputs."""

    arn: str = Field(description="Its ARN.")
    imported: bool | None = Field(
        None, description="True after an import, until an update declares its settings."
    )
    normalized: dict[str, str] | None = Field(
        None,
        description=(
            "By member, a digest of what is declared and what AWS shows in its place, so that"
            " AWS's spelling is not taken for a difference at every run."
        ),
    )


def member_name(property_name: str) -> str:
    """Return the member of CreateChannel for a property."""
    return property_name[:1].upper() + property_name[1:]


def property_name(path: str) -> str:
    """Return the property path for the path of a member."""
    return path[:1].lower() + path[1:]


def api_request(properties: Properties) -> dict[str, Any]:
    """Return the members of CreateChannel that are declared."""
    return {member_name(key): value for key, value in properties.items() if key not in NO_SETTINGS}
