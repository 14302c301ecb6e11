"""Looking at a channel, starting it, and stopping it from any state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from provider.aws import Aws
from provider.resource import ResourceError

RUNNING = frozenset({"RUNNING", "STARTING", "RECOVERING"})
"""States of a channel that runs, or soon will."""

NOT_RUNNING = frozenset({"IDLE", "CREATE_FAILED", "UPDATE_FAILED", "DELETING", "DELETED"})
"""States of a channel that is as stopped as it will ever be."""

BROKEN = NOT_RUNNING - {"IDLE"}
"""States of a channel that cannot be started."""

# How often a channel is started before it counts as one that does not stay up.
_STARTS = 3


def describe(aws: Aws, channel_id: str) -> Any:
    """Return the channel as DescribeChannel shows it; None when it is gone."""
    try:
        found = aws.call(
            lambda: aws.medialive.describe_channel(ChannelId=channel_id),
            what=f"describe channel {channel_id}",
        )
    except ClientError:
        return None
    return None if found["State"] == "DELETED" else found


def start(aws: Aws, channel_id: str) -> str:
    """Start the channel and wait until it runs; returns DELETED for one that is gone.

    Raises:
        ResourceError: when it cannot be started, does not stay up, or the deadline has passed.
    """
    starts = 0

    def step(actual: str) -> bool:
        nonlocal starts
        if actual in {"RUNNING", "DELETED"}:
            return True
        if actual in BROKEN:
            raise ResourceError(f"channel {channel_id} is {actual} and cannot be started")
        if actual == "IDLE":
            if starts == _STARTS:
                raise ResourceError(
                    f"channel {channel_id} stopped again after each of {_STARTS} starts; look at"
                    " its alerts"
                )
            starts += 1
            aws.call(
                lambda: aws.medialive.start_channel(ChannelId=channel_id),
                what=f"start channel {channel_id}",
            )
        return False

    return _until(aws, channel_id, step)


def stop(aws: Aws, channel_id: str) -> str:
    """Stop the channel from any state and wait until it has; returns the state it ends in.

    Raises:
        ResourceError: when the deadline has passed.
    """
    asked: set[str] = set()

    def step(actual: str) -> bool:
        if actual in NOT_RUNNING:
            return True
        # A channel that hangs in STARTING or RECOVERING is asked too; one that refuses while
        # it changes is asked again by the retries of the call.
        if actual in RUNNING and actual not in asked:
            asked.add(actual)
            try:
                aws.call(
                    lambda: aws.medialive.stop_channel(ChannelId=channel_id),
                    what=f"stop channel {channel_id}",
                )
            except ClientError:
                return True
        return False

    return _until(aws, channel_id, step)


def _until(aws: Aws, channel_id: str, step: Callable[[str], bool]) -> str:
    def look() -> str | None:
        found = describe(aws, channel_id)
        actual = "DELETED" if found is None else str(found["State"])
        return actual if step(actual) else None

    return aws.wait(look, what=f"channel {channel_id} did not reach the state it is declared in")
