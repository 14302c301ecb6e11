"""A flow's outputs: requests, their form in DescribeFlow, and refusals.

What is refused follows the user guide (adding outputs, output destinations, SRT password
encryption) and the service model; the sentences are ours.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from localaws.errors import bad_request

_RTP_PORTS = {"rtp": (0,), "rtp-fec": (0, 2, 4)}
_SRT = frozenset({"srt-caller", "srt-listener"})
# User guide, outputs-add-standard: static-key encryption of Zixi, srt-password of SRT.
_KEY_TYPES = {
    "srt-caller": "srt-password",
    "srt-listener": "srt-password",
    "zixi-pull": "static-key",
    "zixi-push": "static-key",
}
# botocore, Encryption.KeyType: "If no keyType is provided, the service will use the default
# setting (static-key)."
_DEFAULT_KEY_TYPE = "static-key"
# Receivers call the flow at its own address (botocore, Output.ListenerAddress). User guide,
# outputs-add-standard: an SRT listener has a port and a CIDR allow list, a Zixi pull neither
# address nor port.
_CALLED = frozenset({"srt-listener", "zixi-pull"})
_NEEDED = {
    "srt-listener": ("Port",),
    "zixi-pull": (),
}
_NEEDED_ELSEWHERE = ("Destination", "Port")
_MOST_LATENCY_MS = 15_000
_LONGEST_STREAM_ID = 512
_ON_TOP = (
    "Destination",
    "Port",
    "Description",
    "OutputStatus",
    "Encryption",
    "VpcInterfaceAttachment",
)
_IN_TRANSPORT = (
    "CidrAllowList",
    "MaxLatency",
    "MinLatency",
    "Protocol",
    "RemoteId",
    "SenderControlPort",
    "SenderIpAddress",
    "SmoothingLatency",
    "StreamId",
)


@dataclass(frozen=True)
class Lookups:
    """Lookups of MediaConnect in other services, and in real media.

    Attributes:
        role_problem: says why it cannot assume a role; None when it can.
        secret_problem: says why it cannot read a secret; None when it can.
        programs: returns the programs that a flow receives by real media; None without any media.
    """

    role_problem: Callable[[str], str | None]
    secret_problem: Callable[[str], str | None]
    programs: Callable[[str], list[dict[str, Any]] | None] = lambda _: None


def described(
    request: Mapping[str, Any], *, arn: Callable[[str], str], egress_ip: str
) -> dict[str, Any]:
    """Return the output of a *request* as DescribeFlow shows it, with its stream key.

    Args:
        request: with a name; botocore's model does not require one.
        arn: makes the ARN of an output by its name.
        egress_ip: address of the flow.

    Raises:
        AwsError: 400 without a protocol.
    """
    if "Protocol" not in request:
        raise bad_request("an output needs Protocol")
    made = {
        "Name": request["Name"],
        "OutputArn": arn(request["Name"]),
        "Description": None,
        "OutputStatus": "ENABLED",
        "Transport": {"SmoothingLatency": 0},
    }
    return changed(made, request, egress_ip=egress_ip)


def changed(
    output: Mapping[str, Any], request: Mapping[str, Any], *, egress_ip: str
) -> dict[str, Any]:
    """Return *output* with the members of *request*; omitted members stay.

    Raises:
        AwsError: 400 for settings of another protocol.
    """
    made = copy.deepcopy(dict(output))
    made |= copy.deepcopy({key: request[key] for key in _ON_TOP if key in request})
    transport = made["Transport"]
    transport |= {key: request[key] for key in _IN_TRANSPORT if key in request}
    if "RtmpPushSettings" in request:
        transport["RtmpPushOutputSettings"] = copy.deepcopy(request["RtmpPushSettings"])
    if transport["Protocol"] != "rtmp-push":
        if "RtmpPushSettings" in request:
            raise bad_request("RtmpPushSettings are for the protocol rtmp-push")
        transport.pop("RtmpPushOutputSettings", None)
    made["ListenerAddress"] = egress_ip if transport["Protocol"] in _CALLED else None
    return made


def check(output: Mapping[str, Any], others: Iterable[Mapping[str, Any]], ask: Lookups) -> None:
    """Refuse an *output* that MediaConnect would not take beside the *others*.

    Raises:
        AwsError: 400.
    """
    transport = output["Transport"]
    for needed in _NEEDED.get(transport["Protocol"], _NEEDED_ELSEWHERE):
        if output.get(needed) is None:
            raise bad_request(f"an output needs {needed}")
    if transport["Protocol"] == "rtmp-push" and "RtmpPushOutputSettings" not in transport:
        raise bad_request("an RTMP push needs RtmpPushSettings")
    if not 0 <= transport.get("MinLatency", 0) <= _MOST_LATENCY_MS:
        raise bad_request(f"MinLatency is 0 to {_MOST_LATENCY_MS}")
    if len(transport.get("StreamId", "")) > _LONGEST_STREAM_ID:
        raise bad_request(f"a StreamId has at most {_LONGEST_STREAM_ID} characters")
    _check_encryption(transport["Protocol"], output.get("Encryption"), ask)
    if any(_places(output) & _places(other) for other in others):
        raise bad_request("another output of this flow sends to this destination and port")


def check_decryption(encryption: Mapping[str, Any] | None, ask: Lookups) -> None:
    """Refuse the decryption of a source whose role or secret MediaConnect cannot use.

    Raises:
        AwsError: 400.
    """
    if encryption is not None:
        _check_keys(encryption, ask)


def _check_encryption(protocol: str, encryption: Mapping[str, Any] | None, ask: Lookups) -> None:
    if encryption is None:
        return
    key_type = _KEY_TYPES.get(protocol)
    if key_type is None:
        raise bad_request(f"an output of the protocol {protocol} cannot be encrypted")
    if encryption.get("KeyType", _DEFAULT_KEY_TYPE) != key_type:
        named = "SRT" if protocol in _SRT else "Zixi"
        raise bad_request(f"{named} is encrypted with the KeyType {key_type}")
    if "SecretArn" not in encryption or "RoleArn" not in encryption:
        raise bad_request(f"{key_type} needs a RoleArn and a SecretArn")
    _check_keys(encryption, ask)


def _check_keys(encryption: Mapping[str, Any], ask: Lookups) -> None:
    problem = ask.role_problem(encryption["RoleArn"])
    if problem is None and "SecretArn" in encryption:
        problem = ask.secret_problem(encryption["SecretArn"])
    if problem:
        raise bad_request(problem)


def _places(output: Mapping[str, Any]) -> set[tuple[str, int]]:
    """Return where RTP goes; other protocols tell streams to one place apart."""
    more = _RTP_PORTS.get(output["Transport"]["Protocol"], ())
    return {(output["Destination"], output["Port"] + offset) for offset in more}
