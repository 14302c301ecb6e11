"""All of MediaConnect in one region, as a table of operations."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from localaws.clock import Clock
from localaws.errors import AwsError, bad_request, not_found
from localaws.mediaconnect import flows, outputs, source, sources, thumbnails
from localaws.mediaconnect.outputs import Lookups
from localaws.medialive.service import ACCOUNT, page
from localaws.pictures import Pictures
from localaws.quotas import Quotas
from localaws.resource import Resource

_CHANGEABLE = frozenset({"STANDBY", "ACTIVE"})
_UNCERTAIN = frozenset({"UPDATING", "STARTING", "STOPPING", "DELETING"})


@dataclass
class Region:
    """State of MediaConnect in one region, by ARN."""

    name: str
    clock: Clock
    quotas: Quotas
    lookups: Lookups
    flows: dict[str, Resource] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    pictures: Pictures = field(default_factory=Pictures)
    last_id: int = 0

    def settle(self, *, looking: bool = True) -> None:
        """Settle all flows; those whose deletion is over are gone with their tags."""
        for arn, flow in list(self.flows.items()):
            flow.settle(self.clock, looking=looking)
            if flow.state == "DELETED":
                del self.flows[arn]
                for owned in _arns(flow):
                    self.tags.pop(owned, None)

    def items(self) -> Iterator[Resource]:
        """Yield everything that has a state."""
        yield from self.flows.values()

    def new_id(self) -> str:
        """Return a new id of the form that AWS's have: `1-WAINCAdYD1kAAwJU-b94d4a84cb42`.

        Its form: terraform-provider-awscc issue 1912.
        """
        self.last_id += 1
        digest = hashlib.sha256(f"{self.name} {self.last_id}".encode()).digest()
        letters = base64.b32encode(digest).decode()[:16]
        return f"1-{letters}-{digest[-6:].hex()}"

    def arn(self, kind: str, item_id: str, name: str) -> str:
        """Return the ARN of a `flow`, `source`, `output` or `entitlement`."""
        return f"arn:aws:mediaconnect:{self.name}:{ACCOUNT}:{kind}:{item_id}:{name}"


def _arns(flow: Resource) -> Iterator[str]:
    """Yield the ARNs of a flow and all its parts."""
    members = flow.members
    yield members["FlowArn"]
    yield from (source["SourceArn"] for source in members["Sources"])
    yield from (output["OutputArn"] for output in members["Outputs"])
    yield from (granted["EntitlementArn"] for granted in members["Entitlements"])


class MediaConnect:
    """Its methods are named after the operations, in snake case."""

    def __init__(self, region: Region) -> None:
        self.region = region

    def create_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Make a flow; it is created STANDBY.

        User guide, flows-create-standard-source: "MediaConnect allows you to create multiple flows
        with the same name."
        """
        name = members["Name"]
        self.region.settle()
        if len(self.region.flows) >= self.region.quotas["flows"]:
            raise AwsError("CreateFlow420Exception", 420, "the quota of flows is reached")
        requests = [*filter(None, [members.get("Source")]), *members.get("Sources", [])]
        if not requests:
            raise bad_request("a flow needs a source")
        flow_id = self.region.new_id()
        arn = self.region.arn("flow", flow_id, name)
        described = self._sources(requests, flow_id, name)
        entitlements = [
            flows.entitlement(
                request,
                f"{name}-{number}",
                lambda name: self.region.arn("entitlement", self.region.new_id(), name),
            )
            for number, request in enumerate(members.get("Entitlements", []))
        ]
        interfaces = [
            flows.vpc_interface(request, self.region.last_id * 0x100 + number)
            for number, request in enumerate(members.get("VpcInterfaces", []))
        ]
        flow = Resource(
            {
                "FlowArn": arn,
                "Name": name,
                "AvailabilityZone": members.get("AvailabilityZone", f"{self.region.name}a"),
                # TEST-NET-3: addresses that belong to nobody (RFC 5737).
                "EgressIp": f"203.0.113.{len(self.region.flows) + 10}",
                "Entitlements": entitlements,
                "Outputs": [],
                "Source": described[0],
                "Sources": described,
                "VpcInterfaces": interfaces,
                **flows.settings(members),
                "Status": "STANDBY",
            },
            state_member="Status",
        )
        flow.enter("STANDBY", self.region.clock.now())
        self._add(flow, members.get("Outputs", []))
        self.region.flows[arn] = flow
        tags = self.region.tags
        tags[arn] = dict(members.get("FlowTags", {}))
        for made, request in zip(described, requests, strict=True):
            tags[made["SourceArn"]] = dict(request.get("SourceTags", {}))
        for granted, request in zip(entitlements, members.get("Entitlements", []), strict=True):
            tags[granted["EntitlementArn"]] = dict(request.get("EntitlementTags", {}))
        return {"Flow": flow.describe(self.region.clock)}

    def describe_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show a flow with its outputs; messages are left out where there are no errors.

        botocore, DescribeFlowResponse.Messages: "Any errors that apply currently to the flow. If
        there are no errors, MediaConnect will not include this field in the response."
        """
        return {"Flow": self._find(members).describe(self.region.clock)}

    def list_flows(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the flows."""
        self.region.settle()
        shown = [flow.describe(self.region.clock) for flow in self.region.flows.values()]
        listed = [
            {
                "FlowArn": flow["FlowArn"],
                "Name": flow["Name"],
                "AvailabilityZone": flow["AvailabilityZone"],
                "Description": flow.get("Description") or "",
                "SourceType": "ENTITLED" if flow["Source"].get("EntitlementArn") else "OWNED",
                "Status": flow["Status"],
                "Maintenance": flow.get("Maintenance"),
            }
            for flow in shown
        ]
        shown_page, following = page(listed, members)
        return {"Flows": shown_page, "NextToken": following}

    def describe_flow_source_metadata(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show what the source carries now."""
        flow = self._find(members)
        return {
            "FlowArn": members["FlowArn"],
            "Timestamp": self.region.clock.date(),
            **source.metadata(flow),
        }

    def describe_flow_source_thumbnail(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show the picture that the source carries now."""
        flow, now = self._find(members), self.region.clock.date()
        return {"ThumbnailDetails": thumbnails.described(flow, self.region.pictures, now)}

    def start_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Start a flow that stands by."""
        flow = self._in_state(members, "STANDBY")
        flow.begin(self.region.clock, "flow.start", "STARTING", "ACTIVE")
        return {"FlowArn": members["FlowArn"], "Status": "STARTING"}

    def stop_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Stop an active flow."""
        flow = self._in_state(members, "ACTIVE")
        flow.begin(self.region.clock, "flow.stop", "STOPPING", "STANDBY")
        return {"FlowArn": members["FlowArn"], "Status": "STOPPING"}

    def delete_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Delete a flow that stands by; it is seen DELETING for a while.

        User guide, deleting a flow: the status is DELETING until the flow is gone.
        """
        flow = self._in_state(members, "STANDBY")
        flow.begin(self.region.clock, "flow.delete", "DELETING", "DELETED")
        return {"FlowArn": members["FlowArn"], "Status": "DELETING"}

    def add_flow_outputs(self, members: dict[str, Any]) -> dict[str, Any]:
        """Add outputs to an active flow or one that stands by."""
        flow = self._in_state(members, *_CHANGEABLE)
        added = self._add(flow, members["Outputs"])
        return {"FlowArn": members["FlowArn"], "Outputs": copy.deepcopy(added)}

    def update_flow_output(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change an output; what is omitted stays, and the name cannot change."""
        flow = self._in_state(members, *_CHANGEABLE)
        output = self._output(flow, members["OutputArn"])
        others = [other for other in flow.members["Outputs"] if other is not output]
        changed = outputs.changed(output, members, egress_ip=flow.members["EgressIp"])
        outputs.check(changed, others, self.region.lookups)
        output.clear()
        output.update(changed)
        return {"FlowArn": members["FlowArn"], "Output": copy.deepcopy(output)}

    def remove_flow_output(self, members: dict[str, Any]) -> dict[str, Any]:
        """Remove an output."""
        flow = self._in_state(members, *_CHANGEABLE)
        flow.members["Outputs"].remove(self._output(flow, members["OutputArn"]))
        self.region.tags.pop(members["OutputArn"], None)
        return {"FlowArn": members["FlowArn"], "OutputArn": members["OutputArn"]}

    def tag_resource(self, members: dict[str, Any]) -> dict[str, Any]:
        """Add tags."""
        self._tags(members).update(members["Tags"])
        return {}

    def untag_resource(self, members: dict[str, Any]) -> dict[str, Any]:
        """Remove tags."""
        for key in members["TagKeys"]:
            self._tags(members).pop(key, None)
        return {}

    def list_tags_for_resource(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show tags."""
        return {"Tags": dict(self._tags(members))}

    def _add(self, flow: Resource, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        existing = flow.members["Outputs"]
        most = self.region.quotas["flow_outputs"]
        if len(existing) + len(requests) > most:
            raise AwsError("AddFlowOutputs420Exception", 420, f"a flow has at most {most} outputs")
        added: list[dict[str, Any]] = []
        for request in requests:
            there = [*existing, *added]
            made = outputs.described(
                {"Name": f"{flow.members['Name']}-{len(there)}", **request},
                arn=lambda name: self.region.arn("output", self.region.new_id(), name),
                egress_ip=flow.members["EgressIp"],
            )
            if made["Name"] in {output["Name"] for output in there}:
                raise bad_request(f"an output named {made['Name']} exists already on this flow")
            outputs.check(made, there, self.region.lookups)
            added.append(made)
        for output, request in zip(added, requests, strict=True):
            self.region.tags[output["OutputArn"]] = dict(request.get("OutputTags", {}))
        existing.extend(added)
        return added

    def _sources(
        self, requests: list[dict[str, Any]], flow_id: str, name: str
    ) -> list[dict[str, Any]]:
        """Describe the sources of a new flow; the first shares the flow's id (AWS's examples)."""
        made: list[dict[str, Any]] = []
        for number, request in enumerate(requests):
            source_id = flow_id if number == 0 else self.region.new_id()
            source = sources.described(
                request,
                name=name if number == 0 else f"{name}-{number}",
                arn=partial(self.region.arn, "source", source_id),
                # TEST-NET-3 and TEST-NET-1: addresses that belong to nobody (RFC 5737).
                ip=f"203.0.113.{len(self.region.flows) + 1}"
                if number == 0
                else f"192.0.2.{number}",
            )
            if source["Name"] in {other["Name"] for other in made}:
                raise bad_request(f"a source named {source['Name']} exists already on this flow")
            outputs.check_decryption(source.get("Decryption"), self.region.lookups)
            made.append(source)
        return made

    def _find(self, members: dict[str, Any]) -> Resource:
        self.region.settle()
        flow = self.region.flows.get(members["FlowArn"])
        if flow is None:
            raise not_found(f"flow {members['FlowArn']} was not found")
        return flow

    def _in_state(self, members: dict[str, Any], *allowed: str) -> Resource:
        flow = self._find(members)
        if flow.state in allowed:
            return flow
        if flow.state in _UNCERTAIN:
            message = f"the flow is {flow.state}; try again later"
            raise AwsError("ServiceUnavailableException", 503, message)
        raise bad_request(f"the flow is {flow.state}; it has to be {' or '.join(sorted(allowed))}")

    def _output(self, flow: Resource, arn: str) -> dict[str, Any]:
        for output in flow.members["Outputs"]:
            if output["OutputArn"] == arn:
                match: dict[str, Any] = output
                return match
        raise not_found(f"output {arn} was not found")

    def _tags(self, members: dict[str, Any]) -> dict[str, str]:
        try:
            return self.region.tags[members["ResourceArn"]]
        except KeyError:
            raise not_found(f"no resource has the ARN {members['ResourceArn']}") from None
