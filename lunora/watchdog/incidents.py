"""Incidents: one per cause, opened, updated and closed.

A flow that gets nothing from its source, or black, frozen or silent content, is one incident, and
the destinations that suffer from it are its lines. Every other problem is an incident of its
destination.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog.channel_states import ON_AIR
from lunora.ops.history_log import subject_of, subject_of_flow
from lunora.ops.status import DestinationStatus
from lunora.watchdog.memory import ChannelRecord, Incident, Notice
from lunora.watchdog.restarts import is_being_created, should_run, time_in_state
from lunora.watchdog.view import View

_PATIENCE = dt.timedelta(minutes=2)
"""Time without video before that is an incident: a reconnection takes seconds."""

_SLOW_START = dt.timedelta(minutes=10)
"""AWS: "a startup time up to 10 minutes is still normal" (MediaLive user guide)."""

_IMPAIRMENT = dt.timedelta(minutes=10)
"""Time with a fault, for example on the backup flow, before that is an incident."""

_RESUMPTION = dt.timedelta(minutes=10)
"""Time after an operator's stop in which its planned start is no incident."""

_CALM = dt.timedelta(minutes=3)
"""Time of health before an incident is closed."""

_MUTE = "its source is silent: no destination has sound"

_BETWEEN_UPDATES = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem that there is now.

    Attributes:
        subject: what has it.
        reason: its cause.
        affected: the destinations that suffer from it.
        is_total: whether nothing arrives, which explains whatever those on air suffer from. What
            a destination suffers from a source that arrives shows as faults of its health.
    """

    subject: str
    reason: str
    affected: tuple[str, ...]
    is_total: bool = True


def problems(view: View, records: Mapping[str, ChannelRecord], now: dt.datetime) -> list[Problem]:
    """Return the problems in *view*, those of flows first."""
    reasons = {
        name: reason
        for name, status in view.destinations.items()
        if (reason := _reason(status, records[name], now))
    }
    of_flows = list(_problems_of_flows(view, reasons, now))
    starved = {name for problem in of_flows if problem.is_total for name in problem.affected}
    impaired = {name for problem in of_flows if not problem.is_total for name in problem.affected}
    of_destinations = [
        Problem(subject_of(name), reason, (name,))
        for name, reason in reasons.items()
        if not (name in starved and _is_on_air(view.destinations[name]))
        and not (name in impaired and view.destinations[name].health.faults)
    ]
    return [*of_flows, *of_destinations]


def updated(
    incidents: Mapping[str, Incident],
    current: list[Problem],
    view: View,
    records: Mapping[str, ChannelRecord],
    now: dt.datetime,
) -> tuple[dict[str, Incident], list[Notice]]:
    """Return the open incidents after *current* problems, and the messages about changes.

    Args:
        incidents: those that were open.
        current: the problems that there are now.
        view: the region.
        records: of channels, updated by *view*.
        now: the time.
    """
    remaining, notices = dict[str, Incident](), list[Notice]()
    by_subject = {problem.subject: problem for problem in current}
    for subject, problem in by_subject.items():
        previous = incidents.get(subject)
        if previous is None:
            incident = Incident(
                subject=subject,
                reason=problem.reason,
                opened=now,
                affected=problem.affected,
                notified=now,
            )
            notices.append(Notice(kind="opened", incident=incident, time=now))
        else:
            incident, changes = _continued(previous, problem, now)
            notices += changes
        remaining[subject] = incident
    for subject, incident in incidents.items():
        if subject in by_subject:
            continue
        if _is_over(incident, view, records, now):
            notices.append(Notice(kind="closed", incident=incident, time=now))
        else:
            remaining[subject] = incident
    return remaining, notices


def _continued(
    incident: Incident, problem: Problem, now: dt.datetime
) -> tuple[Incident, list[Notice]]:
    """Return the incident with what is known now, and a message where one is due."""
    affected = tuple(sorted({*incident.affected, *problem.affected}))
    news = affected != incident.affected or problem.reason != incident.reason
    if not news or now - incident.notified < _BETWEEN_UPDATES:
        # What was not told stays news, until the next message may go out.
        return incident, []
    current = incident.model_copy(
        update={"affected": affected, "reason": problem.reason, "notified": now}
    )
    return current, [Notice(kind="updated", incident=current, time=now)]


def _is_over(
    incident: Incident, view: View, records: Mapping[str, ChannelRecord], now: dt.datetime
) -> bool:
    """Tell whether an incident without a problem is over, rather than between two failures."""
    if incident.subject.startswith(subject_of_flow("")):
        return True
    for name in incident.affected:
        status = view.destinations.get(name)
        if status is None or not should_run(status, now):
            continue
        if status.observation.channel is None:
            if status.health.condition != "live":
                return False
            continue
        healthy_since = records[name].healthy_since
        if healthy_since is None or now - healthy_since < _CALM:
            return False
    return True


def _problems_of_flows(
    view: View, reasons: Mapping[str, str], now: dt.datetime
) -> Iterator[Problem]:
    for flow in view.flows.values():
        subject = subject_of_flow(flow.key)
        fed = {name: view.destinations[name] for name in _fed(view, flow.key, now)}
        if flow.problem:
            affected = tuple(name for name in fed if fed[name].observation.backup is None)
            if affected:
                yield Problem(subject, flow.problem, affected)
            continue
        # A backup takes over from a source that is lost, not from one that is black.
        affected = tuple(name for name, status in fed.items() if _takes_first(status))
        if flow.impairment and affected:
            yield Problem(subject, flow.impairment, affected, is_total=False)
        elif _all_are_mute(affected, fed, reasons):
            yield Problem(subject, _MUTE, affected, is_total=False)


def _fed(view: View, flow_key: str, now: dt.datetime) -> list[str]:
    """Return the destinations that are to stream from a flow, by name."""
    return sorted(
        name
        for name, status in view.destinations.items()
        if should_run(status, now)
        and status.observation.flow is not None
        and status.observation.flow.key == flow_key
    )


def _takes_first(status: DestinationStatus) -> bool:
    metrics = status.observation.metrics
    return metrics is None or metrics.on_primary is not False


def _all_are_mute(
    names: tuple[str, ...], fed: Mapping[str, DestinationStatus], reasons: Mapping[str, str]
) -> bool:
    """Tell whether several destinations have no sound, and nothing else: it is the source's."""
    return len(names) > 1 and all(name in reasons and fed[name].health.faults for name in names)


