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
_TAKES_PASSPHRASES = frozenset({"srt-caller", "srt-listener"})
_NEEDED = ("Name", "Protocol", "Destination", "Port")
_MOST_LATENCY_MS = 15_000
_LONGEST_STREAM_ID = 512
_ON_TOP = ("Destination", "Port", "Description", "OutputStatus", "Encryption")
_IN_TRANSPORT = ("Protocol", "SmoothingLatency", "MinLatency", "StreamId")


@dataclass(frozen=True)
class Lookups:
    """Lookups of MediaConnect in other services.

    Attributes:
        role_problem: says why it cannot assume a role; None when it can.
        secret_problem: says why it cannot read a secret; None when it can.
    """

    role_problem: Callable[[str], str | None]
    secret_problem: Callable[[str], str | None]


def described(request: Mapping[str, Any], *, arn: Callable[[str], str]) -> dict[str, Any]:
    """Return the output of a *request* as DescribeFlow shows it, with its stream key.

    Raises:
        AwsError: 400 when something is missing that every output has.
    """
    for needed in _NEEDED:
        if needed not in request:
            raise bad_request(f"an output needs {needed}")
    made = {
        "Name": request["Name"],
        "OutputArn": arn(request["Name"]),
        "Description": None,
        "OutputStatus": "ENABLED",
        "Transport": {"SmoothingLatency": 0},
    }
    return changed(made, request)


def changed(output: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Return *output* with the members of *request*; omitted members stay."""
    made = copy.deepcopy(dict(output))
    made |= copy.deepcopy({key: request[key] for key in _ON_TOP if key in request})
    transport = made["Transport"]
    transport |= {key: request[key] for key in _IN_TRANSPORT if key in request}
    if "RtmpPushSettings" in request:
        transport["RtmpPushOutputSettings"] = copy.deepcopy(request["RtmpPushSettings"])
    if transport["Protocol"] != "rtmp-push":
        transport.pop("RtmpPushOutputSettings", None)
    return made


def check(output: Mapping[str, Any], others: Iterable[Mapping[str, Any]], ask: Lookups) -> None:
    """Refuse an *output* that MediaConnect would not take beside the *others*.

    Raises:
        AwsError: 400.
    """
    transport = output["Transport"]
    if transport["Protocol"] == "rtmp-push" and "RtmpPushOutputSettings" not in transport:
        raise bad_request("an RTMP push needs RtmpPushSettings")
    if not 0 <= transport.get("MinLatency", 0) <= _MOST_LATENCY_MS:
        raise bad_request(f"MinLatency is 0 to {_MOST_LATENCY_MS}")
    if len(transport.get("StreamId", "")) > _LONGEST_STREAM_ID:
        raise bad_request(f"a StreamId has at most {_LONGEST_STREAM_ID} characters")
    _check_encryption(transport["Protocol"], output.get("Encryption"), ask)
    if any(_places(output) & _places(other) for other in others):
        raise bad_request("another output of this flow sends to this destination and port")


def _check_encryption(protocol: str, encryption: Mapping[str, Any] | None, ask: Lookups) -> None:
    if encryption is None:
        return
    if protocol not in _TAKES_PASSPHRASES:
        raise bad_request(f"an output of the protocol {protocol} cannot be encrypted")
    if encryption.get("KeyType") != "srt-password":
        raise bad_request("SRT is encrypted with the KeyType srt-password")
    if "SecretArn" not in encryption or "RoleArn" not in encryption:
        raise bad_request("srt-password needs a RoleArn and a SecretArn")
    problem = ask.role_problem(encryption["RoleArn"]) or ask.secret_problem(encryption["SecretArn"])
    if problem:
        raise bad_request(problem)


def _places(output: Mapping[str, Any]) -> set[tuple[str, int]]:
    """Return where RTP goes; other protocols tell streams to one place apart."""
    more = _RTP_PORTS.get(output["Transport"]["Protocol"], ())
    return {(output["Destination"], output["Port"] + offset) for offset in more}
