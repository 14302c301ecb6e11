"""State of an alarm, computed from the metrics that were read anyway."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from catalog.alarms import AlarmDefinition
from lunora.ops.cloudwatch import FRESH, PERIOD, Point


def is_on(points: Sequence[Point], definition: AlarmDefinition, now: dt.datetime) -> bool:
    """Tell whether an alarm with *definition* is on, given the last points of its metric.

    A minute that lacks is no breach. Metrics that end long before *now* show nothing.
    """
    if not points or points[-1][0] < now - FRESH:
        return False
    needed, evaluated = definition.minutes
    begin = points[-1][0] - (evaluated - 1) * PERIOD
    recent = [value for time, value in points[-evaluated:] if time >= begin]
    return sum(map(definition.breach.is_crossed, recent)) >= needed
