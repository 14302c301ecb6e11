"""Choice of the channels to start again, and of the flow outputs to switch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from catalog.channel_states import ON_AIR
from lunora.ops.desired_state import DesiredState
from lunora.ops.status import DestinationStatus
from lunora.watchdog.memory import ChannelRecord

_LONGEST_PAUSE = dt.timedelta(minutes=10)
_FIRST_PAUSE = dt.timedelta(minutes=1)
_PAUSE_AFTER_REFUSAL = dt.timedelta(hours=1)
"""AWS refuses a start for a reason that the next one meets again, until somebody acts."""

_CREATION = dt.timedelta(minutes=5)
"""Time for which a channel that never ran is left to the deployment that creates it."""

_DEPLOYMENT = dt.timedelta(minutes=15)
"""Time for which a destination may lack its channel: a deployment creates the function first."""

_STEADY = dt.timedelta(minutes=10)
"""Time of health after which the next failure of a channel counts as its first."""


def should_run(status: DestinationStatus, now: dt.datetime) -> bool:
    """Tell whether the destination is to stream at the time *now*; an operator's stop counts."""
    suspension = status.observation.suspension
    suspended = suspension is not None and suspension.applies(now)
    return status.observation.expected == "running" and not suspended


def is_being_created(status: DestinationStatus, record: ChannelRecord, now: dt.datetime) -> bool:
    """Tell whether a deployment is probably creating the destination's channel, or replacing it.

    Of an output that a flow sends directly, whether one is probably switching it.
    """
    if status.observation.state == "DISABLED" and status.observation.channel is None:
        return time_in_state(status, record, now) < _CREATION
    if record.ran:
        return False
    patience = _CREATION if status.observation.channel else _DEPLOYMENT
    return now - record.first_read < patience


def outlives_its_stop(status: DestinationStatus, record: ChannelRecord, now: dt.datetime) -> bool:
    """Tell whether a mark tells of a stop that a later start has ended, as that of a schedule.

    A stop takes seconds from its mark on. The mark of an output is read while it is disabled.
    """
    observation = status.observation
    if observation.channel is None:
        return observation.state == "ENABLED" and bool(record.suspended)
    stop = observation.suspension
    is_old = stop is not None and stop.since is not None and now - stop.since > _CREATION
    return observation.state == "RUNNING" and is_old


def time_in_state(
    status: DestinationStatus, record: ChannelRecord, now: dt.datetime
) -> dt.timedelta:
    """Return for how long its channel or output has been in its state, as far as was read."""
    if record.state != status.observation.state or record.state_since is None:
        return dt.timedelta()
    return now - record.state_since


def is_healthy(status: DestinationStatus) -> bool:
    """Tell whether video goes in and out."""
    return status.health.condition == "live" or is_impaired(status)


def is_impaired(status: DestinationStatus) -> bool:
    """Tell whether it streams with a fault, as while the encoder drops frames."""
    return status.health.condition == "degraded" and status.health.severity == "warning"


def start_is_due(status: DestinationStatus, record: ChannelRecord, now: dt.datetime) -> bool:
    """Tell whether its channel is to be started now.

    One that was created or changed in vain cannot start. Only a deployment changes that.
    """
    channel = status.observation.channel
    if channel is None or channel.state != "IDLE" or not should_run(status, now):
        return False
    if is_being_created(status, record, now):
        return False
    return record.next_attempt is None or record.next_attempt <= now


def of_channel(
    record: ChannelRecord | None, status: DestinationStatus, now: dt.datetime
) -> ChannelRecord:
    """Return *record*, or a new one where *status* shows another channel than it is about."""
    channel = status.observation.channel
    channel_id = channel.id if channel else ""
    if record is not None and record.id == channel_id:
        return record
    return ChannelRecord(id=channel_id, first_read=now)


def updated_record(
    status: DestinationStatus, record: ChannelRecord, now: dt.datetime, *, started: bool
) -> ChannelRecord:
    """Return *record* after the reading *status*, and after a start where *started*."""
    channel, state = status.observation.channel, status.observation.state
    suspension = status.observation.suspension
    state_since = record.state_since if record.state == state else None
    healthy_since = (record.healthy_since or now) if is_healthy(status) else None
    impaired_since = (record.impaired_since or now) if is_impaired(status) else None
    attempts, next_attempt = record.attempts, record.next_attempt
    steady = healthy_since is not None and now - healthy_since >= _STEADY
    if steady or not should_run(status, now):
        attempts, next_attempt = 0, None
    if started:
        next_attempt = now + min(_FIRST_PAUSE * 2**attempts, _LONGEST_PAUSE)
        attempts += 1
    return record.model_copy(
        update={
            "state": state,
            "state_since": state_since or now,
            "ran": record.ran or (channel is not None and channel.state in ON_AIR),
            "attempts": attempts,
            "next_attempt": next_attempt,
            "healthy_since": healthy_since,
            "impaired_since": impaired_since,
            "suspended": suspension.tag_value() if suspension else "",
        }
    )


def after_refusal(record: ChannelRecord, now: dt.datetime) -> ChannelRecord:
    """Return *record* after AWS refused a start."""
    return record.model_copy(update={"next_attempt": now + _PAUSE_AFTER_REFUSAL})


def output_switches(
    status: DestinationStatus, record: ChannelRecord, now: dt.datetime
) -> Iterator[DesiredState]:
    """Yield the state that its flow outputs have to be brought to, if any.

    They follow the channel whoever starts and stops it. While a schedule opens or closes, they are
    left to it. One that sends directly is enabled again where it is to send: at the end of an
    operator's stop, else after the time of a deployment.
    """
    observation = status.observation
    channel = observation.channel
    if channel is None:
        is_off = observation.state == "DISABLED" and should_run(status, now)
        if is_off and (
            observation.suspension is not None or not is_being_created(status, record, now)
        ):
            yield "running"
        return
    flows = tuple(flow for flow in (observation.flow, observation.backup) if flow)
    states = {observation.output_status(flow) for flow in flows}
    if channel.state in ON_AIR and "DISABLED" in states:
        yield "running"
    rests = channel.state == "IDLE" and not should_run(status, now)
    if rests and observation.expected is not None and observation.enabled_on:
        yield "stopped"
