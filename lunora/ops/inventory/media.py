"""Media resources of a stack: channels, flow outputs, inputs, security groups and secrets."""

from __future__ import annotations

from collections.abc import Iterator

from lunora.ops.channel_control import control_channel
from lunora.ops.channels import channels
from lunora.ops.flows import flow
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.stack import Stack
from provider import channel_lifecycle
from provider.flow_output import FlowOutput
from provider.input_security_group import InputSecurityGroup
from provider.ownership import in_same_stack
from provider.push_input import PushInput
from provider.tagging import as_map


def find_channels(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the channels of the stack."""
    for channel in channels(stack.aws(region).medialive, stack.tags):
        yield ManagedResource(
            "channel", channel.id, channel.name, region, channel.destination, channel.state
        )


def find_outputs(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the outputs of the stack on its flows."""
    mediaconnect = stack.aws(region).mediaconnect
    for ref in stack.flows:
        if ref.region != region:
            continue
        for output in flow(mediaconnect, ref).outputs:
            if not output.name.startswith(stack.physical_name("")):
                continue
            tags = mediaconnect.list_tags_for_resource(ResourceArn=output.arn).get("Tags", {})
            if in_same_stack(tags, stack.tags):
                name = tags.get("Destination")
                yield ManagedResource(
                    "flow output", output.arn, output.name, region, name, output.status
                )


def find_inputs(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the inputs of the stack."""
    for page in stack.aws(region).medialive.get_paginator("list_inputs").paginate():
        for summary in page["Inputs"]:
            tags = summary.get("Tags", {})
            if in_same_stack(tags, stack.tags):
                name, state = tags.get("Destination"), summary.get("State", "")
                title = summary.get("Name", summary["Id"])
                yield ManagedResource("input", summary["Id"], title, region, name, state)


def find_groups(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the input security groups of the stack; inputs, and channels with callers, use them."""
    pages = stack.aws(region).medialive.get_paginator("list_input_security_groups").paginate()
    for group in (group for page in pages for group in page["InputSecurityGroups"]):
        tags = group.get("Tags", {})
        if in_same_stack(tags, stack.tags):
            group_id, state = group["Id"], group.get("State", "")
            used_by = (*group.get("Inputs", []), *group.get("Channels", []))
            destination = tags.get("Destination")
            yield ManagedResource(
                "input security group", group_id, group_id, region, destination, state, used_by
            )


def find_parameters(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the parameters of the stack, never their values."""
    ssm = stack.aws(region).client("ssm")
    filters = [{"Key": f"tag:{key}", "Values": [value]} for key, value in stack.tags.items()]
    for page in ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters):
        for parameter in page["Parameters"]:
            name = parameter["Name"]
            listed = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
            destination = as_map(listed["TagList"]).get("Destination")
            yield ManagedResource("parameter", name, name, region, destination)


def parameter_names(stack: Stack, region: str) -> Iterator[str]:
    """Yield the names of the parameters that hold stream keys, whatever their tags."""
    prefix = f"/{stack.project}/{stack.name}/destinations/"
    filters = [{"Key": "Name", "Option": "BeginsWith", "Values": [prefix]}]
    pages = stack.aws(region).client("ssm").get_paginator("describe_parameters")
    for page in pages.paginate(ParameterFilters=filters):
        yield from (parameter["Name"] for parameter in page["Parameters"])


def find_secrets(stack: Stack, region: str) -> Iterator[ManagedResource]:
    """Yield the secrets of the stack, never their values; outputs use passphrases."""
    manager = stack.aws(region).client("secretsmanager")
    prefix = stack.physical_name("")
    users = [
        (output.secret_arn, output.arn)
        for ref in stack.flows
        if ref.region == region
        for output in flow(stack.aws(region).mediaconnect, ref).outputs
    ]
    filters = [{"Key": "name", "Values": [prefix]}]
    for page in manager.get_paginator("list_secrets").paginate(Filters=filters):
        for secret in page["SecretList"]:
            tags = as_map(secret.get("Tags", []))
            if in_same_stack(tags, stack.tags):
                arn, destination = secret["ARN"], tags.get("Destination")
                used_by = tuple(user for secret_arn, user in users if secret_arn == arn)
                yield ManagedResource(
                    "secret", arn, secret["Name"], region, destination, "", used_by
                )


def remove_channel(stack: Stack, resource: ManagedResource) -> None:
    """Stop the channel and delete it, and wait: its input can be deleted only afterwards."""
    aws = stack.aws(resource.region)
    by_id = {channel.id: channel for channel in channels(aws.medialive, stack.tags)}
    if channel := by_id.get(resource.id):
        control_channel(aws, channel, "stopped", lambda _: None)
        channel_lifecycle.delete(aws, channel.id, name=channel.name)


def remove_output(stack: Stack, resource: ManagedResource) -> None:
    """Remove the output from its flow."""
    aws = stack.aws(resource.region)
    for ref in stack.flows:
        described = flow(aws.mediaconnect, ref) if ref.region == resource.region else None
        if described and any(output.arn == resource.id for output in described.outputs):
            state = {"flowArn": described.arn, "name": resource.name}
            FlowOutput(aws).delete(resource.id, state)


def remove_input(stack: Stack, resource: ManagedResource) -> None:
    """Delete the input, and wait: its security group can be deleted only afterwards."""
    PushInput(stack.aws(resource.region)).delete(resource.id, {"name": resource.name})


def remove_group(stack: Stack, resource: ManagedResource) -> None:
    """Delete the input security group."""
    InputSecurityGroup(stack.aws(resource.region)).delete(resource.id, {})
