"""Removes what carries a stack's tags."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from lunora.ops.belongings import Belonging
from lunora.ops.channels import channels
from lunora.ops.flows import flow
from lunora.ops.running import bring
from lunora.stack import Stack
from provider.aws import Aws, is_not_found


def remove(stack: Stack, one: Belonging) -> None:
    """Remove *one*, which carries the tags of *stack*; a channel is stopped first.

    Raises:
        Refused: when its channel does not stop.
        ResourceError: when AWS refuses.
    """
    aws = stack.aws(one.region)
    if one.kind == "channel":
        _remove_channel(stack, aws, one)
        return
    medialive: Any = aws.medialive
    calls: dict[str, Callable[[], Any]] = {
        "input": lambda: medialive.delete_input(InputId=one.id),
        "input security group": lambda: medialive.delete_input_security_group(
            InputSecurityGroupId=one.id
        ),
        "parameter": lambda: aws.client("ssm").delete_parameter(Name=one.id),
        "flow output": lambda: _remove_output(stack, one),
    }
    _call(aws, calls[one.kind], one)
    if one.kind == "input":
        look = functools.partial(aws.medialive.describe_input, InputId=one.id)
        _until_gone(aws, one, look)


def _remove_channel(stack: Stack, aws: Aws, one: Belonging) -> None:
    there = {channel.id: channel for channel in channels(aws.medialive, stack.tags)}
    if one.id not in there:
        return
    for _ in bring(aws, there[one.id], "stopped"):
        pass
    _call(aws, functools.partial(aws.medialive.delete_channel, ChannelId=one.id), one)
    _until_gone(aws, one, functools.partial(aws.medialive.describe_channel, ChannelId=one.id))


def _until_gone(aws: Aws, one: Belonging, look: Callable[[], Any]) -> None:
    """Wait, because what *one* uses can go only when it is gone."""

    def gone() -> bool | None:
        try:
            state = aws.call(look, what=f"look at {one.kind} {one.name}")["State"]
        except ClientError:
            return True
        return True if state == "DELETED" else None

    aws.wait(gone, what=f"{one.kind} {one.name} was not deleted")


def _remove_output(stack: Stack, one: Belonging) -> None:
    for ref in stack.flows:
        mediaconnect = stack.aws(ref.region).mediaconnect
        found = flow(mediaconnect, ref)
        if found.arn and any(output.arn == one.id for output in found.outputs):
            mediaconnect.remove_flow_output(FlowArn=found.arn, OutputArn=one.id)


def _call(aws: Aws, operation: Callable[[], Any], one: Belonging) -> None:
    try:
        aws.call(operation, what=f"remove {one.kind} {one.name}")
    except ClientError as error:
        if not is_not_found(error):
            raise
