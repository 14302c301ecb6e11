"""Outputs that MediaLive makes on flows for its inputs of type MEDIACONNECT.

MediaLive user guide, setup-emx-flows: "MediaLive automatically creates an output on each flow after
you create the input". MediaConnect user guide, distribution-to-medialive: such an output does not
stop with the channel. How DescribeFlow shows it beyond its MediaLiveInputArn is ours: an RTP output
to an address within AWS, which belongs to one input and pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from localaws.errors import bad_request
from localaws.mediaconnect import outputs
from localaws.mediaconnect.region import Region
from localaws.resource import Resource

_PORT = 5000


class ManagedOutputs:
    """The outputs on the flows of one region.

    Args:
        region: returns the region, which may not have been used yet.
    """

    def __init__(self, region: Callable[[], Region]) -> None:
        self._region = region

    def check(self, flow_arns: Sequence[str]) -> None:
        """Refuse flows that one input cannot take together, or that have no output left.

        botocore, CreateInputRequest.MediaConnectFlows: with more than one, "each Flow is in a
        separate Availability Zone".

        Raises:
            AwsError: 400.
        """
        flows = self._flows(flow_arns)
        if len({flow.members["AvailabilityZone"] for flow in flows}) < len(flows):
            raise bad_request("the flows of an input have to be in separate Availability Zones")
        most = self._region().quotas["flow_outputs"]
        if any(len(flow.members["Outputs"]) >= most for flow in flows):
            raise bad_request(f"a flow has at most {most} outputs")

    def set(self, item: dict[str, Any]) -> None:
        """Make the outputs of an input in place of those that it has."""
        self.remove(item["Arn"])
        region = self._region()
        arns = [flow["FlowArn"] for flow in item["MediaConnectFlows"]]
        for pipeline, flow in enumerate(self._flows(arns)):
            request = {
                "Name": f"medialive-{item['Id']}-{pipeline}",
                "Protocol": "rtp",
                "Destination": _address(int(item["Id"]), pipeline),
                "Port": _PORT,
            }
            made = outputs.described(
                request,
                arn=lambda name: region.arn("output", region.new_id(), name),
                egress_ip=flow.members["EgressIp"],
            )
            flow.members["Outputs"].append({**made, "MediaLiveInputArn": item["Arn"]})
            region.tags[made["OutputArn"]] = {}

    def remove(self, input_arn: str) -> None:
        """Remove the outputs of an input."""
        region = self._region()
        for flow in region.flows.values():
            for output in list(flow.members["Outputs"]):
                if output.get("MediaLiveInputArn") == input_arn:
                    flow.members["Outputs"].remove(output)
                    region.tags.pop(output["OutputArn"], None)

    def _flows(self, arns: Sequence[str]) -> list[Resource]:
        """Return the flows that exist; the input of another one takes nothing."""
        region = self._region()
        region.settle(looking=False)
        return [region.flows[arn] for arn in arns if arn in region.flows]


def _address(number: int, pipeline: int) -> str:
    high, middle, low = (number >> 16) & 127, (number >> 8) & 255, number & 255
    return f"10.{high + 128 * pipeline}.{middle}.{low}"
