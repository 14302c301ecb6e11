"""Pictures of the destinations that a change touches, as files beside its plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from catalog.model import DestinationSpec
from lunora.ops.channels import stack_channels
from lunora.ops.flows import flow
from lunora.ops.thumbnails import Picture, pictures
from lunora.plan.changes import Changes
from lunora.stack import Stack

_MOST, _MOST_BYTES = 20, 500_000


def write(
    stack: Stack, changes: Changes, specs: Iterable[DestinationSpec], folder: Path
) -> tuple[str, ...]:
    """Write pictures of what goes into the destinations of *changes*; return the files' names.

    There are at most 20, of at most 500 kB each. A new destination has none, and a stream that does
    not run either. Where AWS does not answer there are none: a plan does not depend on them.

    Raises:
        OSError: when one cannot be written.
    """
    touched = {change.name for change in changes.destinations if change.kind != "created"}
    shown = [
        picture
        for picture in _pictures(stack, touched, specs)
        if 0 < len(picture.jpeg) <= _MOST_BYTES
    ][:_MOST]
    for picture in shown:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / picture.file_name).write_bytes(picture.jpeg)
    return tuple(picture.file_name for picture in shown)


def _pictures(
    stack: Stack, touched: Collection[str], specs: Iterable[DestinationSpec]
) -> tuple[Picture, ...]:
    if not touched:
        return ()
    direct = [spec for spec in specs if spec.name in touched and spec.route == "flow"]
    try:
        channels = [each for each in stack_channels(stack) if each.destination in touched]
        arns = dict(_flow_arns(stack, {key for spec in direct for key in spec.flows}))
        return pictures(stack, channels, arns)
    except (ClientError, BotoCoreError):
        return ()


def _flow_arns(stack: Stack, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    for ref in stack.flows:
        if ref.key in keys and (arn := flow(stack.aws(ref.region).mediaconnect, ref).arn):
            yield ref.key, arn