def _reason(status: DestinationStatus, record: ChannelRecord, now: dt.datetime) -> str:
    """Return what is wrong with a destination that is to stream; empty where nothing is."""
    if not should_run(status, now) or is_being_created(status, record, now) or _is_due(status, now):
        return ""
    health, channel = status.health, status.observation.channel
    if health.condition == "starting":
        return _reason_of_slow_start(status, record, now)
    if record.impaired_since is not None and now - record.impaired_since >= _IMPAIRMENT:
        return health.reason
    if health.severity != "critical" and not _is_stopped_for_maintenance(status, now):
        return ""
    if channel is not None and channel.state == "RUNNING":
        recent = health.since is not None and now - health.since < _PATIENCE
        return "" if recent else health.reason
    return health.reason


def _is_due(status: DestinationStatus, now: dt.datetime) -> bool:
    """Tell whether an operator's stop has just ended, so that its start is under way."""
    stop = status.observation.suspension
    return stop is not None and stop.until is not None and now - stop.until < _RESUMPTION


def _reason_of_slow_start(
    status: DestinationStatus, record: ChannelRecord, now: dt.datetime
) -> str:
    if time_in_state(status, record, now) <= _SLOW_START:
        return ""
    if status.observation.state == "STARTING":
        return "its channel has been starting for more than 10 minutes"
    return status.health.reason


def _is_stopped_for_maintenance(status: DestinationStatus, now: dt.datetime) -> bool:
    """Tell whether its channel is stopped; the caller excuses that for a while."""
    channel = status.observation.channel
    return channel is not None and not _is_on_air(status) and channel.is_under_maintenance(now)


def _is_on_air(status: DestinationStatus) -> bool:
    channel = status.observation.channel
    return channel is None or channel.state in ON_AIR
