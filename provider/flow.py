"""getFlow: lookup of an existing MediaConnect flow by name or ARN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from pydantic import Field, model_validator

from catalog.stack_settings import setting
from provider.arriving_video import ArrivingVideo, arriving_video
from provider.resource import ResourceError
from provider.typed_resource import Inputs, Outputs, TypedFunction

if TYPE_CHECKING:
    from mypy_boto3_mediaconnect import MediaConnectClient


class GetFlowArguments(Inputs):
    """Arguments of `getFlow`; one of them is required."""

    name: str | None = Field(None, description="Name of the flow.")
    arn: str | None = Field(None, description="ARN of the flow.")

    @model_validator(mode="after")
    def _identify_a_flow(self) -> GetFlowArguments:
        if self.name is None and self.arn is None:
            raise ValueError("name or arn is required")
        return self


class GetFlowResult(Outputs):
    """Result of `getFlow`."""

    arn: str = Field(description="ARN of the flow.")
    name: str = Field(description="Name of the flow.")
    status: str = Field(description="Status of the flow, in MediaConnect's words.")
    egress_ip: str = Field(description="Public IPv4 address that the flow sends from.")
    availability_zone: str = Field(description="Availability Zone that it runs in.")
    outputs: list[str] = Field(description="Names of its outputs, sorted.")
    analyses: list[str] = Field(
        description="Enabled analyses of its source's content, in MediaConnect's words, sorted."
    )
    video: ArrivingVideo | None = Field(
        None, description="The video that arrives; none where it is not known."
    )


def flow_arns(mediaconnect: MediaConnectClient) -> dict[str, list[str]]:
    """Return the ARNs of the region's flows by their names; a name may have several."""
    arns: dict[str, list[str]] = {}
    for page in mediaconnect.get_paginator("list_flows").paginate():
        for flow in page["Flows"]:
            arns.setdefault(flow["Name"], []).append(flow["FlowArn"])
    return arns


def sole_arn(name: str, arns: Sequence[str]) -> str:
    """Return the ARN of the flow *name*.

    Raises:
        ResourceError: when several flows have the name, which MediaConnect allows.
    """
    if len(arns) > 1:
        raise ResourceError(
            "LUN342",
            f"cannot tell which flow is {name}: {len(arns)} flows have that name",
            remedy=f"give one's arn in place of the name in lunora-player:flows: {', '.join(arns)}",
        )
    return arns[0]


def analyses(monitoring: Mapping[str, Any]) -> Iterator[str]:
    """Yield the enabled analyses, for example `BlackFrames`, of a flow's monitoring."""
    if monitoring.get("ContentQualityAnalysisState") != "ENABLED":
        return
    for kind in ("AudioMonitoringSettings", "VideoMonitoringSettings"):
        for setting_by_name in monitoring.get(kind, []):
            for name, analysis in setting_by_name.items():
                if analysis.get("State", "ENABLED") == "ENABLED":
                    yield name


class GetFlow(TypedFunction[GetFlowArguments, GetFlowResult]):
    """Look an existing MediaConnect flow up by name or ARN.

    It fails when there is no such flow in the region, or the flow has no egress IP.
    """

    token = "livestream:index:getFlow"  # noqa: S105 - a function token
    arguments = GetFlowArguments
    result = GetFlowResult

    def call(self, arguments: GetFlowArguments) -> GetFlowResult:
        """Look the flow up."""
        arn = arguments.arn or self._arn_of(str(arguments.name))
        try:
            flow = self._aws.call(
                lambda: self._aws.mediaconnect.describe_flow(FlowArn=arn),
                action=f"describe flow {arn}",
            )["Flow"]
        except ClientError:
            raise ResourceError(
                "LUN340",
                f"cannot find flow {arn} in {self._aws.region}",
                remedy=f"correct {setting('flows')}",
            ) from None
        if not flow.get("EgressIp"):
            raise ResourceError(
                "LUN341",
                f"cannot use flow {flow['Name']}: it has no public egress IP for an input security"
                " group",
                remedy="use a flow with a public source or output",
            )
        return GetFlowResult(
            arn=arn,
            name=flow["Name"],
            status=flow["Status"],
            egress_ip=flow["EgressIp"],
            availability_zone=flow["AvailabilityZone"],
            outputs=sorted(output["Name"] for output in flow.get("Outputs", [])),
            video=self._video(flow["Status"], arn),
            analyses=sorted(analyses(flow.get("SourceMonitoringConfig", {}))),
        )

    def _video(self, status: str, arn: str) -> ArrivingVideo | None:
        return arriving_video(self._aws.mediaconnect, arn) if status == "ACTIVE" else None

    def _arn_of(self, name: str) -> str:
        flows = self._aws.call(lambda: flow_arns(self._aws.mediaconnect), action="list flows")
        if name not in flows:
            existing = ", ".join(sorted(flows)) or "none"
            raise ResourceError(
                "LUN340",
                f"cannot find flow {name} in {self._aws.region}; its flows: {existing}",
                remedy=f"correct {setting('flows')}, or create the flow",
            )
        return sole_arn(name, flows[name])
