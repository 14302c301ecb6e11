"""Content quality of a flow's source: black or frozen frames, silence, and missing streams.

User guide: monitor-content-quality-analysis, monitor-with-cloudwatch-metrics-content-quality and
monitoring-eventbridge-events-content-quality.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from localaws.history import since
from localaws.mediaconnect import flows, source_health
from localaws.resource import Resource, StateChange

FAULTS: Mapping[str, str] = {
    "BlackFrames": "black-frames",
    "FrozenFrames": "frozen-frames",
    "SilentAudio": "silent-audio",
}
"""Analysis -> the condition of a flow that it detects."""

_MISSING = {
    "BlackFrames": "VideoStreamMissing",
    "FrozenFrames": "VideoStreamMissing",
    "SilentAudio": "AudioStreamMissing",
}
_FIELDS = {
    "AudioStreamMissing": "audio_missing",
    "BlackFramesBreaching": "black_frames_duration_breaching",
    "FrozenFramesBreaching": "frozen_frames_duration_breaching",
    "SilentAudioBreaching": "silent_audio_duration_breaching",
    "VideoStreamMissing": "video_missing",
}
# User guide, monitor-content-quality-analysis: analysis is off for flows with more outputs.
_MOST_OUTPUTS = 10


def metrics(flow: Mapping[str, Any]) -> dict[str, tuple[str, float]]:
    """Return the metrics of a *flow*, as it is described, that its settings enable.

    Each has the condition that it reports, and the seconds that this must last.
    """
    if len(flow["Outputs"]) > _MOST_OUTPUTS:
        return {}
    enabled = dict(flows.analyses(flow))
    return {
        **{f"{name}Breaching": (FAULTS[name], threshold) for name, threshold in enabled.items()},
        **{_MISSING[name]: (source_health.LOST, 0.0) for name in enabled},
    }


def breached_since(flow: Resource, metric: str, time: float) -> float | None:
    """Return the second since when a *metric* of a flow is 1 at *time*; None where it is 0."""
    condition, threshold = metrics(flow.members)[metric]

    def holds(moment: StateChange) -> bool:
        # What does not arrive is neither black nor frozen nor silent.
        hidden = source_health.LOST in moment.conditions and condition != source_health.LOST
        return moment.state == "ACTIVE" and condition in moment.conditions and not hidden

    past = [moment for moment in flow.history if moment.time <= time]
    if not past or not holds(past[-1]):
        return None
    reached = since(past, time, holds) + threshold
    return reached if reached <= time else None


def breaches(flow: Resource, time: float) -> dict[str, float]:
    """Return the metrics of a flow that are 1 at *time*, each with the second since when."""
    reached = {name: breached_since(flow, name, time) for name in metrics(flow.members)}
    return {name: second for name, second in reached.items() if second is not None}


def detail(breached: Iterable[str]) -> dict[str, Any]:
    """Return the detail of the event about the metrics that are 1."""
    streams = list(_streams(breached))
    return {"impacted": bool(streams), "streams": streams}


def _streams(breached: Iterable[str]) -> Iterator[dict[str, bool]]:
    for name in sorted(breached):
        yield {_FIELDS[name]: True}
