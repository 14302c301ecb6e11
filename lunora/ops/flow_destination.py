"""The flow outputs of a stack: found by their tags, enabled and disabled.

Some send a stream by themselves; others feed a channel, and send while it runs.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from botocore.exceptions import ClientError

from catalog import names
from lunora.ops.channel_control import ControlError, TargetState
from lunora.ops.channels import Channel
from lunora.ops.flows import FlowOutput, flow
from lunora.stack import FlowRef, Stack
from provider.aws import AwsClients
from provider.aws_errors import explain
from provider.channel_listing import list_channels
from provider.ownership import in_same_stack
from provider.resource import ResourceError

_REACHED = {"running": "ENABLED", "stopped": "DISABLED"}


@dataclass(frozen=True, slots=True)
class FlowDestination:
    """A flow output that carries the stack's tags.

    Attributes:
        destination: tag Destination.
        region: where its flow is.
        flow_arn: the flow it belongs to.
        output: itself.
    """

    destination: str
    region: str
    flow_arn: str
    output: FlowOutput

    @property
    def is_on_air(self) -> bool:
        """Whether it sends."""
        return self.output.status == _REACHED["running"]


def flow_destinations(stack: Stack) -> Iterator[FlowDestination]:
    """Find the outputs that send a stream by themselves, on all flows of *stack*.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    prefix = names.physical_name(stack.project, stack.name, "")
    for ref in stack.flows:
        beside = _outputs_of_channels(stack.aws(ref.region))
        for output in _ours(stack, ref):
            if output.output.name.startswith(prefix) and output.output.name not in beside:
                yield output


def feed(stack: Stack, channel: Channel, wanted: TargetState) -> None:
    """Enable the flow outputs of *channel*, or disable them: on all flows, of all pipelines.

    Raises:
        Refused: when AWS refuses.
    """
    flows = [ref for ref in stack.flows if ref.region == channel.region]
    try:
        outputs = [output for ref in flows for output in _ours(stack, ref, channel.outputs)]
    except ClientError as error:
        raise ControlError(f"could not read its flow outputs: {explain(error)}") from None
    for output in outputs:
        switch(stack, output, wanted)


def _ours(
    stack: Stack, ref: FlowRef, called: Collection[str] | None = None
) -> Iterator[FlowDestination]:
    """Yield the outputs of a flow that carry the stack's tags, of those that are *called* so."""
    mediaconnect = stack.aws(ref.region).mediaconnect
    there = flow(mediaconnect, ref)
    for output in there.outputs:
        if there.arn is None or (called is not None and output.name not in called):
            continue
        tags = mediaconnect.list_tags_for_resource(ResourceArn=output.arn).get("Tags", {})
        if in_same_stack(tags, stack.tags) and "Destination" in tags:
            yield FlowDestination(tags["Destination"], ref.region, there.arn, output)


def _outputs_of_channels(aws: AwsClients) -> set[str]:
    """Return what the outputs of all channels are called, of those that lost their tags too."""
    channels = [channel["Name"] for channel in list_channels(aws.medialive)]
    return {names.pipeline_name(name, pipeline) for name in channels for pipeline in range(2)}


def switch(stack: Stack, sending: FlowDestination, wanted: TargetState) -> str:
    """Let the output send or not; returns MediaConnect's word for what it does then.

    Raises:
        Refused: when AWS refuses.
    """
    aws, status = stack.aws(sending.region), _REACHED[wanted]
    if sending.output.status == status:
        return status
    update = functools.partial(
        aws.mediaconnect.update_flow_output,
        FlowArn=sending.flow_arn,
        OutputArn=sending.output.arn,
        OutputStatus=status,  # type: ignore[arg-type]  # one of its two words
    )
    verb = "start" if wanted == "running" else "stop"
    try:
        aws.call(update, action=f"{verb} {sending.destination}")
    except ClientError:
        raise ControlError(
            f"the output of {sending.destination} is gone; run `pulumi up`"
        ) from None
    except ResourceError as error:
        raise ControlError(str(error)) from None
    return status
