"""Entitlements: a flow's content, shared with other accounts."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from localaws.errors import AwsError, bad_request
from localaws.mediaconnect import outputs
from localaws.mediaconnect.region import CHANGEABLE, FlowOperations, part
from localaws.medialive.service import ACCOUNT, page
from localaws.resource import Resource

_CHANGEABLE_MEMBERS = ("Description", "EntitlementStatus", "Subscribers")
# User guide, entitlements-grant: "static key encryption" or SPEKE.
_KEY_TYPES = frozenset({"static-key", "speke"})
_DEFAULT_KEY_TYPE = "static-key"
# botocore, Encryption: members that are required for each, besides the role.
_NEEDED_KEYS = {
    "static-key": ("SecretArn",),
    "speke": ("DeviceId", "Region", "ResourceId", "Url"),
}
_ACCOUNT_DIGITS = 12
_MOST_PERCENT = 100


class Entitlements(FlowOperations):
    """The operations on entitlements."""

    def grant_flow_entitlements(self, members: dict[str, Any]) -> dict[str, Any]:
        """Share a flow's content."""
        flow = self._in_state(members, *CHANGEABLE)
        granted = self._grant(flow, members["Entitlements"])
        return {"FlowArn": members["FlowArn"], "Entitlements": copy.deepcopy(granted)}

    def update_flow_entitlement(self, members: dict[str, Any]) -> dict[str, Any]:
        """Change an entitlement; what is omitted stays."""
        flow = self._in_state(members, *CHANGEABLE)
        entitlement = _entitlement(flow, members)
        changed = {
            **entitlement,
            **{key: members[key] for key in _CHANGEABLE_MEMBERS if key in members},
        }
        if "Encryption" in members:
            changed["Encryption"] = {**entitlement.get("Encryption", {}), **members["Encryption"]}
        self._check_entitlement(changed)
        entitlement |= copy.deepcopy(changed)
        return {"FlowArn": members["FlowArn"], "Entitlement": copy.deepcopy(entitlement)}

    def revoke_flow_entitlement(self, members: dict[str, Any]) -> dict[str, Any]:
        """Take an entitlement back."""
        flow = self._in_state(members, *CHANGEABLE)
        flow.members["Entitlements"].remove(_entitlement(flow, members))
        self.region.tags.pop(members["EntitlementArn"], None)
        return {"FlowArn": members["FlowArn"], "EntitlementArn": members["EntitlementArn"]}

    def list_entitlements(self, members: dict[str, Any]) -> dict[str, Any]:
        """List what has been granted to this account, which has only its own flows here.

        User guide, entitlements-disable: an entitlement that is disabled remains.
        """
        self.region.settle()
        listed = [
            {
                "EntitlementArn": granted["EntitlementArn"],
                "EntitlementName": granted["Name"],
                "DataTransferSubscriberFeePercent": granted["DataTransferSubscriberFeePercent"],
            }
            for flow in self.region.flows.values()
            for granted in flow.members["Entitlements"]
            if ACCOUNT in granted["Subscribers"]
        ]
        # botocore, ListEntitlements: "20 results per page".
        shown, following = page(listed, {"MaxResults": 20, **members})
        return {"Entitlements": shown, "NextToken": following}

    def _grant(self, flow: Resource, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        existing = flow.members["Entitlements"]
        most = self.region.quotas["flow_entitlements"]
        if len(existing) + len(requests) > most:
            message = f"a flow has at most {most} entitlements"
            raise AwsError("GrantFlowEntitlements420Exception", 420, message)
        granted: list[dict[str, Any]] = []
        for request in requests:
            there = [*existing, *granted]
            name = request.get("Name", f"{flow.members['Name']}-{len(there)}")
            if name in {other["Name"] for other in there}:
                # botocore, GrantEntitlementRequest.Name: "unique within the current flow".
                raise bad_request(f"an entitlement named {name} exists already on this flow")
            self._check_entitlement(request)
            granted.append(self._entitled(request, name))
        for made, request in zip(granted, requests, strict=True):
            self.region.tags[made["EntitlementArn"]] = dict(request.get("EntitlementTags", {}))
        existing.extend(granted)
        return granted

    def _entitled(self, request: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Return an entitlement as DescribeFlow shows it.

        botocore, GrantEntitlementRequest: without EntitlementStatus "MediaConnect sets it to
        ENABLED".
        """
        return copy.deepcopy(
            {
                "DataTransferSubscriberFeePercent": 0,
                "EntitlementStatus": "ENABLED",
                **{key: value for key, value in request.items() if key != "EntitlementTags"},
                "Name": name,
                "EntitlementArn": self.region.arn("entitlement", self.region.new_id(), name),
            }
        )

    def _check_entitlement(self, entitlement: Mapping[str, Any]) -> None:
        subscribers = entitlement["Subscribers"]
        if not subscribers or not all(map(_is_account, subscribers)):
            # User guide, entitlements-grant: "the subscriber's 12-digit AWS account ID".
            raise bad_request("an entitlement needs subscribers, each a 12-digit account ID")
        percent = entitlement.get("DataTransferSubscriberFeePercent", 0)
        if not 0 <= percent <= _MOST_PERCENT:
            raise bad_request("DataTransferSubscriberFeePercent is 0 to 100")
        encryption = entitlement.get("Encryption")
        if encryption is None:
            return
        key_type = encryption.get("KeyType", _DEFAULT_KEY_TYPE)
        if key_type not in _KEY_TYPES:
            raise bad_request(f"an entitlement cannot be encrypted with the KeyType {key_type}")
        for needed in ("RoleArn", *_NEEDED_KEYS[key_type]):
            if needed not in encryption:
                raise bad_request(f"{key_type} needs {needed}")
        outputs.check_decryption(encryption, self.region.lookups)


def _entitlement(flow: Resource, members: Mapping[str, Any]) -> dict[str, Any]:
    entitlements = flow.members["Entitlements"]
    return part(entitlements, "EntitlementArn", members["EntitlementArn"], "entitlement")


def _is_account(identifier: str) -> bool:
    return len(identifier) == _ACCOUNT_DIGITS and identifier.isascii() and identifier.isdigit()
