"""Sources and endpoints of an input: URLs of pull inputs, addresses of push inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localaws.errors import bad_request, not_implemented

PUSH = frozenset({"UDP_PUSH", "RTP_PUSH", "RTMP_PUSH"})
_PULL = frozenset({"RTMP_PULL", "URL_PULL", "MP4_FILE", "TS_FILE"})
_OTHERS = frozenset({"MEDIACONNECT", "SRT_CALLER"})
TYPES = PUSH | _PULL | _OTHERS
"""The types of inputs that the emulator has."""

_PORTS = {"RTMP_PUSH": ("rtmp", "1935")}
# User guide, inputs-single-standard-vpc: RTP is "Standard-class only"; unverified for UDP.
_STANDARD_ONLY = frozenset({"RTP_PUSH", "UDP_PUSH"})
# botocore, InputSourceType: "two input types support a dynamic url at this time".
_DYNAMIC = frozenset({"MP4_FILE", "TS_FILE"})
_VARIABLE = "$urlPath$"  # User guide, setup-input-mp4.
# botocore, InputVpcRequest.
_SUBNETS, _MOST_SECURITY_GROUPS = 2, 5


def check(kind: str, members: Mapping[str, Any]) -> None:
    """Refuse what AWS refuses of an input of this *kind*.

    Raises:
        AwsError: 400; 501 for types that the emulator does not have.
    """
    if kind not in TYPES:
        raise not_implemented("medialive", f"inputs of the type {kind}")
    if kind in _PULL:
        # AWS's words: live-streaming-with-automated-multi-language-subtitling issue 16.
        for source in members.get("Sources") or [{}]:
            if "://" not in source.get("Url", ""):
                raise bad_request(
                    f"Invalid URL ({source.get('Url', '')}) specified for inputSource"
                )
    if kind not in PUSH and members.get("Destinations"):
        # botocore, CreateInputRequest: "Destination settings for PUSH type inputs".
        raise bad_request(f"an input of the type {kind} has no destinations")
    if "Vpc" in members:
        _check_vpc(members)


def _check_vpc(members: Mapping[str, Any]) -> None:
    # botocore, CreateInputRequest.Vpc and InputVpcRequest.
    if not members.get("RoleArn"):
        # AWS's words: live-streaming-on-aws issue 9.
        raise bad_request(
            "The Arn of an IAM role that allows MediaLive to manage network interfaces in your VPC"
            " is required to create a VPC input."
        )
    if members.get("InputSecurityGroups"):
        raise bad_request("a VPC input takes no input security groups")
    if len(members["Vpc"]["SubnetIds"]) != _SUBNETS:
        raise bad_request(f"a VPC input needs {_SUBNETS} subnets")
    if len(members["Vpc"].get("SecurityGroupIds", [])) > _MOST_SECURITY_GROUPS:
        raise bad_request(f"a VPC input takes at most {_MOST_SECURITY_GROUPS} security groups")


def classes(item: Mapping[str, Any]) -> dict[str, str]:
    """Return InputClass and InputSourceType of an input.

    botocore, InputClass: "A standard input has two sources and a single pipeline input only has
    one."
    """
    sources = max(
        len(item["Destinations"]),
        len(item["Sources"]),
        len(item["MediaConnectFlows"]),
        len((item.get("SrtSettings") or {}).get("SrtCallerSources", [])),
    )
    dynamic = item["Type"] in _DYNAMIC and any(
        _VARIABLE in source.get("Url", "") for source in item["Sources"]
    )
    return {
        "InputClass": "STANDARD" if sources > 1 else "SINGLE_PIPELINE",
        "InputSourceType": "DYNAMIC" if dynamic else "STATIC",
    }


def endpoints(
    region: str, kind: str, input_id: str, members: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the endpoints of a new push input; all others have none.

    In a VPC their addresses, zones and interfaces are invented.
    """
    if kind not in PUSH:
        return []
    names = [end.get("StreamName", "") for end in members.get("Destinations", [])] or ["", ""]
    count = 1 if len(names) == 1 and kind not in _STANDARD_ONLY else 2
    number = int(input_id)
    # TEST-NET-2 and TEST-NET-3: addresses that belong to nobody (RFC 5737).
    ips = (f"198.51.100.{number % 254 + 1}", f"203.0.113.{number % 200 + 50}")
    if "Vpc" in members:
        ips = (f"10.0.0.{number % 254 + 1}", f"10.0.1.{number % 254 + 1}")
    made: list[dict[str, Any]] = []
    for index, (name, ip) in enumerate(zip((names * 2)[:count], ips, strict=False)):
        made.append(_endpoint(kind, ip, name))
        if "Vpc" in members:
            made[-1]["Vpc"] = {
                "AvailabilityZone": f"{region}{chr(ord('a') + index)}",
                "NetworkInterfaceId": f"eni-{number:016x}{index:x}",
            }
    return made


def renamed(item: Mapping[str, Any], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the endpoints of a push input with other stream names; all others have none."""
    ends = item["Destinations"]
    return [
        {**end, **_endpoint(item["Type"], end["Ip"], name)}
        for name, end in zip((list(names) * 2)[: len(ends)], ends, strict=True)
    ]


def _endpoint(kind: str, ip: str, name: str) -> dict[str, Any]:
    scheme, port = _PORTS.get(kind, (kind.partition("_")[0].lower(), "5000"))
    url = f"{scheme}://{ip}:{port}" + (f"/{name}" if name else "")
    return {"Ip": ip, "Port": port, "Url": url}
