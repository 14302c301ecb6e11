"""Current metrics of a channel, summed up from CloudWatch."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

from catalog.alarms import alarm_definitions
from lunora.ops.alarm_state import is_on
from lunora.ops.cloudwatch import Series

_RECENT = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ChannelMetrics:
    """Metrics of a channel; None where CloudWatch has no recent datapoint.

    Attributes:
        frames_in: frames a second that arrive.
        megabits_in: Mbit/s that arrive.
        megabits_out: Mbit/s that leave; never quite 0, whether outputs are written or not.
        active_outputs: how many outputs are written, of all pipelines together.
        recording_outputs: how many files are written; None without a recording.
        dropped_frames: in the last five minutes.
        active_alerts: how many are set.
        starved_since: when video stopped arriving; None where it arrives, or never did in the
            time observed.
        silent_since: when the last output stopped being written; None likewise.
        live_since: when both began; None where that was before the time observed.
        on_primary: whether the preferred of two inputs is active; None with one input.
        on_backup_since: when the other input took over; None likewise, or where that was before
            the time observed.
        lost_rtp: packets lost on their way from the flow in the last five minutes; 0 where they
            are too few for the alarm `frames-lost`.
        mute_since: when the sound became silent, as the alarm `silent-output` sees it; None where
            it has sound.
        last_seen: the time of the last datapoint.
    """

    frames_in: float | None = None
    megabits_in: float | None = None
    megabits_out: float | None = None
    active_outputs: float | None = None
    recording_outputs: float | None = None
    dropped_frames: float | None = None
    active_alerts: float | None = None
    starved_since: dt.datetime | None = None
    silent_since: dt.datetime | None = None
    live_since: dt.datetime | None = None
    on_primary: bool | None = None
    on_backup_since: dt.datetime | None = None
    lost_rtp: float = 0
    mute_since: dt.datetime | None = None
    last_seen: dt.datetime | None = None


def channel_metrics(series: Series, now: dt.datetime) -> ChannelMetrics:
    """Sum *series* up as of *now*."""
    dropped = [value for time, value in series["dropped_frames"] if time >= now - _RECENT]
    begun = [since(series, name, flowing=True) for name in ("frames_in", "active_outputs")]
    primary = series.latest("primary_active", now)
    return ChannelMetrics(
        frames_in=series.latest("frames_in", now),
        megabits_in=series.latest("megabits_in", now),
        megabits_out=series.latest("megabits_out", now),
        active_outputs=series.latest("active_outputs", now),
        recording_outputs=series.latest("recording_outputs", now),
        dropped_frames=sum(dropped) if dropped else None,
        active_alerts=series.latest("active_alerts", now),
        starved_since=since(series, "frames_in", flowing=False),
        silent_since=since(series, "active_outputs", flowing=False),
        live_since=max(filter(None, begun), default=None),
        on_primary=None if primary is None else primary > 0,
        on_backup_since=since(series, "primary_active", flowing=False),
        lost_rtp=_lost_rtp(series, now),
        mute_since=_mute_since(series, now),
        last_seen=series.last_seen,
    )


def _lost_rtp(series: Series, now: dt.datetime) -> float:
    points = series["lost_rtp"]
    definition = alarm_definitions().channel["frames-lost"].of_metric("lost")
    if not is_on(points, definition, now):
        return 0
    return sum(value for time, value in points if time >= now - _RECENT)


def _mute_since(series: Series, now: dt.datetime) -> dt.datetime | None:
    points, definition = series["audio_dbfs"], alarm_definitions().channel["silent-output"]
    bound = definition.breach
    if not is_on(points, definition, now):
        return None
    silent = itertools.takewhile(lambda point: bound.is_crossed(point[1]), reversed(points))
    return min(time for time, _ in silent)


def since(series: Series, metric: str, *, flowing: bool) -> dt.datetime | None:
    """Return since when *metric* is above 0, or not; None where the begin was not observed."""
    began = series.run(metric, flowing=flowing)
    if began is None or began > series.start + 2 * series.period:
        return began
    return since(series.earlier, metric, flowing=flowing) if series.earlier else None
