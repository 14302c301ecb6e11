"""A flow output that sends a destination's stream by itself, and the secret that encrypts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from catalog import flow_output_settings, names
from catalog.model import DestinationSpec
from components import livestream, orphan_cleanup, output_state
from components.flow_ingress import FlowIngress


@dataclass(frozen=True, slots=True)
class Encryption:
    """What encrypts an SRT stream.

    Attributes:
        passphrase: secret.
        role_arn: the role that MediaConnect reads it under.
    """

    passphrase: pulumi.Output[str]
    role_arn: pulumi.Input[str]


@dataclass(frozen=True, slots=True)
class DirectOutputArgs:
    """What it is built from.

    Attributes:
        spec: the destination file.
        ingress: the flow that sends, and where it is.
        stream_key: secret; None where none goes with the stream.
        encryption: None where nothing encrypts it.
    """

    spec: DestinationSpec
    ingress: FlowIngress
    stream_key: pulumi.Output[str] | None
    encryption: Encryption | None


def direct_output(
    name: str, args: DirectOutputArgs, parent: pulumi.ComponentResource
) -> livestream.FlowOutput:
    """Let the flow send the stream by itself.

    The output has the name that it has beside a channel, so that another route changes it in
    place.
    """
    project, stack, spec = pulumi.get_project(), pulumi.get_stack(), args.spec
    host, port = flow_output_settings.address(spec)
    return livestream.FlowOutput(
        f"{name}-flow-output",
        livestream.FlowOutputArgs(
            flow_arn=args.ingress.flow.arn,
            name=names.physical_name(project, stack, spec.original_name),
            protocol=flow_output_settings.protocol(spec),
            destination=host,
            port=port,
            **_settings(name, args, parent),
            **output_state.of(spec),
            description=spec.description or None,
            tags=names.tags(project, stack, spec),
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _settings(
    name: str, args: DirectOutputArgs, parent: pulumi.ComponentResource
) -> dict[str, Any]:
    spec, key = args.spec, args.stream_key
    match spec.scheme:
        case "rtp":
            return {"smoothing_latency": spec.rtp.smoothing_ms}
        case "srt":
            passphrase = _passphrase(name, args, parent)
            known = pulumi.Output.all(stream_key=key, passphrase=passphrase)
            return {"srt": known.apply(lambda found: _srt_call(spec, found))}
        case _:
            pushed = pulumi.Output.from_input(key).apply(
                lambda found: flow_output_settings.rtmp_push(spec, stream_key=str(found))
            )
            return {"rtmp_push": pushed}


def _srt_call(spec: DestinationSpec, found: Mapping[str, Any]) -> dict[str, Any]:
    call = flow_output_settings.srt_call(spec, stream_key=found["stream_key"])
    return {**call, "passphrase": found["passphrase"]} if found["passphrase"] else call


def _passphrase(
    name: str, args: DirectOutputArgs, parent: pulumi.ComponentResource
) -> dict[str, pulumi.Input[str]] | None:
    """Keep the passphrase in Secrets Manager; returns where MediaConnect reads it."""
    if args.encryption is None:
        return None
    project, stack, spec = pulumi.get_project(), pulumi.get_stack(), args.spec
    secret_name = names.passphrase_name(project, stack, spec.original_name)
    tags = names.tags(project, stack, spec)
    hooks = orphan_cleanup.before_create_hook(
        "secret", secret_name, tags, args.ingress.connection.livestream
    )
    secret = aws.secretsmanager.Secret(
        f"{name}-passphrase",
        name=secret_name,
        # The stack's configuration keeps the passphrase. A secret that waits to be deleted would
        # only keep its name from a destination that comes back.
        recovery_window_in_days=0,
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, hooks=hooks),
    )
    version = aws.secretsmanager.SecretVersion(
        f"{name}-passphrase-version",
        secret_id=secret.id,
        secret_string=args.encryption.passphrase,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return {
        "secretArn": secret.arn,
        "roleArn": args.encryption.role_arn,
        "version": version.version_id,
    }
