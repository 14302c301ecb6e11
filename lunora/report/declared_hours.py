"""The hours in which a destination was to stream, as the history of its declarations tells."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalog.declaration import Declaration
from catalog.forecast import runs_on_air
from lunora.report.history_lines import Records
from lunora.report.intervals import Interval, Intervals, whole

Basis = Literal["history", "file", "history and file"]

_FIRST_READING = dt.timedelta(minutes=10)
"""A watchdog that begins reads all destinations within it; what comes later is new."""


@dataclass(frozen=True, slots=True)
class DeclaredHours:
    """Hours of one destination.

    Attributes:
        exists: when it had a file.
        runs: when it was to stream.
        by_history: the part of the time that the history has; for the rest its first declaration,
            else the present file, is taken.
    """

    exists: Intervals
    runs: Intervals
    by_history: Intervals

    def basis(self, period: Interval) -> Basis | None:
        """Return what tells the hours of *period*; None where it did not exist."""
        exists = self.exists & whole(period.begin, period.end)
        if not exists:
            return None
        if not exists - self.by_history:
            return "history"
        return "history and file" if exists & self.by_history else "file"


def declared_hours(
    records: Records,
    present: Declaration | None,
    history_begin: dt.datetime | None,
    window: Interval,
    created: dt.datetime | None = None,
) -> DeclaredHours:
    """Return the hours of a destination in *window*.

    Args:
        records: what the history has about it.
        present: what its file declares now; None without a file.
        history_begin: the time of the first line of the history, about whatever.
        window: the time of the report.
        created: when its channel was created; None where nothing tells.
    """
    pieces = list(_pieces(records, present, history_begin, window, created))
    return DeclaredHours(
        exists=Intervals.of(
            (piece.begin, piece.end) for piece, declared, _ in pieces if declared is not None
        ),
        runs=Intervals.of(
            run
            for piece, declared, _ in pieces
            if declared is not None and piece.begin < piece.end
            for run in runs_on_air(declared, piece.begin, piece.end)
        ),
        by_history=Intervals.of(
            (piece.begin, piece.end) for piece, _, recorded in pieces if recorded
        ),
    )


def _pieces(
    records: Records,
    present: Declaration | None,
    history_begin: dt.datetime | None,
    window: Interval,
    created: dt.datetime | None,
) -> Iterator[tuple[Interval, Declaration | None, bool]]:
    """Yield parts of *window*, what was declared then, and whether the history has it."""
    changes = [*records.declarations]
    first_change = changes[0][0] if changes else window.end
    earlier = changes[0][1] if changes else present
    begin, is_new = window.begin, False
    if history_begin is not None and records.first is not None:
        is_new = records.first - history_begin > _FIRST_READING
    if is_new and records.first is not None:
        begin = max(begin, records.first)
        yield _within(window, window.begin, records.first), None, True
    elif created is not None:
        begin = max(begin, created)
    yield _within(window, begin, first_change), earlier, False
    for (time, declared), (end, _) in itertools.pairwise([*changes, (window.end, None)]):
        yield _within(window, time, end), declared, True


def _within(window: Interval, begin: dt.datetime, end: dt.datetime) -> Interval:
    return Interval(max(begin, window.begin), min(end, window.end))
