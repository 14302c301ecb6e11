"""Starting and stopping one channel without touching another."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from typing import Literal

from catalog.channel_states import BROKEN, ON_AIR
from lunora.ops.channels import Channel
from provider.aws import DEADLINE_SECONDS, AwsClients
from provider.channel_lifecycle import request_start, request_stop
from provider.resource import ResourceError

TargetState = Literal["running", "stopped"]

_REACHED = {"running": "RUNNING", "stopped": "IDLE"}
PAUSE_SECONDS = 2.0


class ControlError(Exception):
    """The channel cannot be brought there; the text is one sentence for a person."""


def request_state(aws: AwsClients, channel: Channel, wanted: TargetState, state: str) -> bool:
    """Ask MediaLive to start or stop *channel*, which is in *state*, if that takes asking.

    Returns:
        Whether it was asked; False while the channel changes or where it is there already.

    Raises:
        ResourceError: when AWS refuses.
    """
    if wanted == "running" and state == "IDLE":
        request_start(aws, channel.id, action=f"start {channel.destination}")
        return True
    if wanted == "stopped" and state in ON_AIR:
        request_stop(aws, channel.id, action=f"stop {channel.destination}")
        return True
    return False


def wait_for_state(
    aws: AwsClients,
    channel: Channel,
    wanted: TargetState,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[str]:
    """Yield the states of *channel* on its way to *wanted*, each once, the last the one reached.

    Raises:
        Refused: when it cannot get there, or does not within 15 minutes.
    """
    until, shown, asked = clock() + DEADLINE_SECONDS, "", False
    try:
        while (state := _state(aws, channel)) != _REACHED[wanted]:
            if state in BROKEN:
                raise ControlError(f"channel {channel.id} is {state}; run `pulumi up`")
            if asked and wanted == "running" and state == "IDLE":
                raise ControlError("it stopped again as soon as it was started; look at its alerts")
            if clock() >= until:
                raise ControlError(f"it is still {state} after {DEADLINE_SECONDS / 60:.0f} minutes")
            if state != shown:
                yield state
                shown = state
            asked = (not asked and request_state(aws, channel, wanted, state)) or asked
            sleep(PAUSE_SECONDS)
    except ResourceError as error:
        raise ControlError(str(error)) from None
    yield state


def _state(aws: AwsClients, channel: Channel) -> str:
    look = functools.partial(aws.medialive.describe_channel, ChannelId=channel.id)
    return str(aws.call(look, action=f"describe {channel.destination}")["State"])
