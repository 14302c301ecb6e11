"""Streams of a former system: flow output -> push input -> channel.

A flow output feeds the input whose endpoint it sends to; an input feeds the channel that it is
attached to. Names only select channels, and name the destination.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """Flow output that sends to one endpoint of an input.

    Attributes:
        flow: key of the flow.
        output: its output.
    """

    flow: str
    output: FlowOutput


@dataclass(frozen=True, slots=True)
class DiscoveredStream:
    """A channel with its inputs and the flow outputs that feed them.

    Attributes:
        name: the destination's name.
        channel: as DescribeChannel shows it, with its stream key in clear.
        inputs: its inputs, as ListInputs shows them.
        feeds: flow outputs that send to its first input, by the number of the endpoint.
    """

    name: str
    channel: Mapping[str, Any] = field(repr=False)
    inputs: tuple[Mapping[str, Any], ...]
    feeds: Mapping[int, tuple[Feed, ...]]


def discovered_streams(
    stack: Stack, naming: Naming, adopted: Iterable[str]
) -> list[DiscoveredStream]:
    """Return the streams of channels whose names match, region by region, by their names.

    Args:
        stack: the stack, for its regions and flows.
        naming: the pattern of the channels' names.
        adopted: ids of adopted channels; these are left out, as are channels with our tags.

    Raises:
        ClientError, BotoCoreError: when a request fails.
    """
    ids = frozenset(adopted)
    return [stream for region in stack.regions for stream in _streams(stack, region, naming, ids)]


def _streams(
    stack: Stack, region: str, naming: Naming, adopted: frozenset[str]
) -> Iterator[DiscoveredStream]:
    medialive, mediaconnect = stack.aws(region).medialive, stack.aws(region).mediaconnect
    flows = [flow(mediaconnect, ref) for ref in stack.flows if ref.region == region]
    pages = medialive.get_paginator("list_inputs").paginate()
    inputs = {item["Id"]: item for page in pages for item in page["Inputs"]}
    channels = [
        channel
        for channel in list_channels(medialive)
        if channel["Id"] not in adopted
        and channel["State"] not in channel_states.DELETED
        and not is_managed(channel.get("Tags", {}))
    ]
    # CreateChannel takes a channel without a name, which no pattern chooses.
    for channel in sorted(channels, key=lambda entry: entry.get("Name", "")):
        name = naming.destination(channel.get("Name", ""))
        if name is not None:
            described = medialive.describe_channel(ChannelId=channel["Id"])
            yield _stream(name, described, inputs, flows)


def _stream(
    name: str,
    channel: Mapping[str, Any],
    inputs: Mapping[str, Mapping[str, Any]],
    flows: Sequence[Flow],
) -> DiscoveredStream:
    attached = tuple(
        inputs[attachment["InputId"]]
        for attachment in channel.get("InputAttachments", [])
        if attachment["InputId"] in inputs
    )
    endpoints = [
        f"{endpoint['Ip']}:{endpoint['Port']}"
        for endpoint in (attached[0].get("Destinations", []) if attached else [])
        if "Ip" in endpoint
    ]
    feeds = {number: tuple(_feeds(flows, endpoint)) for number, endpoint in enumerate(endpoints)}
    return DiscoveredStream(
        name, channel, attached, {key: value for key, value in feeds.items() if value}
    )


def _feeds(flows: Sequence[Flow], endpoint: str) -> Iterable[Feed]:
    for source in flows:
        for output in source.outputs:
            if output.destination == endpoint:
                yield Feed(source.key, output)
