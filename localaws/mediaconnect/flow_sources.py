"""Operations on a flow's sources: one, or two with failover."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from localaws.errors import bad_request
from localaws.mediaconnect import outputs, source_health, sources
from localaws.mediaconnect.region import CHANGEABLE, FlowOperations, part
from localaws.resource import Resource


class FlowSources(FlowOperations):
    """The operations on sources."""

    def add_flow_sources(self, members: dict[str, Any]) -> dict[str, Any]:
        """Add a second source, for failover."""
        flow = self._in_state(members, *CHANGEABLE)
        existing = flow.members["Sources"]
        made = self._sources(members["Sources"], flow.members["Name"], existing)
        sources.check_together([*existing, *made], flow.members.get("SourceFailoverConfig"))
        lost = source_health.lost_sources(flow.members, flow.conditions)
        existing.extend(made)
        self._tag_sources(made, members["Sources"])
        source_health.report(flow, lost, self.region.clock.now())
        return {"FlowArn": members["FlowArn"], "Sources": copy.deepcopy(made)}

    def update_flow_source(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change a source; what is omitted stays, and the name cannot change."""
        flow = self._in_state(members, *CHANGEABLE)
        source = _source(flow, members)
        changed = sources.changed(source, members)
        outputs.check_decryption(changed.get("Decryption"), self.region.lookups)
        together = [changed if other is source else other for other in flow.members["Sources"]]
        sources.check_together(together, flow.members.get("SourceFailoverConfig"))
        source.clear()
        source.update(changed)
        return {"FlowArn": members["FlowArn"], "Source": copy.deepcopy(source)}

    def remove_flow_source(self, members: dict[str, Any]) -> dict[str, Any]:
        """Remove one of two sources.

        botocore, RemoveFlowSource: "only if there is more than one source on the flow".
        """
        flow = self._in_state(members, *CHANGEABLE)
        source = _source(flow, members)
        if len(flow.members["Sources"]) == 1:
            raise bad_request("the only source of a flow cannot be removed")
        lost = source_health.lost_sources(flow.members, flow.conditions)
        flow.members["Sources"].remove(source)
        flow.members["Source"] = flow.members["Sources"][0]
        self.region.tags.pop(members["SourceArn"], None)
        source_health.report(flow, lost, self.region.clock.now())
        return {"FlowArn": members["FlowArn"], "SourceArn": members["SourceArn"]}

    def _sources(
        self,
        requests: Sequence[Mapping[str, Any]],
        flow_name: str,
        existing: Sequence[dict[str, Any]] = (),
        flow_id: str = "",
    ) -> list[dict[str, Any]]:
        """Describe sources; the first of a new flow has its id (AWS's examples)."""
        made: list[dict[str, Any]] = []
        for request in requests:
            number = len(existing) + len(made)
            source = sources.described(
                request,
                name=f"{flow_name}-{number}" if number else flow_name,
                arn=partial(self.region.arn, "source", self.region.new_id() if number else flow_id),
                # TEST-NET-3 and TEST-NET-1: addresses that belong to nobody (RFC 5737).
                ip=f"192.0.2.{number}" if number else f"203.0.113.{len(self.region.flows) + 1}",
            )
            if source["Name"] in {other["Name"] for other in (*existing, *made)}:
                raise bad_request(f"a source named {source['Name']} exists already on this flow")
            outputs.check_decryption(source.get("Decryption"), self.region.lookups)
            made.append(source)
        return made

    def _tag_sources(
        self, made: Sequence[Mapping[str, Any]], requests: Sequence[Mapping[str, Any]]
    ) -> None:
        for source, request in zip(made, requests, strict=True):
            self.region.tags[source["SourceArn"]] = dict(request.get("SourceTags", {}))


def _source(flow: Resource, members: Mapping[str, Any]) -> dict[str, Any]:
    return part(flow.members["Sources"], "SourceArn", members["SourceArn"], "source")
