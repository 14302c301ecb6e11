"""What feeds a channel: the push input it listens on, and the flow outputs that send there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from catalog import scheduler_expressions
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from catalog.names import Parts
from components import adoption, livestream, output_state
from components.flow_ingress import FlowIngress


@dataclass(frozen=True, slots=True)
class ChannelInputArgs:
    """What all feeds of a destination are built from.

    Attributes:
        spec: the destination file.
        parts: what its parts are called.
        tags: of its parts.
        adopted: what a former system left of it.
        parent: the component that is the destination.
    """

    spec: DestinationSpec
    parts: Parts
    tags: Mapping[str, str]
    adopted: ManifestEntry | None
    parent: pulumi.ComponentResource


@dataclass(frozen=True, slots=True)
class ChannelInput:
    """One way into the channel.

    Attributes:
        name: of the input and of its attachment.
        flow_arn: the flow that feeds it.
        push_input: where the channel listens.
        flow_outputs: what sends there, one a pipeline.
    """

    name: str
    flow_arn: str
    push_input: livestream.PushInput
    flow_outputs: Sequence[livestream.FlowOutput]


def channel_input(
    name: str,
    input_name: str,
    ingress: FlowIngress,
    args: ChannelInputArgs,
) -> ChannelInput:
    """Build an input and what *ingress* sends to each of its endpoints that is listened on."""
    push_input = livestream.PushInput(
        f"{name}-input",
        livestream.PushInputArgs(
            name=input_name,
            security_group_ids=security_group_ids(ingress, args.adopted),
            tags=args.tags,
            existing_id=adoption.of_input(args.adopted),
        ),
        opts=_options(args),
    )
    # A push input has two endpoints; a channel of one pipeline listens on the first only.
    outputs = [
        _flow_output(name, ingress, push_input, pipeline, args)
        for pipeline in range(len(args.spec.ingests))
    ]
    return ChannelInput(input_name, ingress.flow.arn, push_input, outputs)


def _options(args: ChannelInputArgs) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=args.parent, **adoption.given_back(args.adopted))


def security_group_ids(
    ingress: FlowIngress, adopted: ManifestEntry | None
) -> Sequence[pulumi.Input[str]]:
    """Return the groups of an input: those it was found with, else that of *ingress*."""
    return adopted.input.security_group_ids if adopted else [ingress.security_group_id]


def _flow_output(
    name: str,
    ingress: FlowIngress,
    push_input: livestream.PushInput,
    pipeline: int,
    args: ChannelInputArgs,
) -> livestream.FlowOutput:
    endpoint = push_input.endpoints.apply(lambda endpoints: endpoints[pipeline])
    kept = args.adopted
    found = kept.outputs[pipeline] if kept and pipeline < len(kept.outputs) else None
    return livestream.FlowOutput(
        f"{name}-flow-output" + (f"-{pipeline}" if pipeline else ""),
        livestream.FlowOutputArgs(
            flow_arn=ingress.flow.arn,
            name=args.parts.outputs[pipeline],
            destination=endpoint.apply(lambda end: end["ip"]),
            port=endpoint.apply(lambda end: end["port"]),
            protocol=found.protocol if found else "rtp",
            description=args.spec.description or (found.description if found else None),
            tags=args.tags,
            **output_state.of(args.spec, margin_minutes=scheduler_expressions.MARGIN_MINUTES),
            existing_id=adoption.of_output(kept, pipeline, ingress.flow),
        ),
        opts=_options(args),
    )
