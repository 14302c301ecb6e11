"""What a flow output is declared by, in our words and in MediaConnect's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from catalog.schedule import Schedule
from provider.typed import Inputs

_PUBLIC_TLS: Any = {"EncryptionType": "PUBLIC", "EncryptionConfiguration": {"Public": {}}}


class RtmpPush(Inputs):
    """Where an RTMP push goes beyond host and port.

    Attributes:
        application: what the ingest's URL ends with.
        stream_name: the stream key; secret. DescribeFlow shows it in clear.
        tls: whether it is RTMPS.
    """

    application: str
    stream_name: str
    tls: bool


class Passphrase(Inputs):
    """Where MediaConnect reads the passphrase of an SRT call.

    Attributes:
        secret_arn: of the secret in Secrets Manager that holds it.
        role_arn: of the role that MediaConnect reads it under.
        version: changes when another passphrase is in the secret; opaque.
    """

    secret_arn: str
    role_arn: str
    version: str = ""


class SrtCall(Inputs):
    """How an SRT caller connects.

    Attributes:
        min_latency: in milliseconds.
        stream_id: at most 512 characters (SRT access control guidelines); secret where it
            carries a stream key. DescribeFlow shows it in clear.
        passphrase: None where nothing encrypts the stream.
    """

    min_latency: int
    stream_id: str | None = Field(None, max_length=512)
    passphrase: Passphrase | None = None


class FlowOutputInputs(Inputs):
    """What a flow output is declared by.

    Attributes:
        flow_arn: the flow it belongs to.
        name: unique within the flow; cannot be changed later (MediaConnect API).
        protocol: MediaConnect's word.
        destination: IPv4 address that media is sent to; for RTMP and SRT the host.
        port: UDP port, of RTMP TCP; RTP push inputs of MediaLive listen on 5000.
        rtmp_push: needed by the protocol `rtmp-push`, and by no other.
        srt: likewise by the protocol `srt-caller`.
        smoothing_latency: of RTP, in milliseconds.
        status: `ENABLED` sends; `SCHEDULED` does what the schedule says now.
        schedule: needed where the status is `SCHEDULED`.
        by_itself: whether nothing but this output decides whether the stream is sent, so that a
            preview has to see what an operator did to it.
        description: free text, shown in the console.
        tags: all its tags.
    """

    flow_arn: str
    name: str
    protocol: Literal["rtp", "rtp-fec", "rtmp-push", "srt-caller"] = "rtp"
    destination: str
    port: int = 5000
    rtmp_push: RtmpPush | None = None
    srt: SrtCall | None = None
    smoothing_latency: int | None = None
    status: Literal["ENABLED", "DISABLED", "SCHEDULED"] = "ENABLED"
    schedule: Schedule | None = None
    by_itself: bool | None = None
    description: str = "managed by lunora"
    tags: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _a_protocol_has_its_settings(self) -> FlowOutputInputs:
        if (self.protocol == "rtmp-push") != (self.rtmp_push is not None):
            raise ValueError("rtmpPush belongs to the protocol rtmp-push, and only to it")
        if (self.protocol == "srt-caller") != (self.srt is not None):
            raise ValueError("srt belongs to the protocol srt-caller, and only to it")
        if self.status == "SCHEDULED" and self.schedule is None:
            raise ValueError("a scheduled status needs a schedule")
        return self

    def sends(self, at: dt.datetime) -> bool:
        """Tell whether its schedule lets it send at the moment *at*."""
        return self.schedule is not None and self.schedule.is_open(at)

    @property
    def version(self) -> str | None:
        """Of its passphrase, if it has one."""
        return self.srt.passphrase.version if self.srt and self.srt.passphrase else None


def to_api(declared: FlowOutputInputs, *, sends: bool) -> Any:
    """Return what creation and change have in common, as the API takes it."""
    settings: dict[str, Any] = {
        "Protocol": declared.protocol,
        "Destination": declared.destination,
        "Port": declared.port,
        "Description": declared.description,
        "OutputStatus": status_of(sends=sends),
    }
    if declared.protocol in {"rtp", "rtp-fec"}:
        # 0 is its default (MediaConnect user guide); left out, an update would keep what was.
        settings["SmoothingLatency"] = declared.smoothing_latency or 0
    if declared.rtmp_push is not None:
        settings["RtmpPushSettings"] = _rtmp_push(declared.rtmp_push)
    if declared.srt is not None:
        settings |= _srt_call(declared.srt)
    return settings


def status_of(*, sends: bool) -> Literal["ENABLED", "DISABLED"]:
    """Return MediaConnect's word for an output that sends, or does not."""
    return "ENABLED" if sends else "DISABLED"


def from_api(flow_arn: str, output: Any, tags: Mapping[str, str]) -> dict[str, Any]:
    """Return the properties that an *output* of DescribeFlow has; never a passphrase's version."""
    transport = output["Transport"]
    protocol, pushed = transport["Protocol"], transport.get("RtmpPushOutputSettings")
    smoothing = transport.get("SmoothingLatency") if protocol.startswith("rtp") else None
    return {
        "flowArn": flow_arn,
        "name": output["Name"],
        "protocol": protocol,
        **({"rtmpPush": _push_found(pushed)} if pushed else {}),
        **({"srt": _call_found(output)} if protocol == "srt-caller" else {}),
        **({"smoothingLatency": smoothing} if smoothing else {}),
        "status": output.get("OutputStatus", "ENABLED"),
        "destination": output.get("Destination", ""),
        "port": output.get("Port", 0),
        "description": output.get("Description") or "",
        "tags": dict(tags),
        "arn": output["OutputArn"],
    }


def _rtmp_push(pushed: RtmpPush) -> dict[str, Any]:
    return {
        "ApplicationName": pushed.application,
        "StreamName": pushed.stream_name,
        **({"TlsEncryption": _PUBLIC_TLS} if pushed.tls else {}),
    }


def _srt_call(srt: SrtCall) -> dict[str, Any]:
    found: dict[str, Any] = {"MinLatency": srt.min_latency}
    if srt.stream_id is not None:
        found["StreamId"] = srt.stream_id
    if srt.passphrase is not None:
        found["Encryption"] = {
            "KeyType": "srt-password",
            "RoleArn": srt.passphrase.role_arn,
            "SecretArn": srt.passphrase.secret_arn,
        }
    return found


def _push_found(pushed: Any) -> dict[str, Any]:
    return {
        "application": pushed["ApplicationName"],
        "streamName": pushed["StreamName"],
        "tls": "TlsEncryption" in pushed,
    }


def _call_found(output: Any) -> dict[str, Any]:
    transport, encryption = output["Transport"], output.get("Encryption")
    found = {"minLatency": transport.get("MinLatency", 0)}
    if transport.get("StreamId"):
        found["streamId"] = transport["StreamId"]
    if encryption:
        secret_arn, role_arn = encryption["SecretArn"], encryption["RoleArn"]
        found["passphrase"] = {"secretArn": secret_arn, "roleArn": role_arn, "version": ""}
    return found
