"""The MediaConnect flows that feed a stack, with their outputs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from catalog.alarms import DEFAULT_SOURCE
from catalog.flow_source import FlowSource
from lunora.ops import maintenance
from lunora.ops.maintenance import Maintenance
from lunora.stack import FlowRef
from provider.aws_errors import is_not_found
from provider.flow import analyses, flow_arns, sole_arn

if TYPE_CHECKING:
    from mypy_boto3_mediaconnect import MediaConnectClient


@dataclass(frozen=True, slots=True)
class FlowOutput:
    """An output of a flow.

    Attributes:
        name: unique in its flow.
        arn: its ARN.
        status: ENABLED or DISABLED.
        destination: the address it sends to, with port, or an input of MediaLive.
        protocol: MediaConnect's word, for example rtp or rtmp-push.
        description: free text.
        role_arn: the role that reads its passphrase; None without one.
        secret_arn: the secret with its passphrase; None without one.
        input_id: the input of MediaLive that made it; None where none did.
    """

    name: str
    arn: str
    status: str
    destination: str
    protocol: str = "rtp"
    description: str = ""
    role_arn: str | None = None
    secret_arn: str | None = None
    input_id: str | None = None

    @property
    def connects(self) -> bool:
        """True where CloudWatch measures that somebody takes it."""
        return self.protocol == "srt-caller"


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow, or the place where one should be.

    Attributes:
        key: its key in the stack's configuration.
        name: its name, or its ARN where it was named by that.
        region: its region.
        arn: None where there is no such flow.
        state: its state in MediaConnect, for example ACTIVE; None where there is no such flow.
        source: protocol and address that its source takes, for example
            `srt-listener 203.0.113.1:5000`.
        egress_ip: the address it sends from.
        outputs: its outputs, ours and others'.
        maintenance: the next one; None while it needs none.
        declared: its source, as the configuration declares it.
        analyses: the enabled analyses of its source's content, in MediaConnect's words.
    """

    key: str
    name: str
    region: str
    arn: str | None = None
    state: str | None = None
    source: str = ""
    egress_ip: str = ""
    outputs: tuple[FlowOutput, ...] = ()
    maintenance: Maintenance | None = None
    declared: FlowSource = DEFAULT_SOURCE
    analyses: frozenset[str] = frozenset()

    def is_under_maintenance(self, now: dt.datetime) -> bool:
        """Tell whether AWS has probably stopped it for maintenance."""
        due = self.maintenance is not None and self.maintenance.is_under_way(now)
        return due and self.state not in {None, "ACTIVE"}

    def output(self, name: str) -> FlowOutput | None:
        """Return the output called *name*."""
        return next((output for output in self.outputs if output.name == name), None)


def flow(mediaconnect: MediaConnectClient, ref: FlowRef) -> Flow:
    """Return the flow that the configuration names.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    absent = Flow(ref.key, ref.name or ref.arn or ref.key, ref.region)
    arn = ref.arn or _arn(mediaconnect, ref.name or "")
    if arn is None:
        return absent
    try:
        described = mediaconnect.describe_flow(FlowArn=arn)["Flow"]
    except ClientError as error:
        if is_not_found(error):
            return absent
        raise
    return Flow(
        key=ref.key,
        name=described["Name"],
        region=ref.region,
        arn=arn,
        state=described["Status"],
        source=_source(described.get("Source", {})),
        egress_ip=described.get("EgressIp", ""),
        outputs=tuple(_outputs(described.get("Outputs", []))),
        maintenance=maintenance.of_flow(described.get("Maintenance", {})),
        declared=ref.source,
        analyses=frozenset(analyses(described.get("SourceMonitoringConfig", {}))),
    )


def _arn(mediaconnect: MediaConnectClient, name: str) -> str | None:
    arns = flow_arns(mediaconnect).get(name)
    return sole_arn(name, arns) if arns else None


def _source(source: Any) -> str:
    protocol = source.get("Transport", {}).get("Protocol", "?")
    return f"{protocol} {source.get('IngestIp', '?')}:{source.get('IngestPort', '?')}"


def _outputs(listed: Any) -> Iterator[FlowOutput]:
    for output in listed:
        encryption = output.get("Encryption") or {}
        input_id = (output.get("MediaLiveInputArn") or "").rpartition(":")[2] or None
        address = f"{output.get('Destination', '?')}:{output.get('Port', '?')}"
        yield FlowOutput(
            name=output["Name"],
            arn=output["OutputArn"],
            status=output.get("OutputStatus", "ENABLED"),
            destination=f"MediaLive input {input_id}" if input_id else address,
            protocol=output.get("Transport", {}).get("Protocol", "?"),
            description=output.get("Description") or "",
            role_arn=encryption.get("RoleArn"),
            secret_arn=encryption.get("SecretArn"),
            input_id=input_id,
        )
