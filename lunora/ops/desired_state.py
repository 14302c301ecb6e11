"""What the destination files ask for, as of a moment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from catalog import scheduler_expressions
from catalog.loader import load
from catalog.model import DestinationSpec
from lunora.ops.health import Expected

FOLDER = Path("destinations")

# A schedule's start or stop takes effect within this time (EventBridge Scheduler calls within
# the minute, the channel then takes one or two).
_SETTLING = dt.timedelta(minutes=5)
# Before a start, flow outputs are enabled already.
_AHEAD = dt.timedelta(minutes=scheduler_expressions.MARGIN_MINUTES)


def declared(folder: Path) -> tuple[DestinationSpec, ...] | None:
    """Return what the files in *folder* declare; None where there is no such folder.

    Raises:
        InvalidDestinations: when a file is wrong.
    """
    return load(folder).specs if folder.is_dir() else None


def expected(spec: DestinationSpec, now: dt.datetime) -> Expected | None:
    """Return whether *spec* asks to stream at the moment *now*; None while that changes."""
    asked = {_asked(spec, moment) for moment in (now - _SETTLING, now, now + _AHEAD)}
    return asked.pop() if len(asked) == 1 else None


def _asked(spec: DestinationSpec, at: dt.datetime) -> Expected:
    closed = spec.schedule is not None and not spec.schedule.is_open(at)
    return "stopped" if closed else spec.state
