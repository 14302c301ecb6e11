"""MediaConnect in one region: its flows, and the base of the operations on them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from localaws.clock import Clock
from localaws.errors import AwsError, bad_request, not_found
from localaws.mediaconnect import maintenance
from localaws.mediaconnect.outputs import Lookups
from localaws.medialive.service import ACCOUNT
from localaws.pictures import Pictures
from localaws.quotas import Quotas
from localaws.resource import Resource

CHANGEABLE = ("ACTIVE", "STANDBY")
"""States in which a flow and its parts may be changed."""

_UNCERTAIN = frozenset({"UPDATING", "STARTING", "STOPPING", "DELETING"})


@dataclass
class Region:
    """State of MediaConnect in one region, by ARN.

    Attributes:
        maintenance: how far the maintenance of a flow is, by its ARN.
        undelivered: flows with a new status of their maintenance, which EventBridge has not
            received, and the second.
        breaches: what is wrong with a flow's content, as EventBridge last received it.
    """

    name: str
    clock: Clock
    quotas: Quotas
    lookups: Lookups
    flows: dict[str, Resource] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    pictures: Pictures = field(default_factory=Pictures)
    last_id: int = 0
    maintenance: dict[str, str] = field(default_factory=dict)
    undelivered: list[tuple[Resource, str, float]] = field(default_factory=list)
    breaches: dict[str, frozenset[str]] = field(default_factory=dict)

    def settle(self, *, looking: bool = True) -> None:
        """Settle all flows; those whose deletion is over are gone with their tags."""
        for arn, flow in list(self.flows.items()):
            flow.settle(self.clock, looking=looking)
            while maintenance.proceed(self, flow):
                flow.settle(self.clock, looking=looking)
            if flow.state == "DELETED":
                del self.flows[arn]
                self.maintenance.pop(arn, None)
                self.breaches.pop(arn, None)
                self.forget_tags(flow)

    def forget_tags(self, flow: Resource) -> None:
        """Drop the tags of a flow and all its parts."""
        for arn in _arns(flow):
            self.tags.pop(arn, None)

    def items(self) -> Iterator[Resource]:
        """Yield everything that has a state."""
        yield from self.flows.values()

    def dues(self) -> Iterator[float]:
        """Yield when transitions and maintenance are due."""
        for flow in self.flows.values():
            if flow.transition is not None:
                yield self.clock.over_at(flow.transition)
            yield from maintenance.dues(self, flow)

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


def part_arn(flow: Resource, kind: str, name: str) -> str:
    """Return the ARN of a flow's `vpcInterface` or `mediaStream`.

    Their forms: Service Authorization Reference, resource types of MediaConnect.
    """
    return f"{flow.members['FlowArn']}/{kind}/{name}"


def _arns(flow: Resource) -> Iterator[str]:
    """Yield the ARNs of a flow and all its parts."""
    members = flow.members
    yield members["FlowArn"]
    yield from (source["SourceArn"] for source in members["Sources"])
    yield from (output["OutputArn"] for output in members["Outputs"])
    yield from (granted["EntitlementArn"] for granted in members["Entitlements"])
    for interface in members["VpcInterfaces"]:
        yield part_arn(flow, "vpcInterface", interface["Name"])
    for stream in members.get("MediaStreams", []):
        yield part_arn(flow, "mediaStream", stream["MediaStreamName"])


class FlowOperations:
    """Base of the operations on flows and their parts."""

    region: Region

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


def part(parts: list[dict[str, Any]], key: str, value: str, kind: str) -> dict[str, Any]:
    """Return the one of a flow's *parts* that has the *value* under *key*.

    Raises:
        AwsError: 404 when none has; *kind* names it.
    """
    for candidate in parts:
        if candidate[key] == value:
            return candidate
    raise not_found(f"{kind} {value} was not found")
