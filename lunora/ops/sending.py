"""Streams that a flow sends by itself: found by their tags, switched on and off at their output."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from botocore.exceptions import ClientError

from catalog import names
from lunora.ops.flows import FlowOutput, flow
from lunora.ops.running import Refused, Wanted
from lunora.stack import Stack
from provider.aws import Aws
from provider.resource import ResourceError

_REACHED = {"running": "ENABLED", "stopped": "DISABLED"}


@dataclass(frozen=True, slots=True)
class Sending:
    """An output that carries the stack's tags and stands beside no channel.

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


def sendings(stack: Stack) -> Iterator[Sending]:
    """Find them on all flows of *stack*.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    prefix = names.physical_name(stack.project, stack.name, "")
    for ref in stack.flows:
        aws = stack.aws(ref.region)
        found, beside = flow(aws.mediaconnect, ref), _outputs_of_channels(aws)
        for output in found.outputs:
            if not found.arn or not output.name.startswith(prefix) or output.name in beside:
                continue
            tags = aws.mediaconnect.list_tags_for_resource(ResourceArn=output.arn).get("Tags", {})
            if stack.tags.items() <= tags.items() and "Destination" in tags:
                yield Sending(tags["Destination"], ref.region, found.arn, output)


def _outputs_of_channels(aws: Aws) -> set[str]:
    """Return what the outputs of all channels are called, of those that lost their tags too."""
    pages = aws.medialive.get_paginator("list_channels").paginate()
    channels = [one["Name"] for page in pages for one in page["Channels"]]
    return {names.pipeline_name(name, pipeline) for name in channels for pipeline in range(2)}


def switch(stack: Stack, sending: Sending, wanted: Wanted) -> str:
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
        aws.call(update, what=f"{verb} {sending.destination}")
    except ClientError:
        raise Refused(f"the output of {sending.destination} is gone; run `pulumi up`") from None
    except ResourceError as error:
        raise Refused(str(error)) from None
    return status
