"""Rules within one file, between its keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from catalog import ingest, scheduler_expressions
from catalog.maintenance import MaintenanceWindow
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding
from catalog.schedule_events import GAP
from catalog.stack_settings import setting

_CHANNEL_KEYS = frozenset(
    {
        *("preset", "encoding", "retry", "redundancy", "backup_url", "maintenance", "picture"),
        *("audio", "authentication", "hls", "medialive", "on_input_loss", "record"),
        *("failover", "transport", "input_type"),
    }
)
_NOTICE = dt.timedelta(days=14)
_YEAR = 365
_SCHEDULE, _OVER = "LUN117", "LUN159"
_ROUTE, _SECOND_INGEST, _MAINTENANCE, _EXPIRY = "LUN121", "LUN125", "LUN128", "LUN140"


def check_url_is_given(spec: DestinationSpec) -> Iterator[Finding]:
    """Require an ingest, which the channel pushes to."""
    if not spec.ingest_url:
        example = spec.platform_facts.ingest_example
        form = f", as in {example}" if example else ""
        yield Finding("LUN120", "platform", f"{spec.platform} has no common ingest; give url{form}")


def channel_keys(spec: DestinationSpec) -> tuple[str, ...]:
    """Return the keys of the file of *spec* that mean something to a channel alone."""
    fields = sorted(_CHANNEL_KEYS & spec.model_fields_set)
    return tuple(DestinationSpec.model_fields[field].alias or field for field in fields)


def check_route_has_its_keys(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse keys of a channel with `route: flow`, which sends the source as it is."""
    if spec.route == "channel":
        return
    for key in channel_keys(spec):
        yield Finding(_ROUTE, key, "is only for route: channel; remove it, or use route: channel")
    if spec.backup_flow is not None:
        message = "only a channel can fail over to a backup; name one flow, or use route: channel"
        yield Finding(_ROUTE, "flow", message)


def check_second_ingest(spec: DestinationSpec) -> Iterator[Finding]:
    """Require one ingest per pipeline; a platform disconnects two publishers at one ingest."""
    if spec.redundancy == "single":
        if spec.backup_url is not None:
            message = "is only used with redundancy: standard; remove one of them"
            yield Finding(_SECOND_INGEST, "backup_url", message)
        return
    first, second = spec.ingests
    if not second:
        message = "standard needs a second ingest for its second pipeline; give backup_url"
        yield Finding(_SECOND_INGEST, "redundancy", message)
    elif first and ingest.identity(first) == ingest.identity(second):
        message = "is the same ingest as the first; give the platform's second one"
        yield Finding(_SECOND_INGEST, "backup_url", message)


def check_maintenance(
    spec: DestinationSpec, today: dt.date, default: MaintenanceWindow | None = None
) -> Iterator[Finding]:
    """Refuse a maintenance window within the hours of the schedule.

    Args:
        spec: the destination.
        today: the first day of the year whose clock changes count.
        default: the window of destinations that declare none.
    """
    window = spec.maintenance or default
    if window is None or spec.schedule is None or spec.route == "flow":
        return
    now = dt.datetime.combine(today, dt.time(), dt.UTC)
    hours = window.conflict(spec.schedule, today)
    event = window.conflict_with_event(spec.schedule, now)
    if hours is None and event is None:
        return
    kind = f"the event {event}" if hours is None else f"the hours {hours}"
    cause = f"is within {kind} in {spec.schedule.timezone}"
    if spec.maintenance is not None:
        message = f"{window} {cause}; choose a time outside of the schedule"
        yield Finding(_MAINTENANCE, "maintenance", message)
    else:
        message = f"{setting('maintenance')} ({window}) {cause}; give maintenance here"
        yield Finding(_MAINTENANCE, "schedule", message)


def check_events(spec: DestinationSpec, today: dt.date) -> Iterator[Finding]:
    """Refuse events within the weekly hours, whose stop would end them.

    Args:
        spec: the destination.
        today: the day before which events are ignored.
    """
    schedule = spec.schedule
    if schedule is None:
        return
    for number, event in enumerate(schedule.events):
        period = event.period(schedule.timezone)
        if period.end.date() < today:
            continue
        windows = schedule.window_periods(period.begin - GAP, period.end + GAP)
        if any(period.touches(window, GAP) for window in windows):
            message = f"{event} overlaps weekly hours, or is less than five minutes from them"
            key = f"schedule.events.{number}"
            yield Finding(_SCHEDULE, key, f"{message}; change the windows or the event")


def warn_about_past_events(spec: DestinationSpec, today: dt.date) -> Iterator[Finding]:
    """Note events that are over."""
    schedule = spec.schedule
    for number, event in enumerate(schedule.events if schedule else ()):
        if schedule is not None and event.period(schedule.timezone).end.date() < today:
            yield Finding(_OVER, f"schedule.events.{number}", f"{event} is over; remove it")


def warn_about_clock_changes(spec: DestinationSpec, today: dt.date) -> Iterator[Finding]:
    """Warn about a start or stop at a time that a clock change skips."""
    if spec.schedule is None:
        return
    for transition, date in scheduler_expressions.skipped(spec.schedule, today, _YEAR):
        action = "start" if transition.starts else "stop"
        cause = f"{transition.time} does not exist on {date} in {spec.schedule.timezone}"
        message = f"{cause}, so it does not {action} then; choose a time before or after"
        yield Finding("LUN141", "schedule", message)


def is_expired(spec: DestinationSpec, today: dt.date) -> bool:
    """Return whether its last day is over."""
    return spec.expires is not None and spec.expires < today


def warn_about_expiry(spec: DestinationSpec, today: dt.date) -> Iterator[Finding]:
    """Warn about a last day that is over or less than two weeks ahead."""
    if spec.expires is None or spec.state == "stopped" or spec.expires > today + _NOTICE:
        return
    if is_expired(spec, today):
        message = "its last day is over, so it is stopped; remove the file, or give a later day"
    else:
        days = (spec.expires - today).days
        when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
        message = f"its last day is {when}; afterwards it is stopped"
    yield Finding(_EXPIRY, "expires", message)
