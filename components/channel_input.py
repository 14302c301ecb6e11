"""The inputs of a channel, and the flow outputs that send to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi

from catalog import names, scheduler_expressions
from catalog.import_manifest import AdoptedOutput, ManifestEntry
from catalog.model import DestinationSpec
from catalog.names import Parts
from components import adoption, livestream, output_state
from components.flow_ingress import FlowIngress


@dataclass(frozen=True, slots=True)
class ChannelInputArgs:
    """Inputs of `channel_input` that all inputs of a channel share.

    Attributes:
        spec: the destination file.
        parts: the names of its parts.
        tags: of its parts.
        adopted: the resources of a former system that it takes over.
        parent: the component that is the destination.
        destinations: the names of all destinations of the stack.
        role_arn: the role by which MediaLive takes flows.
    """

    spec: DestinationSpec
    parts: Parts
    tags: Mapping[str, str]
    adopted: ManifestEntry | None
    parent: pulumi.ComponentResource
    role_arn: pulumi.Input[str]
    destinations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ChannelInput:
    """One input of a channel.

    Attributes:
        name: of the input and of its attachment.
        flow_arn: the flow that feeds it; of an input with two, that of the first pipeline.
        resource: the input in MediaLive.
        flow_outputs: the outputs that send to it, one a pipeline; none where MediaLive makes them.
    """

    name: str
    flow_arn: str
    resource: livestream.PushInput | livestream.FlowInput
    flow_outputs: Sequence[livestream.FlowOutput]


def channel_inputs(
    name: str, input_name: str, ingresses: Sequence[FlowIngress], args: ChannelInputArgs
) -> list[ChannelInput]:
    """Create the inputs of a channel, the preferred one first.

    Args:
        name: of the destination.
        input_name: the name in AWS of the preferred input.
        ingresses: the flows that feed it, the preferred one first.
        args: what the inputs share.
    """
    names_of_inputs = ((name, input_name), (names.backup_name(name), names.backup_name(input_name)))
    flows = iter(ingresses)
    return [
        _input(*named, [next(flows) for _ in keys], args)
        for named, keys in zip(names_of_inputs, args.spec.input_flows, strict=False)
    ]


def _input(
    name: str, input_name: str, ingresses: Sequence[FlowIngress], args: ChannelInputArgs
) -> ChannelInput:
    if args.spec.input_type == "mediaconnect":
        return _flow_input(name, input_name, ingresses, args)
    (ingress,) = ingresses
    return _push_input(name, input_name, ingress, args)


def _flow_input(
    name: str, input_name: str, ingresses: Sequence[FlowIngress], args: ChannelInputArgs
) -> ChannelInput:
    """Create an input, on whose flows MediaLive makes the outputs."""
    flow_arns = [ingress.flow.arn for ingress in ingresses]
    resource = livestream.FlowInput(
        f"{name}-flow-input",
        livestream.FlowInputArgs(
            name=input_name, flow_arns=flow_arns, role_arn=args.role_arn, tags=args.tags
        ),
        opts=_options(args, f"{name}-flow-input"),
    )
    return ChannelInput(input_name, flow_arns[0], resource, ())


def _push_input(
    name: str, input_name: str, ingress: FlowIngress, args: ChannelInputArgs
) -> ChannelInput:
    """Create an input, and outputs of the flow of *ingress* to the endpoints in use."""
    push_input = livestream.PushInput(
        f"{name}-input",
        livestream.PushInputArgs(
            name=input_name,
            security_group_ids=security_group_ids(ingress, args.adopted),
            tags=args.tags,
            existing_id=args.adopted.input.id if args.adopted else None,
        ),
        opts=_options(args, f"{name}-input"),
    )
    # A push input has two endpoints; a channel of one pipeline listens on the first only.
    outputs = [
        _flow_output(name, ingress, push_input, pipeline, args)
        for pipeline in range(len(args.spec.ingests))
    ]
    return ChannelInput(input_name, ingress.flow.arn, push_input, outputs)


def _options(args: ChannelInputArgs, name: str) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(
        parent=args.parent,
        aliases=[pulumi.Alias(name=former) for former in _former_names(args, name)],
        **adoption.retain_options(args.adopted),
    )


def _former_names(args: ChannelInputArgs, name: str) -> Iterator[str]:
    """Yield the names up to version 0.2.0 of a part of a backup, but those of other destinations.

    A stack with such a destination could not have had the backup.
    """
    prefix = names.backup_name(args.spec.name)
    if not name.startswith(prefix):
        return
    for current in (args.spec.name, *args.spec.previous_names):
        former = f"{current}-backup"
        if former not in args.destinations:
            yield former + name.removeprefix(prefix)


def security_group_ids(
    ingress: FlowIngress, adopted: ManifestEntry | None
) -> Sequence[pulumi.Input[str]]:
    """Return the security groups of an input: those of the adopted one, else that of *ingress*."""
    if adopted:
        return adopted.input.security_group_ids
    return [] if ingress.security_group_id is None else [ingress.security_group_id]


def _flow_output(
    name: str,
    ingress: FlowIngress,
    push_input: livestream.PushInput,
    pipeline: int,
    args: ChannelInputArgs,
) -> livestream.FlowOutput:
    endpoint = push_input.endpoints.apply(lambda endpoints: endpoints[pipeline])
    entry = args.adopted
    adopted = entry.outputs[pipeline] if entry and pipeline < len(entry.outputs) else None
    output_name = f"{name}-flow-output" + (f"-{pipeline}" if pipeline else "")
    return livestream.FlowOutput(
        output_name,
        livestream.FlowOutputArgs(
            flow_arn=ingress.flow.arn,
            name=args.parts.outputs[pipeline],
            destination=endpoint.apply(lambda values: values["ip"]),
            port=endpoint.apply(lambda values: values["port"]),
            protocol=_protocol(args.spec, adopted),
            description=args.spec.description or (adopted.description if adopted else None),
            tags=args.tags,
            **output_state.settings(args.spec, margin_minutes=scheduler_expressions.MARGIN_MINUTES),
            # An adopted output that this flow lacks is created again.
            existing_id=adopted.arn if adopted and adopted.name in ingress.flow.outputs else None,
        ),
        opts=_options(args, output_name),
    )


def _protocol(spec: DestinationSpec, adopted: AdoptedOutput | None) -> Literal["rtp", "rtp-fec"]:
    """Return the protocol of an output; an adopted one keeps its own while the file gives none."""
    keeps = adopted is not None and "transport" not in spec.model_fields_set
    return adopted.protocol if adopted and keeps else spec.transport
