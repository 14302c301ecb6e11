"""The next maintenance of a channel or a flow, as AWS has scheduled it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.maintenance import DURATION


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Maintenance that AWS requires.

    Attributes:
        begin: the start of its window; None where AWS has not scheduled it.
        deadline: the time by which it is performed; None where AWS names none.
    """

    begin: dt.datetime | None
    deadline: dt.datetime | None

    def __str__(self) -> str:
        time = self.begin or self.deadline
        return f"maintenance {'' if self.begin else 'by '}{time:%Y-%m-%d %H:%M} UTC"

    @property
    def end(self) -> dt.datetime | None:
        """The end of its window; None where AWS has not scheduled it."""
        return self.begin + DURATION if self.begin else None

    def is_under_way(self, now: dt.datetime) -> bool:
        """Tell whether AWS may perform it at the time *now*."""
        return self.begin is not None and self.begin <= now < self.begin + DURATION


def of_channel(members: Mapping[str, Any]) -> Maintenance | None:
    """Return the maintenance that *members*, a Maintenance of MediaLive, requires; None without."""
    begin = _time(members.get("MaintenanceScheduledDate"), members.get("MaintenanceStartTime"))
    return _required(begin, _time(members.get("MaintenanceDeadline"), None))


def of_flow(members: Mapping[str, Any]) -> Maintenance | None:
    """Return the maintenance that *members*, a Maintenance of MediaConnect, requires.

    Its date has no time; the window's hour is that.
    """
    begin = _time(members.get("MaintenanceScheduledDate"), members.get("MaintenanceStartHour"))
    return _required(begin, _time(members.get("MaintenanceDeadline"), None))


def _required(begin: dt.datetime | None, deadline: dt.datetime | None) -> Maintenance | None:
    return Maintenance(begin, deadline) if begin or deadline else None


def _time(date: object, hour: object) -> dt.datetime | None:
    """Return *date*, at *hour* where it has no time; None for another form."""
    try:
        text = str(date)
        time = dt.datetime.fromisoformat(text)
        if hour and "T" not in text:
            time = dt.datetime.combine(time.date(), dt.time.fromisoformat(str(hour)))
    except ValueError:
        return None
    return time.astimezone(dt.UTC) if time.tzinfo else time.replace(tzinfo=dt.UTC)
