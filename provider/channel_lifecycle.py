"""Looking at a channel, starting it, and stopping it from any state."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
from collections.abc import Callable, Collection
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from provider.aws import AwsClients, is_transient
from provider.resource import ResourceError

RUNNING = frozenset({"RUNNING", "STARTING", "RECOVERING"})
"""States of a channel that runs, or soon will."""

LEAVING = frozenset({"DELETING", "DELETED"})
"""States of a resource that is being deleted, or is."""

NOT_RUNNING = LEAVING | {"IDLE", "CREATE_FAILED", "UPDATE_FAILED"}
"""States of a channel that is as stopped as it will ever be."""

BROKEN = NOT_RUNNING - {"IDLE"}
"""States of a channel that cannot be started."""

# How often a channel is started before it counts as one that does not stay up.
_STARTS = 3

# The most that ListChannels takes.
_LARGEST_PAGE = 1000


def describe(aws: AwsClients, channel_id: str) -> Any:
    """Return the channel as DescribeChannel shows it; None when it is gone."""
    try:
        found = aws.call(
            lambda: aws.medialive.describe_channel(ChannelId=channel_id),
            what=f"describe channel {channel_id}",
        )
    except ClientError:
        return None
    return None if found["State"] == "DELETED" else found


def listed(aws: AwsClients) -> list[Any]:
    """Return the channels of the region as ListChannels shows them."""

    def listing() -> list[Any]:
        pages = aws.medialive.get_paginator("list_channels").paginate()
        return [summary for page in pages for summary in page["Channels"]]

    return aws.call(listing, what="list channels")


def delete(aws: AwsClients, channel_id: str, *, name: str) -> None:
    """Delete a channel that does not run, and wait until it is gone.

    One that is gone is a success.

    Raises:
        ResourceError: when AWS refuses, or it is not gone in time.
    """
    try:
        aws.call(
            lambda: aws.medialive.delete_channel(ChannelId=channel_id),
            what=f"delete channel {name}",
        )
    except ClientError:
        return
    aws.wait(
        lambda: True if describe(aws, channel_id) is None else None,
        what=f"channel {name} was not deleted",
    )


def moment(described: Any) -> dt.datetime:
    """Return when AWS described the channel, by AWS's own clock.

    Schedules come due on that clock, not on the one of the machine that runs this. The answer's
    header Date has it, to the second (RFC 9110, 6.6.1).
    """
    try:
        date = described["ResponseMetadata"]["HTTPHeaders"]["date"]
        return parsedate_to_datetime(date).astimezone(dt.UTC)
    except (KeyError, ValueError):
        return dt.datetime.now(dt.UTC)


def start(aws: AwsClients, channel_id: str) -> str:
    """Start the channel and wait until it runs; see `bring`."""
    return reconcile(aws, channel_id, lambda _: True)


def stop(aws: AwsClients, channel_id: str) -> str:
    """Stop the channel from any state and wait until it has; see `bring`."""
    return reconcile(aws, channel_id, lambda _: False)


def resumes(aws: AwsClients, channel_id: str) -> bool:
    """Start a channel that was stopped for a change that failed; tell whether it runs."""
    try:
        return start(aws, channel_id) == "RUNNING"
    except ResourceError:
        return False


def reconcile(
    aws: AwsClients,
    channel_id: str,
    runs: Callable[[Any], bool],
    *,
    report: Callable[[str], None] | None = None,
) -> str:
    """Start or stop the channel and wait until it has; returns the state it ends in.

    Args:
        aws: the connection.
        channel_id: a channel that is gone ends as DELETED.
        runs: whether the channel, as described, has to run; asked at every look, for the answer
            may become another one meanwhile.
        report: receives each state of the channel that is observed, once in a row.

    Raises:
        ResourceError: when it cannot be started, does not stay up, or the deadline has passed.
    """
    way = _Way(aws, channel_id)
    seen = ""

    def look() -> str | None:
        nonlocal seen
        found = describe(aws, channel_id)
        if found is None:
            return "DELETED"
        step = way.up if runs(found) else way.down
        state = str(found["State"])
        if report is not None and state != seen:
            report(state)
        seen = state
        return seen if step(seen) else None

    def has_changed() -> bool:
        states = aws.recent("channel states", functools.partial(_listed_states, aws))
        return states is not None and states.get(channel_id) != seen

    what = f"channel {channel_id} did not reach the state it is declared in"
    return aws.wait(look, what=what, news=has_changed)


def _listed_states(aws: AwsClients) -> dict[str, str] | None:
    """Return the states of the region's channels by id; None where AWS does not list them now.

    However many channels are waited for, this is how often AWS is asked about all of them.
    """
    listing = aws.medialive.get_paginator("list_channels")
    pages = listing.paginate(PaginationConfig={"PageSize": _LARGEST_PAGE})
    try:
        return {found["Id"]: str(found["State"]) for page in pages for found in page["Channels"]}
    except (ClientError, BotoCoreError):
        return None


def ask_to_start(aws: AwsClients, channel_id: str, *, what: str) -> None:
    """Ask until the channel is started, as `Aws.call` does with *what*."""
    _ask(aws, channel_id, aws.medialive.start_channel, RUNNING, what)


def ask_to_stop(aws: AwsClients, channel_id: str, *, what: str) -> None:
    """Ask until the channel is stopped, likewise."""
    _ask(aws, channel_id, aws.medialive.stop_channel, NOT_RUNNING | {"STOPPING"}, what)


def _ask(
    aws: AwsClients,
    channel_id: str,
    operation: Callable[..., Any],
    asked: Collection[str],
    what: str,
) -> None:
    def ask() -> None:
        try:
            operation(ChannelId=channel_id)
        except ClientError as error:
            # Where an answer is lost the SDK asks again, and is told that the channel is no
            # longer in the state for it; so it would be for as long as AWS is asked.
            if not is_transient(error) or _state(aws, channel_id) not in asked:
                raise

    aws.call(ask, what=what)


def _state(aws: AwsClients, channel_id: str) -> str:
    return str(aws.medialive.describe_channel(ChannelId=channel_id)["State"])


class _Way:
    """One channel on its way to run or to stand still; each step tells whether it is there."""

    def __init__(self, aws: AwsClients, channel_id: str) -> None:
        self._aws, self._id = aws, channel_id
        self._starts = 0
        self._stopped_from: set[str] = set()

    def up(self, actual: str) -> bool:
        self._stopped_from.clear()
        if actual in BROKEN:
            raise ResourceError(f"channel {self._id} is {actual} and cannot be started")
        if actual == "IDLE":
            if self._starts == _STARTS:
                raise ResourceError(
                    f"channel {self._id} stopped again after each of {_STARTS} starts; look at"
                    " its alerts"
                )
            self._starts += 1
            ask_to_start(self._aws, self._id, what=f"start channel {self._id}")
        return actual == "RUNNING"

    def down(self, actual: str) -> bool:
        # A channel that hangs in STARTING or RECOVERING is asked too; one that refuses while
        # it changes is asked again by the retries of the call.
        if actual in RUNNING and actual not in self._stopped_from:
            self._stopped_from.add(actual)
            # One that is gone shows so at the next look.
            with contextlib.suppress(ClientError):
                ask_to_stop(self._aws, self._id, what=f"stop channel {self._id}")
        return actual in NOT_RUNNING
