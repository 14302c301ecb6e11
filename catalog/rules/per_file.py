"""Rules within one file, between its keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from catalog import ingest, scheduler_expressions
from catalog.model import DestinationSpec

Finding = tuple[str, str]
"""(key, message) about one destination."""

_OF_CHANNELS = frozenset({"preset", "encoding", "retry", "redundancy", "backup_url"})
_NOTICE = dt.timedelta(days=14)
_YEAR = 365


def check_url_is_given(spec: DestinationSpec) -> Iterator[Finding]:
    """Without an ingest the channel would have nowhere to push to."""
    if not spec.ingest_url:
        yield "platform", f"{spec.platform} has no common ingest; give url"


def check_route_has_its_keys(spec: DestinationSpec) -> Iterator[Finding]:
    """A flow sends its source as it is; what only a channel does is refused."""
    if spec.route == "channel":
        return
    for key in sorted(_OF_CHANNELS & spec.model_fields_set):
        yield key, "is only for route: channel; leave it out, or give the destination a channel"
    if spec.backup_flow is not None:
        yield "flow", "only a channel can go over to a backup; name one flow, or use route: channel"


def check_second_ingest(spec: DestinationSpec) -> Iterator[Finding]:
    """Two pipelines need two ingests, and one pipeline has no use for a second.

    Two publishers at one ingest throw each other off the platform.
    """
    if spec.redundancy == "single":
        if spec.backup_url is not None:
            yield "backup_url", "is only used with redundancy: standard; leave one of them out"
        return
    first, second = spec.ingests
    if not second:
        yield (
            "redundancy",
            "standard needs a second ingest for its second pipeline; give backup_url",
        )
    elif first and ingest.identity(first) == ingest.identity(second):
        yield "backup_url", "is the same ingest as the first; give the platform's second one"


def warn_about_clock_changes(spec: DestinationSpec, today: dt.date) -> Iterator[Finding]:
    """A time that the clock jumps over does not come that day, and neither does what it is for."""
    if spec.schedule is None:
        return
    for transition, date in scheduler_expressions.skipped(spec.schedule, today, _YEAR):
        what = "start" if transition.starts else "stop"
        where = f"{transition.time} does not exist on {date} in {spec.schedule.timezone}"
        yield "schedule", f"{where}, so it does not {what} then; choose a time before or after"


def is_expired(spec: DestinationSpec, today: dt.date) -> bool:
    """Tell whether its last day is over."""
    return spec.expires is not None and spec.expires < today


def warn_about_expiry(spec: DestinationSpec, today: dt.date) -> Iterator[Finding]:
    """What ends by the calendar is announced two weeks ahead, and not forgotten afterwards."""
    if spec.expires is None or spec.state == "stopped" or spec.expires > today + _NOTICE:
        return
    if is_expired(spec, today):
        yield (
            "expires",
            "its last day is over, so it is stopped; remove the file, or give a later day",
        )
    else:
        days = (spec.expires - today).days
        when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
        yield "expires", f"its last day is {when}; afterwards it is stopped"
