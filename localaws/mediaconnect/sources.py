"""A flow's sources: requests, their form in DescribeFlow, and refusals."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
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
# User guide, source-failover: the modes that each protocol supports; the others support none.
_BOTH_MODES = frozenset({"MERGE", "FAILOVER"})
_FAILOVER_MODES: Mapping[str, frozenset[str]] = {
    "rist": _BOTH_MODES,
    "rtp": _BOTH_MODES,
    "rtp-fec": _BOTH_MODES,
    "srt-caller": frozenset({"FAILOVER"}),
    "srt-listener": frozenset({"FAILOVER"}),
    "zixi-push": _BOTH_MODES,
}
_LEAST_WINDOW_MS, _MOST_WINDOW_MS = 100, 15_000
_MOST_SOURCES = 2  # User guide, quotas: "2 per transport stream flow".


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
    _check_origin(request)
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


def changed(source: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Return *source* with the members of *request*, an UpdateFlowSource; omitted members stay.

    Raises:
        AwsError: 400 when it does not say who may send.
    """
    made = copy.deepcopy(dict(source))
    given = {key: value for key, value in request.items() if key != "Decryption"}
    made |= copy.deepcopy({key: given[key] for key in _ON_TOP if key in given})
    if "Decryption" in request:
        made["Decryption"] = {**source.get("Decryption", {}), **request["Decryption"]}
        if "RoleArn" not in made["Decryption"]:
            raise bad_request("a decryption needs a RoleArn")
    transport = made["Transport"]
    transport |= {key: given[key] for key in ("Protocol", *_IN_TRANSPORT) if key in given}
    _check_origin({**made, **transport})
    return made


def check_together(
    sources: Sequence[Mapping[str, Any]], failover: Mapping[str, Any] | None
) -> None:
    """Refuse *sources* that a flow with this *failover* configuration cannot have.

    botocore, FailoverConfig.State: "If the state is inactive, the flow can have only one source.
    If the state is active, the flow can have one or two sources." User guide, source-failover
    (protocols and modes) and source-adding-standard ("the same protocol"; RTP beside RTP-FEC).

    Raises:
        AwsError: 400.
    """
    if len(sources) == 1:
        return
    if len(sources) > _MOST_SOURCES:
        raise bad_request(f"a flow has at most {_MOST_SOURCES} sources")
    if failover is None or failover.get("State", "ENABLED") != "ENABLED":
        raise bad_request("a flow without source failover can have only one source")
    protocols = {source["Transport"]["Protocol"] for source in sources}
    if len(protocols) > 1 and protocols != {"rtp", "rtp-fec"}:
        raise bad_request("the sources of a flow must use the same protocol")
    if any(source.get("EntitlementArn") for source in sources):
        raise bad_request("an entitled source does not support source failover")
    for protocol in sorted(protocols):
        modes = _FAILOVER_MODES.get(protocol, frozenset())
        if not modes:
            raise bad_request(f"the protocol {protocol} does not support source failover")
        mode = failover.get("FailoverMode")
        if mode is not None and mode not in modes:
            raise bad_request(f"the protocol {protocol} does not support the mode {mode}")


def check_failover(failover: Mapping[str, Any], sources: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a failover configuration that a flow with these *sources* cannot have.

    Raises:
        AwsError: 400.
    """
    window = failover.get("RecoveryWindow")
    # User guide, source-adding-standard: "from 100-15000 ms".
    if window is not None and not _LEAST_WINDOW_MS <= window <= _MOST_WINDOW_MS:
        raise bad_request(f"RecoveryWindow is {_LEAST_WINDOW_MS} to {_MOST_WINDOW_MS}")
    primary = failover.get("SourcePriority", {}).get("PrimarySource")
    if primary is not None and primary not in {source["Name"] for source in sources}:
        raise bad_request(f"the flow has no source named {primary}")


def _check_origin(source: Mapping[str, Any]) -> None:
    if not any(source.get(origin) for origin in _ORIGINS):
        raise bad_request(f"a source needs one of {', '.join(_ORIGINS)}")
