"""getFlow: looks an existing MediaConnect flow up by name or ARN."""

from __future__ import annotations

from botocore.exceptions import ClientError

from provider.aws import Aws
from provider.resource import Properties, ResourceError

TOKEN = "livestream:index:getFlow"  # noqa: S105 - a function token


class GetFlow:
    """Arguments: `name` or `arn`. Result: `arn`, `name`, `status`, `egressIp`, `outputs` (names).

    Raises:
        ResourceError: when there is no such flow in the region, or it has no egress IP.
    """

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def __call__(self, arguments: Properties) -> Properties:
        """Look the flow up."""
        arn = arguments.get("arn") or self._arn_of(arguments["name"])
        try:
            flow = self._aws.call(
                lambda: self._aws.mediaconnect.describe_flow(FlowArn=arn),
                what=f"describe flow {arn}",
            )["Flow"]
        except ClientError:
            raise ResourceError(
                f"there is no flow {arn} in {self._aws.region}; correct lunora-player:flows"
            ) from None
        if not flow.get("EgressIp"):
            raise ResourceError(
                f"flow {flow['Name']} has no public egress IP, so no push input can let it in;"
                " use a flow with a public source or output"
            )
        return {
            "arn": arn,
            "name": flow["Name"],
            "status": flow["Status"],
            "egressIp": flow["EgressIp"],
            "outputs": sorted(output["Name"] for output in flow.get("Outputs", [])),
        }

    def _arn_of(self, name: str) -> str:
        def listing() -> dict[str, str]:
            pages = self._aws.mediaconnect.get_paginator("list_flows").paginate()
            return {flow["Name"]: flow["FlowArn"] for page in pages for flow in page["Flows"]}

        flows = self._aws.call(listing, what="list flows")
        if name not in flows:
            there = ", ".join(sorted(flows)) or "none"
            raise ResourceError(
                f"there is no flow {name} in {self._aws.region} (there: {there}); correct"
                " lunora-player:flows or create the flow"
            )
        return flows[name]
