"""A flow output that sends a stream to its platform, and the secret that encrypts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from catalog import flow_output_settings
from catalog.model import DestinationSpec
from components import livestream, naming, output_state
from components.flow_ingress import FlowIngress
from components.passphrase_secret import passphrase_secret


@dataclass(frozen=True, slots=True)
class Encryption:
    """The encryption of an SRT stream.

    Attributes:
        passphrase: secret.
        role_arn: the role under which MediaConnect reads it, or the channel.
    """

    passphrase: pulumi.Output[str]
    role_arn: pulumi.Input[str]


@dataclass(frozen=True, slots=True)
class DirectOutputArgs:
    """Inputs of `direct_output`.

    Attributes:
        spec: the destination file.
        ingress: the flow that sends.
        stream_key: secret; None for a stream without one.
        encryption: None for a stream in clear.
    """

    spec: DestinationSpec
    ingress: FlowIngress
    stream_key: pulumi.Output[str] | None
    encryption: Encryption | None


def direct_output(
    name: str, args: DirectOutputArgs, parent: pulumi.ComponentResource
) -> livestream.FlowOutput:
    """Create the output by which the flow itself sends the stream.

    It has the name of an output to a channel, so that a change of route updates it in place.
    """
    spec = args.spec
    host, port = flow_output_settings.address(spec)
    return livestream.FlowOutput(
        f"{name}-flow-output",
        livestream.FlowOutputArgs(
            flow_arn=args.ingress.flow.arn,
            name=naming.physical_name(spec.original_name),
            protocol=flow_output_settings.protocol(spec),
            destination=host,
            port=port,
            **_transport_settings(name, args, parent),
            **output_state.settings(spec),
            description=spec.description or None,
            tags=naming.tags(spec),
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _transport_settings(
    name: str, args: DirectOutputArgs, parent: pulumi.ComponentResource
) -> dict[str, Any]:
    spec, key = args.spec, args.stream_key
    match spec.scheme:
        case "rtp":
            return {"smoothing_latency": spec.rtp.smoothing_ms}
        case "srt":
            passphrase = _passphrase(name, args, parent)
            secrets = pulumi.Output.all(stream_key=key, passphrase=passphrase)
            return {"srt": secrets.apply(lambda values: _srt_call(spec, values))}
        case _:
            rtmp_push = pulumi.Output.from_input(key).apply(
                lambda value: flow_output_settings.rtmp_push(spec, stream_key=str(value))
            )
            return {"rtmp_push": rtmp_push}


def _srt_call(spec: DestinationSpec, secrets: Mapping[str, Any]) -> dict[str, Any]:
    call = flow_output_settings.srt_call(spec, stream_key=secrets["stream_key"])
    passphrase = secrets["passphrase"]
    return {**call, "passphrase": passphrase} if passphrase else call


def _passphrase(
    name: str, args: DirectOutputArgs, parent: pulumi.ComponentResource
) -> dict[str, pulumi.Input[str]] | None:
    """Create the passphrase's secret and return MediaConnect's reference to it."""
    if args.encryption is None:
        return None
    plugin = args.ingress.region_providers.livestream
    secret = passphrase_secret(name, args.spec, args.encryption.passphrase, plugin, parent)
    return {
        "secretArn": secret.arn,
        "roleArn": args.encryption.role_arn,
        "version": secret.version,
    }
