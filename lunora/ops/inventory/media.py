"""What a stack streams with: channels, flow outputs, inputs, security groups and secrets."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from catalog import names
from lunora.ops.channel_control import wait_for_state
from lunora.ops.channels import channels
from lunora.ops.flows import flow
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.stack import Stack
from provider.aws import AwsClients
from provider.ownership import in_same_stack
from provider.tagging import as_map


def find_channels(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the channels of the stack."""
    for one in channels(stack.aws(region).medialive, stack.tags):
        yield ManagedResource("channel", one.id, one.name, region, one.destination, one.state)


def find_outputs(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the outputs of the stack on its flows."""
    mediaconnect = stack.aws(region).mediaconnect
    for ref in stack.flows:
        if ref.region != region:
            continue
        for output in flow(mediaconnect, ref).outputs:
            if not output.name.startswith(f"{stack.project}-{stack.name}-"):
                continue
            tags = mediaconnect.list_tags_for_resource(ResourceArn=output.arn).get("Tags", {})
            if in_same_stack(tags, stack.tags):
                name = tags.get("Destination")
                yield ManagedResource(
                    "flow output", output.arn, output.name, region, name, output.status
                )


def find_inputs(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the inputs of the stack."""
    for page in stack.aws(region).medialive.get_paginator("list_inputs").paginate():
        for one in page["Inputs"]:
            tags = one.get("Tags", {})
            if in_same_stack(tags, stack.tags):
                name, state = tags.get("Destination"), one.get("State", "")
                yield ManagedResource("input", one["Id"], one["Name"], region, name, state)


def find_groups(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the input security groups of the stack; the inputs that they let in use them."""
    pages = stack.aws(region).medialive.get_paginator("list_input_security_groups").paginate()
    for one in (one for page in pages for one in page["InputSecurityGroups"]):
        if in_same_stack(one.get("Tags", {}), stack.tags):
            state, used_by = one.get("State", ""), tuple(one.get("Inputs", []))
            group_id = one["Id"]
            yield ManagedResource(
                "input security group", group_id, group_id, region, None, state, used_by
            )


def find_parameters(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the parameters of the stack, never their values."""
    ssm = stack.aws(region).client("ssm")
    filters = [{"Key": f"tag:{key}", "Values": [value]} for key, value in stack.tags.items()]
    for page in ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters):
        for one in page["Parameters"]:
            listed = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=one["Name"])
            name = as_map(listed["TagList"]).get("Destination")
            yield ManagedResource("parameter", one["Name"], one["Name"], region, name)


def find_secrets(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Find the passphrases of the stack, never their values; outputs use them."""
    manager = stack.aws(region).client("secretsmanager")
    prefix = names.physical_name(stack.project, stack.name, "")
    users = [
        (output.secret_arn, output.arn)
        for ref in stack.flows
        if ref.region == region
        for output in flow(stack.aws(region).mediaconnect, ref).outputs
    ]
    filters = [{"Key": "name", "Values": [prefix]}]
    for page in manager.get_paginator("list_secrets").paginate(Filters=filters):
        for one in page["SecretList"]:
            tags = as_map(one.get("Tags", []))
            if in_same_stack(tags, stack.tags):
                used_by = tuple(user for arn, user in users if arn == one["ARN"])
                of = tags.get("Destination")
                yield ManagedResource("secret", one["ARN"], one["Name"], region, of, "", used_by)


def remove_channel(stack: Stack, one: ManagedResource) -> None:
    """Stop the channel and delete it, and wait: what it uses can go only when it is gone."""
    aws = stack.aws(one.region)
    there = {channel.id: channel for channel in channels(aws.medialive, stack.tags)}
    if one.id not in there:
        return
    for _ in wait_for_state(aws, there[one.id], "stopped"):
        pass
    aws.medialive.delete_channel(ChannelId=one.id)
    _until_gone(aws, one, functools.partial(aws.medialive.describe_channel, ChannelId=one.id))


def remove_output(stack: Stack, one: ManagedResource) -> None:
    """Take the output off its flow."""
    for ref in stack.flows:
        mediaconnect = stack.aws(ref.region).mediaconnect
        found = flow(mediaconnect, ref)
        if found.arn and any(output.arn == one.id for output in found.outputs):
            mediaconnect.remove_flow_output(FlowArn=found.arn, OutputArn=one.id)


def remove_input(stack: Stack, one: ManagedResource) -> None:
    """Delete the input, and wait: its security group can go only when it is gone."""
    aws = stack.aws(one.region)
    aws.medialive.delete_input(InputId=one.id)
    _until_gone(aws, one, functools.partial(aws.medialive.describe_input, InputId=one.id))


def remove_group(stack: Stack, one: ManagedResource) -> None:
    """Delete the input security group."""
    stack.aws(one.region).medialive.delete_input_security_group(InputSecurityGroupId=one.id)


def remove_parameter(stack: Stack, one: ManagedResource) -> None:
    """Delete the parameter."""
    stack.aws(one.region).client("ssm").delete_parameter(Name=one.id)


def remove_secret(stack: Stack, one: ManagedResource) -> None:
    """Delete the secret at once, so that its name is free."""
    manager = stack.aws(one.region).client("secretsmanager")
    manager.delete_secret(SecretId=one.id, ForceDeleteWithoutRecovery=True)


def _until_gone(aws: AwsClients, one: ManagedResource, look: Callable[[], Any]) -> None:
    def gone() -> bool | None:
        try:
            state = aws.call(look, action=f"describe {one.kind} {one.name}")["State"]
        except ClientError:
            return True
        return True if state == "DELETED" else None

    aws.wait(gone, action=f"delete {one.kind} {one.name}")
