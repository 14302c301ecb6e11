"""A flow's parts beside sources and outputs: requests, and their form in DescribeFlow."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

# Shown as given.
_AS_GIVEN = ("FlowSize", "Maintenance", "SourceFailoverConfig", "SourceMonitoringConfig")


def settings(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a CreateFlow that DescribeFlow shows as they were given."""
    return copy.deepcopy({key: request[key] for key in _AS_GIVEN if key in request})


def entitlement(request: Mapping[str, Any], name: str, arn: Callable[[str], str]) -> dict[str, Any]:
    """Return the entitlement of a *request* as DescribeFlow shows it; *name* if it has none.

    botocore, GrantEntitlementRequest: without EntitlementStatus "MediaConnect sets it to ENABLED".
    """
    name = request.get("Name", name)
    return copy.deepcopy(
        {
            "DataTransferSubscriberFeePercent": 0,
            "EntitlementStatus": "ENABLED",
            **{key: value for key, value in request.items() if key != "EntitlementTags"},
            "Name": name,
            "EntitlementArn": arn(name),
        }
    )


def vpc_interface(request: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return the VPC interface of a *request* as DescribeFlow shows it; its network is invented.

    User guide, VPC interfaces: Elastic Network Adapter is the default type.
    """
    return copy.deepcopy(
        {
            "NetworkInterfaceIds": [f"eni-{number:017x}"],
            "NetworkInterfaceType": "ena",
            **request,
        }
    )
