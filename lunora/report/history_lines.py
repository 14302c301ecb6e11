"""Lines of the history about one destination, as the watchdog writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.declaration import Declaration
from lunora.ops.history_log import subject_of

Line = Mapping[str, Any]

_DESTINATION = subject_of("")

_OF_OTHERS = frozenset({"operator", "deployment", "request"})
"""Kinds of lines with the time of an act, which may be before the watchdog's first reading."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change of a channel's state.

    Attributes:
        time: when the watchdog read it.
        before: the state that it had read before; empty where it knew none.
        after: the new state; empty for a channel that is gone.
        cause: who stopped it; empty where nobody did.
    """

    time: dt.datetime
    before: str
    after: str
    cause: str


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident that a destination has, or suffers from.

    Attributes:
        subject: what has it: `flow main` or `destination show`.
        reason: its cause, as last read.
        opened: its begin.
        closed: its end; None where the history has none.
    """

    subject: str
    reason: str
    opened: dt.datetime
    closed: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Records:
    """All that the history has about one destination, the oldest first.

    Attributes:
        first: the time of its first reading; None without any.
        states: changes of its channel's state.
        incidents: its own, and those of flows that it suffered from.
        starts: times at which the watchdog started it.
        refusals: times and codes of starts that AWS refused.
        acts: times and names of operators who stopped it.
        declarations: from when on its file said what; None from when on it had no file, or one
            that this version cannot read.
    """

    first: dt.datetime | None = None
    states: tuple[StateChange, ...] = ()
    incidents: tuple[IncidentRecord, ...] = ()
    starts: tuple[dt.datetime, ...] = ()
    refusals: tuple[tuple[dt.datetime, str], ...] = ()
    acts: tuple[tuple[dt.datetime, str], ...] = ()
    declarations: tuple[tuple[dt.datetime, Declaration | None], ...] = ()


def subjects(lines: Iterable[Line]) -> set[str]:
    """Return the names of the destinations that *lines* are about."""
    named = (str(line.get("subject", "")) for line in lines)
    return {name.removeprefix(_DESTINATION) for name in named if name.startswith(_DESTINATION)}


def begin(lines: Iterable[Line]) -> dt.datetime | None:
    """Return the time of the first reading in *lines*; None without any."""
    readings = (line for line in lines if line.get("kind") not in _OF_OTHERS)
    return min(map(_time, readings), default=None)


@dataclass(frozen=True, slots=True)
class History:
    """The lines of a stack.

    Attributes:
        begin: the time of the first reading; None without any.
        destinations: what they have about each destination, by name.
    """

    begin: dt.datetime | None
    destinations: Mapping[str, Records]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> History:
        """Return what *lines* have."""
        own: dict[str, list[Line]] = {}
        incidents: dict[str, list[Line]] = {}
        for line in sorted(lines, key=_time):
            subject = str(line.get("subject", ""))
            if subject.startswith(_DESTINATION):
                own.setdefault(subject.removeprefix(_DESTINATION), []).append(line)
            for name in line.get("affected", ()) if line.get("kind") == "incident" else ():
                incidents.setdefault(name, []).append(line)
        return cls(
            begin(lines),
            {
                name: _records(own.get(name, []), incidents.get(name, []))
                for name in own.keys() | incidents.keys()
            },
        )


def _records(own: Sequence[Line], incidents: Sequence[Line]) -> Records:
    """Return what the lines about a destination have, and those of incidents that affected it."""

    def of_kind(kind: str) -> Iterable[Line]:
        return (line for line in own if line.get("kind") == kind)

    return Records(
        first=begin(own),
        states=tuple(_state(line) for line in of_kind("state")),
        incidents=tuple(_incidents(incidents)),
        starts=tuple(_time(line) for line in of_kind("start")),
        refusals=tuple((_time(line), str(line.get("code", ""))) for line in of_kind("refused")),
        acts=tuple(
            (_time(line), str(line.get("by", "")))
            for line in (*of_kind("operator"), *of_kind("deployment"))
            if line.get("change") == "began"
        ),
        declarations=tuple(
            (_time(line), Declaration.parse(line.get("declared")))
            for line in of_kind("declaration")
        ),
    )


def _state(line: Line) -> StateChange:
    before, after, cause = (str(line.get(key) or "") for key in ("from", "to", "cause"))
    return StateChange(_time(line), before, after, cause)


def _incidents(lines: Iterable[Line]) -> Iterable[IncidentRecord]:
    by_begin: dict[tuple[str, str], IncidentRecord] = {}
    for line in lines:
        subject, opened = str(line.get("subject")), str(line.get("opened") or line["time"])
        by_begin[subject, opened] = IncidentRecord(
            subject=subject,
            reason=str(line.get("reason", "")),
            opened=dt.datetime.fromisoformat(opened),
            closed=_time(line) if line.get("change") == "closed" else None,
        )
    return by_begin.values()


def _time(line: Line) -> dt.datetime:
    return dt.datetime.fromisoformat(str(line["time"]))
