"""Settings of a flow: monitoring, failover and size, in requests and in DescribeFlow."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from localaws.errors import bad_request

# Shown as given.
_AS_GIVEN = ("FlowSize", "SourceFailoverConfig")
# User guide, enable-content-quality-analysis: "between 10 and 60 seconds", 30 by default.
_LEAST_SECONDS, _MOST_SECONDS, _DEFAULT_SECONDS = 10, 60, 30
_ANALYSES = {
    "AudioMonitoringSettings": ("SilentAudio",),
    "VideoMonitoringSettings": ("BlackFrames", "FrozenFrames"),
}


def settings(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a CreateFlow or UpdateFlow as DescribeFlow shows them."""
    return copy.deepcopy({key: request[key] for key in _AS_GIVEN if key in request})


def monitoring(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the monitoring of a flow that had the one *before* and is *given* another.

    User guide, enable-content-quality-analysis: without settings all metrics are enabled; without
    a threshold one that was set before is retained. disable-content-quality-analysis: thresholds
    survive that.

    Raises:
        AwsError: 400.
    """
    made = copy.deepcopy({**before, **{key: item for key, item in given.items() if item != []}})
    if made.get("ContentQualityAnalysisState") == "ENABLED":
        for kind, names in _ANALYSES.items():
            if kind not in made and not any(other in given for other in _ANALYSES):
                made[kind] = [{name: {"State": "ENABLED"} for name in names}]
    for kind in _ANALYSES:
        earlier = dict(_analyses(before.get(kind, [])))
        for name, analysis in _analyses(made.get(kind, [])):
            kept = earlier.get(name, {}).get("ThresholdSeconds", _DEFAULT_SECONDS)
            threshold = analysis.setdefault("ThresholdSeconds", kept)
            if not _LEAST_SECONDS <= threshold <= _MOST_SECONDS:
                raise bad_request(f"ThresholdSeconds is {_LEAST_SECONDS} to {_MOST_SECONDS}")
    return made


def analyses(flow: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the enabled analyses of a *flow*'s content, with their thresholds in seconds."""
    config = flow.get("SourceMonitoringConfig") or {}
    if config.get("ContentQualityAnalysisState") != "ENABLED":
        return
    for kind in _ANALYSES:
        for name, analysis in _analyses(config.get(kind, [])):
            if analysis.get("State", "ENABLED") == "ENABLED":
                yield name, float(analysis["ThresholdSeconds"])


def _analyses(listed: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in listed:
        yield from item.items()
