"""What the AWS provider keeps as a set although its order means something to MediaLive.

The first setting of a destination is pipeline 0's, the second pipeline 1's; the first input
attachment is the one a channel starts with (MediaLive API reference, OutputDestination and
Channel). The AWS provider sends both by their hashes, in which the stream key takes part, and
takes any order that it reads for the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def put_right(
    channel: Mapping[str, Any], *, ingests: Sequence[str], attachments: Sequence[str]
) -> dict[str, Any]:
    """Return the members of an UpdateChannel that bring *channel* in order; none where it is.

    Args:
        channel: as DescribeChannel shows it.
        ingests: URLs in the order of the pipelines.
        attachments: names of the input attachments, what it starts with first.
    """
    destinations = [
        {**one, "Settings": _in_order(one.get("Settings", []), "Url", ingests)}
        for one in channel.get("Destinations", [])
    ]
    inputs = _in_order(channel.get("InputAttachments", []), "InputAttachmentName", attachments)
    wrong: dict[str, Any] = {}
    if destinations != channel.get("Destinations", []):
        wrong["Destinations"] = destinations
    if inputs != channel.get("InputAttachments", []):
        wrong["InputAttachments"] = inputs
    if wrong and channel.get("RoleArn"):
        # botocore says of UpdateChannel that a role which is not given again is removed.
        wrong["RoleArn"] = channel["RoleArn"]
    return wrong


def _in_order(items: Sequence[Any], member: str, wanted: Sequence[str]) -> list[Any]:
    # What is not expected goes last: it is for the AWS provider to change.
    places = {value: place for place, value in enumerate(wanted)}
    return sorted(items, key=lambda item: places.get(item.get(member, ""), len(places)))
