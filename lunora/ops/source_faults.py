"""Faults of a source that arrives: its content and its bitrate.

They follow the definitions of the alarms, so that status, watchdog and alarms agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from catalog.alarms import AlarmDefinition, source_definitions
from catalog.flow_source import FlowSource
from lunora.ops.alarm_state import is_on
from lunora.ops.cloudwatch import Series

_METRICS: Final[Mapping[str, str]] = {
    "black-source": "black",
    "frozen-source": "frozen",
    "silent-source": "silent",
    "low-bitrate": "bits_in",
}


@dataclass(frozen=True, slots=True)
class SourceFault:
    """A fault of a flow's source.

    Attributes:
        alarm: the name of the alarm that is on because of it, for example `black-source`.
        reason: a phrase about the source, without figures that change by the minute.
        since: when it began; None where that was before the time observed.
    """

    alarm: str
    reason: str
    since: dt.datetime | None


_CONTENT: Final = ("black", "frozen", "silent")


def content_measured(series: Series | None, now: dt.datetime) -> tuple[str, ...]:
    """Return which of black, frozen and silent MediaConnect measures of a source as of *now*."""
    if series is None:
        return ()
    return tuple(metric for metric in _CONTENT if series.latest(metric, now) is not None)


def source_faults(series: Series, source: FlowSource, now: dt.datetime) -> tuple[SourceFault, ...]:
    """Return the faults that the metrics of a flow's source show as of *now*.

    Args:
        series: the metrics.
        source: as it is declared.
        now: the time of the reading.
    """
    definitions = source_definitions(source)
    return tuple(
        SourceFault(alarm, _reason(alarm, source), _since(series, metric, definitions[alarm]))
        for alarm, metric in _METRICS.items()
        if alarm in definitions and is_on(series[metric], definitions[alarm], now)
    )


def summary(faults: Sequence[SourceFault]) -> str:
    """Return what *faults* say of a source, for example `its source is black; it is silent`."""
    return "; ".join(
        f"{'it' if number else 'its source'} {fault.reason}" for number, fault in enumerate(faults)
    )


def begin(faults: Sequence[SourceFault]) -> dt.datetime | None:
    """Return when the first of *faults* began; None where that was not observed."""
    times = [fault.since for fault in faults]
    return None if None in times else min(filter(None, times), default=None)


def _reason(alarm: str, source: FlowSource) -> str:
    match alarm:
        case "black-source":
            return "is black"
        case "frozen-source":
            return "is frozen"
        case "silent-source":
            return "is silent"
        case _:
            return f"has less than the declared {source.minimum_mbps:g} Mb/s"


def _since(series: Series, metric: str, definition: AlarmDefinition) -> dt.datetime | None:
    """Return the begin of the breaches up to now; a single good minute between them counts not."""
    began: dt.datetime | None = None
    good = 0
    for time, value in reversed(series[metric]):
        good = 0 if definition.breach.is_crossed(value) else good + 1
        if good > 1:
            return began
        if not good:
            began = time
    return None
