"""VPC interfaces: a flow's connections to VPCs of the account."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from localaws.errors import bad_request
from localaws.mediaconnect.region import CHANGEABLE, FlowOperations, part, part_arn
from localaws.resource import Resource

_EFA = "efa"


class VpcInterfaces(FlowOperations):
    """The operations on VPC interfaces."""

    def add_flow_vpc_interfaces(self, members: dict[str, Any]) -> dict[str, Any]:
        """Connect a flow to a VPC."""
        flow = self._in_state(members, *CHANGEABLE)
        added = self._connect(flow, members["VpcInterfaces"])
        return {"FlowArn": members["FlowArn"], "VpcInterfaces": copy.deepcopy(added)}

    def remove_flow_vpc_interface(self, members: dict[str, Any]) -> dict[str, Any]:
        """Remove an interface that no source or output uses, from a flow that stands by.

        User guide, vpc-interface-remove: the flow "must also be in Standby". botocore,
        RemoveFlowVpcInterface: "only on a VPC interface that does not have a Source or Output
        associated with it".
        """
        flow = self._in_state(members, "STANDBY")
        name = members["VpcInterfaceName"]
        interface = part(flow.members["VpcInterfaces"], "Name", name, "VPC interface")
        users = [
            *(source.get("VpcInterfaceName") for source in flow.members["Sources"]),
            *(
                (output.get("VpcInterfaceAttachment") or {}).get("VpcInterfaceName")
                for output in flow.members["Outputs"]
            ),
        ]
        if name in users:
            raise bad_request(f"the VPC interface {name} is used by a source or an output")
        flow.members["VpcInterfaces"].remove(interface)
        self.region.tags.pop(part_arn(flow, "vpcInterface", name), None)
        return {
            "FlowArn": members["FlowArn"],
            "VpcInterfaceName": name,
            "NonDeletedNetworkInterfaceIds": [],
        }

    def _connect(self, flow: Resource, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        existing = flow.members["VpcInterfaces"]
        added: list[dict[str, Any]] = []
        for request in requests:
            there = [*existing, *added]
            self._check_interface(request, there)
            added.append(_interface(request, self.region.last_id * 0x100 + len(there)))
        for request in requests:
            arn = part_arn(flow, "vpcInterface", request["Name"])
            self.region.tags[arn] = dict(request.get("VpcInterfaceTags", {}))
        existing.extend(added)
        return added

    def _check_interface(self, request: Mapping[str, Any], there: list[dict[str, Any]]) -> None:
        most = self.region.quotas["flow_vpc_interfaces"]
        if len(there) >= most:
            raise bad_request(f"a flow has at most {most} VPC interfaces")
        if request["Name"] in {other["Name"] for other in there}:
            # botocore, VpcInterfaceRequest.Name: "must be unique within the flow".
            raise bad_request(f"a VPC interface named {request['Name']} exists already")
        if not request["SecurityGroupIds"]:
            # User guide, vpc-interface-add: "at least one security group".
            raise bad_request("a VPC interface needs a security group")
        kinds = [request.get("NetworkInterfaceType"), *(o["NetworkInterfaceType"] for o in there)]
        if kinds.count(_EFA) > 1:
            # User guide, vpc-interface-add: "only one EFA VPC interface".
            raise bad_request("a flow has at most one VPC interface of the type efa")
        if problem := self.region.lookups.role_problem(request["RoleArn"]):
            raise bad_request(problem)


def _interface(request: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return an interface as DescribeFlow shows it; its network is invented.

    User guide, vpc-interface-add: Elastic Network Adapter is the default type.
    """
    return copy.deepcopy(
        {
            "NetworkInterfaceIds": [f"eni-{number:017x}"],
            "NetworkInterfaceType": "ena",
            **{key: value for key, value in request.items() if key != "VpcInterfaceTags"},
        }
    )
