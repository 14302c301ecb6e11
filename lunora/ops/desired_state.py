"""The desired state of destinations, as their files declare it for a given time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from catalog import scheduler_expressions
from catalog.diagnostics import DestinationValidationError
from catalog.flow_source import FlowSource
from catalog.loader import load
from catalog.model import DestinationSpec

DesiredState = Literal["running", "stopped"]

# A schedule's start or stop takes effect within this time (EventBridge Scheduler calls within
# the minute, the channel then takes one or two).
_SETTLING = dt.timedelta(minutes=5)
# Before a start, flow outputs are enabled already.
_AHEAD = dt.timedelta(minutes=scheduler_expressions.MARGIN_MINUTES)


def declared(
    folder: Path, sources: Mapping[str, FlowSource] | None = None
) -> tuple[DestinationSpec, ...] | None:
    """Return the destinations that the files in *folder* declare; None without such a folder.

    Args:
        folder: of the destination files.
        sources: declared sources of the stack's flows; None leaves `preset: auto` as it is.

    Raises:
        DestinationValidationError: when a file is wrong.
    """
    return load(folder, sources=sources).specs if folder.is_dir() else None


def declared_if_valid(
    folder: Path, sources: Mapping[str, FlowSource] | None = None
) -> tuple[tuple[DestinationSpec, ...] | None, DestinationValidationError | None]:
    """Return what `declared` returns; None with the errors where a file is wrong.

    A wrong file must not hide the streams of the others: AWS alone says much of them.
    """
    try:
        return declared(folder, sources), None
    except DestinationValidationError as error:
        return None, error


def expected(spec: DestinationSpec, now: dt.datetime) -> DesiredState | None:
    """Return the state that *spec* asks for at the time *now*; None while it changes."""
    states = {_state_at(spec, time) for time in (now - _SETTLING, now, now + _AHEAD)}
    return states.pop() if len(states) == 1 else None


def _state_at(spec: DestinationSpec, time: dt.datetime) -> DesiredState:
    closed = spec.schedule is not None and not spec.schedule.is_open(time)
    return "stopped" if closed else spec.state
