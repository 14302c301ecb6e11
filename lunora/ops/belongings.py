"""Everything in AWS that carries a stack's tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lunora.ops.channels import channels
from lunora.ops.flows import flow
from lunora.stack import Stack

# In the order in which they can go: each lets the next one go.
Kind = Literal["channel", "flow output", "input", "input security group", "parameter"]

_LEAVING = frozenset({"DELETING", "DELETED"})


@dataclass(frozen=True, slots=True)
class Belonging:
    """One thing that carries the stack's tags.

    Attributes:
        kind: what it is.
        id: by which AWS knows it: an id, an ARN or a name.
        name: its name, or its id where it has none.
        region: where it is.
        destination: tag Destination; None on what destinations share.
        state: AWS's word, where it has one.
        used_by: ids of the inputs that an input security group lets in.
    """

    kind: Kind
    id: str
    name: str
    region: str
    destination: str | None
    state: str = ""
    used_by: tuple[str, ...] = ()


def belongings(stack: Stack) -> tuple[Belonging, ...]:
    """Find everything that carries the tags of *stack*, in the order in which it can go.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    kinds = (_channels, _outputs, _inputs, _groups, _parameters)
    return tuple(
        one
        for kind in kinds
        for region in stack.regions
        for one in kind(stack, region)
        if one.state not in _LEAVING
    )


def _channels(stack: Stack, region: str) -> Iterator[Belonging]:
    for one in channels(stack.aws(region).medialive, stack.tags):
        yield Belonging("channel", one.id, one.name, region, one.destination, one.state)


def _outputs(stack: Stack, region: str) -> Iterator[Belonging]:
    mediaconnect = stack.aws(region).mediaconnect
    for ref in stack.flows:
        if ref.region != region:
            continue
        for output in flow(mediaconnect, ref).outputs:
            if not output.name.startswith(f"{stack.project}-{stack.name}-"):
                continue
            tags = mediaconnect.list_tags_for_resource(ResourceArn=output.arn).get("Tags", {})
            if stack.tags.items() <= tags.items():
                name = tags.get("Destination")
                yield Belonging("flow output", output.arn, output.name, region, name, output.status)


def _inputs(stack: Stack, region: str) -> Iterator[Belonging]:
    for page in stack.aws(region).medialive.get_paginator("list_inputs").paginate():
        for one in page["Inputs"]:
            tags = one.get("Tags", {})
            if stack.tags.items() <= tags.items():
                name, state = tags.get("Destination"), one.get("State", "")
                yield Belonging("input", one["Id"], one["Name"], region, name, state)


def _groups(stack: Stack, region: str) -> Iterator[Belonging]:
    pages = stack.aws(region).medialive.get_paginator("list_input_security_groups").paginate()
    for one in (one for page in pages for one in page["InputSecurityGroups"]):
        if stack.tags.items() <= one.get("Tags", {}).items():
            state, used_by = one.get("State", ""), tuple(one.get("Inputs", []))
            group_id = one["Id"]
            yield Belonging(
                "input security group", group_id, group_id, region, None, state, used_by
            )


def _parameters(stack: Stack, region: str) -> Iterator[Belonging]:
    ssm = stack.aws(region).client("ssm")
    filters = [{"Key": f"tag:{key}", "Values": [value]} for key, value in stack.tags.items()]
    for page in ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters):
        for one in page["Parameters"]:
            listed = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=one["Name"])
            tags = {tag["Key"]: tag["Value"] for tag in listed["TagList"]}
            yield Belonging("parameter", one["Name"], one["Name"], region, tags.get("Destination"))
