"""A flow's sources: requests, their form in DescribeFlow, and refusals."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from localaws.errors import bad_request

_ON_TOP = (
    "Decryption",
    "Description",
    "EntitlementArn",
    "IngestPort",
    "SenderControlPort",
    "SenderIpAddress",
    "VpcInterfaceName",
    "WhitelistCidr",
)
_IN_TRANSPORT = (
    "MaxBitrate",
    "MaxLatency",
    "MaxSyncBuffer",
    "MinLatency",
    "SourceListenerAddress",
    "SourceListenerPort",
    "StreamId",
)
# One of these says who may send (cloudformation-coverage-roadmap issue 764). A flow that calls its
# source (botocore, SourceListenerAddress: "Source IP or domain name for SRT-caller protocol")
# listens to nobody.
_ORIGINS = ("WhitelistCidr", "EntitlementArn", "VpcInterfaceName", "SourceListenerAddress")
# AWS CLI reference, create-flow: the example's answer; the request gives no rate.
_MAX_BITRATE = {"rtp": 80_000_000}


def described(
    request: Mapping[str, Any], *, name: str, arn: Callable[[str], str], ip: str
) -> dict[str, Any]:
    """Return the source of a *request* as DescribeFlow shows it.

    Args:
        request: a SetSourceRequest.
        name: where the request gives none.
        arn: makes the ARN of a source by its name.
        ip: address that the flow listens on.

    Raises:
        AwsError: 400 when it does not say who may send.
    """
    if not any(request.get(origin) for origin in _ORIGINS):
        raise bad_request(f"a source needs one of {', '.join(_ORIGINS)}")
    name = request.get("Name", name)
    protocol = request.get("Protocol", "rtp")
    # What comes from an entitlement, or is called, does not come to an address of the flow.
    listens = not {"EntitlementArn", "SourceListenerAddress"} & request.keys()
    return copy.deepcopy(
        {
            "Name": name,
            "SourceArn": arn(name),
            **({"IngestIp": ip, "IngestPort": 5000} if listens else {}),
            **{key: request[key] for key in _ON_TOP if key in request},
            "Transport": {
                "Protocol": protocol,
                "MaxBitrate": _MAX_BITRATE.get(protocol),
                **{key: request[key] for key in _IN_TRANSPORT if key in request},
            },
        }
    )
