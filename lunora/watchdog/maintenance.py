"""Stops for maintenance, which AWS ends itself: neither a start nor an incident is due for them.

A channel that failed looks the same in its window, so each stop is left alone for a while only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from lunora.ops.history_log import subject_of, subject_of_flow
from lunora.watchdog.view import View

_PATIENCE = dt.timedelta(minutes=20)
"""Longest time of a stop for maintenance.

No source says how long one lasts. A slow start alone takes 10 minutes (MediaLive user guide).
"""


def updated(
    before: Mapping[str, dt.datetime], view: View, now: dt.datetime
) -> dict[str, dt.datetime]:
    """Return when the stop of each subject began that AWS stops now or did lately.

    Args:
        before: what the previous reading returned.
        view: the region.
        now: the time.
    """
    stopped = frozenset(_stopped(view, now))
    kept = {
        subject: began
        for subject, began in before.items()
        if subject in stopped or now - began < _PATIENCE
    }
    return {**dict.fromkeys(sorted(stopped), now), **kept}


def excused(stops: Mapping[str, dt.datetime], view: View, now: dt.datetime) -> frozenset[str]:
    """Return the subjects whose own stop, or that of their flow, is left to AWS."""
    recent = {subject for subject, began in stops.items() if now - began < _PATIENCE}
    fed = {
        subject_of(name)
        for name, status in view.destinations.items()
        if status.observation.backup is None
        and status.observation.flow is not None
        and subject_of_flow(status.observation.flow.key) in recent
    }
    return frozenset(recent | fed)


def _stopped(view: View, now: dt.datetime) -> Iterator[str]:
    for key, flow in view.flows.items():
        if flow.is_under_maintenance:
            yield subject_of_flow(key)
    for name, status in view.destinations.items():
        channel = status.observation.channel
        if channel is not None and channel.is_under_maintenance(now):
            yield subject_of(name)
