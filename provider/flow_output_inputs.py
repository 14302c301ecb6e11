"""Inputs and outputs of a flow output, and their form in the API of MediaConnect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from catalog.schedule import Schedule
from provider.typed_resource import Inputs, Outputs

_PUBLIC_TLS: Any = {"EncryptionType": "PUBLIC", "EncryptionConfiguration": {"Public": {}}}


class RtmpPush(Inputs):
    """Target of an RTMP push beyond host and port."""

    application: str = Field(description="Application name: the last part of the ingest's URL.")
    stream_name: str = Field(description="Stream key. DescribeFlow shows it in clear.")
    tls: bool = Field(description="Whether the push is RTMPS.")


class Passphrase(Inputs):
    """Source of the passphrase of an SRT call."""

    secret_arn: str = Field(description="ARN of the Secrets Manager secret that holds it.")
    role_arn: str = Field(description="ARN of the role under which MediaConnect reads it.")
    version: str = Field("", description="Opaque; changes with the passphrase in the secret.")


class SrtCall(Inputs):
    """Settings of an SRT caller."""

    min_latency: int = Field(description="Minimum latency in milliseconds.")
    stream_id: str | None = Field(
        None,
        max_length=512,
        description="Stream id, at most 512 characters (SRT access control guidelines). It may"
        " carry a stream key, and DescribeFlow shows it in clear.",
    )
    passphrase: Passphrase | None = Field(
        None, description="Passphrase of the encryption; none for a stream in clear."
    )


class FlowOutputInputs(Inputs):
    """Inputs of a flow output."""

    flow_arn: str = Field(description="ARN of the flow it belongs to.")
    name: str = Field(
        description="Name, unique within the flow; cannot be changed later (MediaConnect API)."
    )
    protocol: Literal["rtp", "rtp-fec", "rtmp-push", "srt-caller"] = Field(
        "rtp", description="Protocol, in MediaConnect's words."
    )
    destination: str = Field(
        description="IPv4 address that media is sent to; for RTMP and SRT the host."
    )
    port: int = Field(
        5000,
        description="UDP port, for RTMP the TCP port. RTP push inputs of MediaLive listen on 5000.",
    )
    rtmp_push: RtmpPush | None = Field(
        None, description="Required for the protocol `rtmp-push`, refused for any other."
    )
    srt: SrtCall | None = Field(
        None, description="Required for the protocol `srt-caller`, refused for any other."
    )
    smoothing_latency: int | None = Field(
        None, description="Smoothing latency of RTP in milliseconds."
    )
    status: Literal["ENABLED", "DISABLED", "SCHEDULED"] = Field(
        "ENABLED",
        description="`ENABLED` sends, `DISABLED` does not, `SCHEDULED` follows the schedule.",
    )
    schedule: Schedule | None = Field(None, description="Required for the status `SCHEDULED`.")
    margin_minutes: int | None = Field(
        None, ge=0, description="How long it sends before and after the hours of the schedule."
    )
    description: str = Field("managed by lunora", description="Free text, shown in the console.")
    tags: dict[str, str] = Field(default_factory=dict, description="All its tags.")
    existing_id: str | None = Field(
        None, description="ARN of the output that a creation takes over instead of adding one."
    )

    @model_validator(mode="after")
    def _a_protocol_has_its_settings(self) -> FlowOutputInputs:
        if (self.protocol == "rtmp-push") != (self.rtmp_push is not None):
            raise ValueError("rtmpPush belongs to the protocol rtmp-push, and only to it")
        if (self.protocol == "srt-caller") != (self.srt is not None):
            raise ValueError("srt belongs to the protocol srt-caller, and only to it")
        if self.status == "SCHEDULED" and self.schedule is None:
            raise ValueError("a scheduled status needs a schedule")
        return self

    def sends(self, time: dt.datetime) -> bool:
        """Tell whether its schedule, with its margin, lets it send at *time*."""
        return self.schedule is not None and self.schedule.is_open(
            time, margin_minutes=self.margin_minutes or 0
        )

    @property
    def version(self) -> str | None:
        """Of its passphrase, if it has one."""
        return self.srt.passphrase.version if self.srt and self.srt.passphrase else None


class FlowOutputOutputs(Outputs):
    """Outputs of a flow output beyond its inputs."""

    arn: str = Field(description="Its ARN, which is its id.")


def to_api(declared: FlowOutputInputs, *, sends: bool | None) -> Any:
    """Return what creation and change have in common, as the API takes it.

    Args:
        declared: the inputs.
        sends: whether it is enabled; None leaves that as it is.
    """
    settings: dict[str, Any] = {
        "Protocol": declared.protocol,
        "Destination": declared.destination,
        "Port": declared.port,
        "Description": declared.description,
    }
    if sends is not None:
        settings["OutputStatus"] = status_of(sends=sends)
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
        **({"rtmpPush": _push_from_api(pushed)} if pushed else {}),
        **({"srt": _call_from_api(output)} if protocol == "srt-caller" else {}),
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
    members: dict[str, Any] = {"MinLatency": srt.min_latency}
    if srt.stream_id is not None:
        members["StreamId"] = srt.stream_id
    if srt.passphrase is not None:
        members["Encryption"] = {
            "KeyType": "srt-password",
            "RoleArn": srt.passphrase.role_arn,
            "SecretArn": srt.passphrase.secret_arn,
        }
    return members


def _push_from_api(pushed: Any) -> dict[str, Any]:
    return {
        "application": pushed["ApplicationName"],
        "streamName": pushed["StreamName"],
        "tls": "TlsEncryption" in pushed,
    }


def _call_from_api(output: Any) -> dict[str, Any]:
    transport, encryption = output["Transport"], output.get("Encryption")
    properties = {"minLatency": transport.get("MinLatency", 0)}
    if transport.get("StreamId"):
        properties["streamId"] = transport["StreamId"]
    if encryption:
        secret_arn, role_arn = encryption["SecretArn"], encryption["RoleArn"]
        properties["passphrase"] = {"secretArn": secret_arn, "roleArn": role_arn, "version": ""}
    return properties
