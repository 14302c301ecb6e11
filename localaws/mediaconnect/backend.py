"""All of MediaConnect in one region, as a table of operations."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from localaws.clock import Clock
from localaws.errors import AwsError, bad_request, not_found
from localaws.mediaconnect import outputs, source
from localaws.mediaconnect.outputs import Lookups
from localaws.medialive.service import ACCOUNT, page
from localaws.quotas import Quotas
from localaws.resource import Resource

_CHANGEABLE = frozenset({"STANDBY", "ACTIVE"})
_UNCERTAIN = frozenset({"UPDATING", "STARTING", "STOPPING"})


@dataclass
class Region:
    """State of MediaConnect in one region, by ARN."""

    name: str
    clock: Clock
    quotas: Quotas
    lookups: Lookups
    flows: dict[str, Resource] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    last_id: int = 0

    def items(self) -> Iterator[Resource]:
        """Yield everything that has a state."""
        yield from self.flows.values()

    def arn(self, kind: str, name: str) -> str:
        """Return a new ARN of a `flow`, `source` or `output`."""
        self.last_id += 1
        return f"arn:aws:mediaconnect:{self.name}:{ACCOUNT}:{kind}:1-{self.last_id:016x}:{name}"


class MediaConnect:
    """Its methods are named after the operations, in snake case."""

    def __init__(self, region: Region) -> None:
        self.region = region

    def create_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Make a flow with one source; it is created STANDBY."""
        name = members["Name"]
        if any(flow.members["Name"] == name for flow in self.region.flows.values()):
            raise bad_request(f"a flow named {name} exists already")
        if len(self.region.flows) >= self.region.quotas["flows"]:
            raise AwsError("CreateFlow420Exception", 420, "the quota of flows is reached")
        source = members.get("Source") or next(iter(members.get("Sources", [])), None)
        if source is None:
            raise bad_request("a flow needs a source")
        arn = self.region.arn("flow", name)
        described = {
            "Name": source.get("Name", name),
            "SourceArn": self.region.arn("source", source.get("Name", name)),
            "IngestIp": f"203.0.113.{len(self.region.flows) + 1}",
            "IngestPort": source.get("IngestPort", 5000),
            "WhitelistCidr": source.get("WhitelistCidr"),
            "Description": source.get("Description"),
            "Transport": {
                "Protocol": source.get("Protocol", "rtp"),
                "MaxBitrate": source.get("MaxBitrate"),
            },
        }
        flow = Resource(
            {
                "FlowArn": arn,
                "Name": name,
                "AvailabilityZone": members.get("AvailabilityZone", f"{self.region.name}a"),
                "Description": members.get("Description"),
                # TEST-NET-3: addresses that belong to nobody (RFC 5737).
                "EgressIp": f"203.0.113.{len(self.region.flows) + 10}",
                "Entitlements": [],
                "Outputs": [],
                "Source": described,
                "Sources": [described],
                "Status": "STANDBY",
            },
            state_member="Status",
        )
        flow.enter("STANDBY", self.region.clock.now())
        self.region.flows[arn] = flow
        self.region.tags[arn] = dict(members.get("FlowTags", {}))
        self._add(flow, members.get("Outputs", []))
        return {"Flow": flow.describe(self.region.clock)}

    def describe_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show a flow with its outputs."""
        return {"Flow": self._find(members).describe(self.region.clock), "Messages": {"Errors": []}}

    def list_flows(self, members: dict[str, Any]) -> dict[str, Any]:
        """List the flows."""
        shown = [flow.describe(self.region.clock) for flow in self.region.flows.values()]
        listed = [
            {
                "FlowArn": flow["FlowArn"],
                "Name": flow["Name"],
                "AvailabilityZone": flow["AvailabilityZone"],
                "Description": flow.get("Description") or "",
                "SourceType": "OWNED",
                "Status": flow["Status"],
            }
            for flow in shown
        ]
        flows, following = page(listed, members)
        return {"Flows": flows, "NextToken": following}

    def describe_flow_source_metadata(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show what the source carries now."""
        flow = self._find(members)
        return {
            "FlowArn": members["FlowArn"],
            "Timestamp": self.region.clock.date(),
            **source.metadata(flow),
        }

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
        """Delete a flow that stands by."""
        flow = self._in_state(members, "STANDBY")
        del self.region.flows[flow.members["FlowArn"]]
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
        changed = outputs.changed(output, members)
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
            if request.get("Name") in {output["Name"] for output in there}:
                raise bad_request(f"an output named {request['Name']} exists already on this flow")
            made = outputs.described(request, arn=lambda name: self.region.arn("output", name))
            outputs.check(made, there, self.region.lookups)
            added.append(made)
        for output, request in zip(added, requests, strict=True):
            self.region.tags[output["OutputArn"]] = dict(request.get("OutputTags", {}))
        existing.extend(added)
        return added

    def _find(self, members: dict[str, Any]) -> Resource:
        flow = self.region.flows.get(members["FlowArn"])
        if flow is None:
            raise not_found(f"flow {members['FlowArn']} was not found")
        flow.settle(self.region.clock)
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
