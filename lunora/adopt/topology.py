"""Following the wires of a former system: flow output -> push input -> channel.

An output belongs to the input whose endpoint it sends to, and a channel to the inputs attached to
it. Names only choose among channels, and name the destination.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog import channel_states
from lunora.adopt.naming import Naming
from lunora.ops.flows import Flow, FlowOutput, flow
from lunora.stack import Stack
from provider.channel_listing import list_channels
from provider.ownership import is_managed


@dataclass(frozen=True, slots=True)
class Feed:
    """What sends to one endpoint of an input.

    Attributes:
        flow: key of the flow.
        output: its output.
    """

    flow: str
    output: FlowOutput


@dataclass(frozen=True, slots=True)
class DiscoveredStream:
    """A channel and what leads to it.

    Attributes:
        name: what the destination will be called.
        channel: as DescribeChannel shows it, with its stream key in clear.
        inputs: what is attached to it, as ListInputs shows it.
        feeds: what sends to the endpoints of its first input, by the number of the endpoint.
    """

    name: str
    channel: Mapping[str, Any] = field(repr=False)
    inputs: tuple[Mapping[str, Any], ...]
    feeds: Mapping[int, tuple[Feed, ...]]


def discovered_streams(
    stack: Stack, naming: Naming, known: Iterable[str]
) -> list[DiscoveredStream]:
    """Return what the region's channels that *naming* chooses hang on, by their names.

    Args:
        stack: whose region and flows are looked at.
        naming: which channels.
        known: ids of channels that are adopted already; left out, as is what carries our tags.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    medialive, known = stack.aws().medialive, frozenset(known)
    flows = [
        flow(stack.aws(ref.region).mediaconnect, ref)
        for ref in stack.flows
        if ref.region == stack.region
    ]
    pages = medialive.get_paginator("list_inputs").paginate()
    inputs = {one["Id"]: one for page in pages for one in page["Inputs"]}
    listed = [
        one
        for one in list_channels(medialive)
        if one["Id"] not in known
        and one["State"] not in channel_states.DELETED
        and not is_managed(one.get("Tags", {}))
    ]
    found = []
    for one in sorted(listed, key=lambda entry: entry["Name"]):
        name = naming.destination(one["Name"])
        if name is not None:
            described = medialive.describe_channel(ChannelId=one["Id"])
            found.append(_chain(name, described, inputs, flows))
    return found


def _chain(
    name: str,
    channel: Mapping[str, Any],
    inputs: Mapping[str, Mapping[str, Any]],
    flows: Sequence[Flow],
) -> DiscoveredStream:
    attached = tuple(
        inputs[one["InputId"]]
        for one in channel.get("InputAttachments", [])
        if one["InputId"] in inputs
    )
    ends = [
        f"{end['Ip']}:{end['Port']}"
        for end in (attached[0].get("Destinations", []) if attached else [])
        if "Ip" in end
    ]
    feeds = {number: tuple(_feeds(flows, end)) for number, end in enumerate(ends)}
    return DiscoveredStream(
        name, channel, attached, {key: value for key, value in feeds.items() if value}
    )


def _feeds(flows: Sequence[Flow], end: str) -> Iterable[Feed]:
    for one in flows:
        for output in one.outputs:
            if output.destination == end:
                yield Feed(one.key, output)
