"""Destinations as they start and stop: a channel, or a flow output without a channel."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.model import DestinationSpec
from lunora.ops.channels import Channel, stack_channels
from lunora.ops.flow_destination import FlowDestination, flow_destinations
from lunora.ops.selection import Selection, tags_of
from lunora.stack import Stack

Target = Channel | FlowDestination


def find_targets(
    stack: Stack, selection: Selection, specs: Sequence[DestinationSpec] | None = None
) -> list[Target]:
    """Return the destinations of *stack* that *selection* is about, each once.

    Args:
        stack: the stack.
        selection: the selection.
        specs: the declared destinations, whose tags are those of their files.

    Raises:
        UnknownDestinationError: when neither a channel nor a flow output has such a name.
        LunoraError: when the tags of the selection are those of none.
        ClientError, BotoCoreError: when AWS does not answer.
    """
    targets: dict[str, Target] = {channel.destination: channel for channel in stack_channels(stack)}
    if not selection.names or not targets.keys() >= set(selection.names):
        direct = {target.destination: target for target in flow_destinations(stack)}
        targets = {**direct, **targets}
    carried = tags_of(stack, specs, {name: target.tags for name, target in targets.items()})
    selected = selection.of({name: carried[name] for name in targets})
    return [targets[name] for name in selected]
