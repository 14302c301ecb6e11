"""All of MediaConnect in one region, as a table of operations."""

from __future__ import annotations

import copy
from typing import Any

from localaws.errors import AwsError, bad_request, not_found
from localaws.mediaconnect import flows, maintenance, outputs, source, sources, thumbnails
from localaws.mediaconnect.entitlements import Entitlements
from localaws.mediaconnect.flow_sources import FlowSources
from localaws.mediaconnect.media_streams import MediaStreams
from localaws.mediaconnect.region import CHANGEABLE, Region, part
from localaws.mediaconnect.vpc_interfaces import VpcInterfaces
from localaws.medialive.service import page
from localaws.resource import Resource


class MediaConnect(FlowSources, Entitlements, VpcInterfaces, MediaStreams):
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
        described = self._sources(requests, name, flow_id=flow_id)
        failover = members.get("SourceFailoverConfig")
        sources.check_together(described, failover)
        if failover is not None:
            sources.check_failover(failover, described)
        flow = Resource(
            {
                "FlowArn": arn,
                "Name": name,
                "AvailabilityZone": members.get("AvailabilityZone", f"{self.region.name}a"),
                # TEST-NET-3: addresses that belong to nobody (RFC 5737).
                "EgressIp": f"203.0.113.{len(self.region.flows) + 10}",
                "Entitlements": [],
                "Outputs": [],
                "Source": described[0],
                "Sources": described,
                "VpcInterfaces": [],
                **flows.settings(members),
                "Status": "STANDBY",
            },
            state_member="Status",
        )
        self._set_monitoring(flow, members)
        if "Maintenance" in members:
            flow.members["Maintenance"] = maintenance.settings(members["Maintenance"])
        flow.enter("STANDBY", self.region.clock.now())
        try:
            self._add_parts(flow, members)
        except AwsError:
            self.region.forget_tags(flow)
            raise
        self.region.flows[arn] = flow
        self.region.tags[arn] = dict(members.get("FlowTags", {}))
        self._tag_sources(described, requests)
        return {"Flow": flow.describe(self.region.clock)}

    def update_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change a flow's failover, maintenance, monitoring or size; what is omitted stays."""
        flow = self._in_state(members, *CHANGEABLE)
        made = flows.settings(members)
        if "SourceFailoverConfig" in made:
            before = flow.members.get("SourceFailoverConfig", {})
            failover = {**before, **made["SourceFailoverConfig"]}
            sources.check_together(flow.members["Sources"], failover)
            sources.check_failover(failover, flow.members["Sources"])
            made["SourceFailoverConfig"] = failover
        if "Maintenance" in members:
            now = self.region.clock.date()
            made["Maintenance"] = maintenance.changed(flow, members["Maintenance"], now)
        self._set_monitoring(flow, members)
        flow.members |= made
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
            **source.metadata(flow, self.region.lookups.programs(members["FlowArn"])),
        }

    def describe_flow_source_thumbnail(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show the picture that the source carries now."""
        flow, now = self._find(members), self.region.clock.date()
        return {"ThumbnailDetails": thumbnails.described(flow, self.region.pictures, now)}

    def start_flow(self, members: dict[str, Any]) -> dict[str, Any]:
        """Start a flow that stands by."""
        flow = self._in_state(members, "STANDBY")
        maintenance.cancel(self.region, flow)
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
        flow = self._in_state(members, *CHANGEABLE)
        added = self._add(flow, members["Outputs"])
        return {"FlowArn": members["FlowArn"], "Outputs": copy.deepcopy(added)}

    def update_flow_output(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change an output; what is omitted stays, and the name cannot change."""
        flow = self._in_state(members, *CHANGEABLE)
        output = _output(flow, members)
        others = [other for other in flow.members["Outputs"] if other is not output]
        changed = outputs.changed(output, members, egress_ip=flow.members["EgressIp"])
        outputs.check(changed, others, self.region.lookups)
        output.clear()
        output.update(changed)
        return {"FlowArn": members["FlowArn"], "Output": copy.deepcopy(output)}

    def remove_flow_output(self, members: dict[str, Any]) -> dict[str, Any]:
        """Remove an output."""
        flow = self._in_state(members, *CHANGEABLE)
        flow.members["Outputs"].remove(_output(flow, members))
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

    def _add_parts(self, flow: Resource, members: dict[str, Any]) -> None:
        self._connect(flow, members.get("VpcInterfaces", []))
        self._grant(flow, members.get("Entitlements", []))
        if members.get("MediaStreams"):
            self._describe(flow, members["MediaStreams"])
        self._add(flow, members.get("Outputs", []))

    def _set_monitoring(self, flow: Resource, members: dict[str, Any]) -> None:
        if "SourceMonitoringConfig" in members:
            before = flow.members.get("SourceMonitoringConfig", {})
            given = members["SourceMonitoringConfig"]
            flow.members["SourceMonitoringConfig"] = flows.monitoring(before, given)

    def _tags(self, members: dict[str, Any]) -> dict[str, str]:
        try:
            return self.region.tags[members["ResourceArn"]]
        except KeyError:
            raise not_found(f"no resource has the ARN {members['ResourceArn']}") from None


def _output(flow: Resource, members: dict[str, Any]) -> dict[str, Any]:
    return part(flow.members["Outputs"], "OutputArn", members["OutputArn"], "output")
