"""Read, start, stop and delete of a channel, from any state."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
from collections.abc import Callable, Collection
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog.channel_states import BROKEN, NOT_RUNNING, ON_AIR
from provider.aws import AwsClients
from provider.aws_errors import is_transient
from provider.channel_listing import list_channels
from provider.resource import ResourceError

# How often a channel is started before it counts as one that does not stay up.
_STARTS = 3


def describe(aws: AwsClients, channel_id: str) -> Any:
    """Return the channel as DescribeChannel shows it; None when it is gone."""
    try:
        channel = aws.call(
            lambda: aws.medialive.describe_channel(ChannelId=channel_id),
            action=f"describe channel {channel_id}",
        )
    except ClientError:
        return None
    return None if channel["State"] == "DELETED" else channel


def listed(aws: AwsClients) -> list[Any]:
    """Return the channels of the region as ListChannels shows them."""
    return aws.call(lambda: list_channels(aws.medialive), action="list channels")


def delete(aws: AwsClients, channel_id: str, *, name: str) -> None:
    """Delete a channel that does not run, and wait until it is gone.

    One that is gone is a success.

    Raises:
        ResourceError: when AWS refuses, or it is not gone in time.
    """
    try:
        aws.call(
            lambda: aws.medialive.delete_channel(ChannelId=channel_id),
            action=f"delete channel {name}",
        )
    except ClientError:
        return
    aws.wait(
        lambda: True if describe(aws, channel_id) is None else None,
        action=f"delete channel {name}",
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
    """Start the channel and wait until it runs; see `reconcile`."""
    return reconcile(aws, channel_id, lambda _: True)


def stop(aws: AwsClients, channel_id: str) -> str:
    """Stop the channel from any state and wait until it has; see `reconcile`."""
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
        runs: whether the channel, as described, has to run; evaluated at each poll,
            because the desired state can change.
        report: receives each state of the channel that is observed, once in a row.

    Raises:
        ResourceError: when it cannot be started, does not stay up, or the deadline has passed.
    """
    transition = _Transition(aws, channel_id)
    last_state = ""

    def poll() -> str | None:
        nonlocal last_state
        live = describe(aws, channel_id)
        if live is None:
            return "DELETED"
        step = transition.start if runs(live) else transition.stop
        state = str(live["State"])
        if report is not None and state != last_state:
            report(state)
        last_state = state
        return state if step(state) else None

    action = f"bring channel {channel_id} to its declared state"
    changed = has_left(aws, channel_id, lambda: last_state)
    return aws.wait(poll, action=action, changed=changed)


def has_left(aws: AwsClients, channel_id: str, state: Callable[[], str]) -> Callable[[], bool]:
    """Return a function that tells whether the channel is no longer in the state it was seen in.

    All waiting threads share one listing of the region's channels.
    """

    def changed() -> bool:
        states = aws.recent("channel states", functools.partial(_listed_states, aws))
        return states is not None and states.get(channel_id) != state()

    return changed


def _listed_states(aws: AwsClients) -> dict[str, str] | None:
    """Return the states of the region's channels by id; None where AWS does not list them now.

    However many channels are waited for, this is how often AWS is asked about all of them.
    """
    try:
        return {summary["Id"]: str(summary["State"]) for summary in list_channels(aws.medialive)}
    except (ClientError, BotoCoreError):
        return None


def request_start(aws: AwsClients, channel_id: str, *, action: str) -> None:
    """Request the start of the channel, as `AwsClients.call` does with *action*."""
    _ask(aws, channel_id, aws.medialive.start_channel, ON_AIR, action)


def request_stop(aws: AwsClients, channel_id: str, *, action: str) -> None:
    """Request the stop of the channel, as `AwsClients.call` does with *action*."""
    _ask(aws, channel_id, aws.medialive.stop_channel, NOT_RUNNING | {"STOPPING"}, action)


def _ask(
    aws: AwsClients,
    channel_id: str,
    operation: Callable[..., Any],
    expected: Collection[str],
    action: str,
) -> None:
    def send() -> None:
        try:
            operation(ChannelId=channel_id)
        except ClientError as error:
            # Where an answer is lost the SDK asks again, and is told that the channel is no
            # longer in the state for it; so it would be for as long as AWS is asked.
            if not is_transient(error) or _listed_state(aws, channel_id) not in expected:
                raise

    aws.call(send, action=action)


def _listed_state(aws: AwsClients, channel_id: str) -> str | None:
    """Return the state of the channel without DescribeChannel, which the functions may not call."""
    return (_listed_states(aws) or {}).get(channel_id)


class _Transition:
    """The transition of one channel to running or stopped; each step tells whether it ended."""

    def __init__(self, aws: AwsClients, channel_id: str) -> None:
        self._aws, self._id = aws, channel_id
        self._starts = 0
        self._stopped_from: set[str] = set()

    def start(self, actual: str) -> bool:
        self._stopped_from.clear()
        if actual in BROKEN:
            raise ResourceError(
                "LUN331",
                f"cannot start channel {self._id}: it is {actual}",
                remedy="run `pulumi up` again",
            )
        if actual == "IDLE":
            if self._starts == _STARTS:
                raise ResourceError(
                    "LUN331",
                    f"cannot start channel {self._id}: it stopped again after each of {_STARTS}"
                    " starts",
                    remedy="see its alerts",
                )
            self._starts += 1
            request_start(self._aws, self._id, action=f"start channel {self._id}")
        return actual == "RUNNING"

    def stop(self, actual: str) -> bool:
        # A channel that hangs in STARTING or RECOVERING is asked too; one that refuses while
        # it changes is asked again by the retries of the call.
        if actual in ON_AIR and actual not in self._stopped_from:
            self._stopped_from.add(actual)
            # One that is gone shows so at the next poll.
            with contextlib.suppress(ClientError):
                request_stop(self._aws, self._id, action=f"stop channel {self._id}")
        return actual in NOT_RUNNING
