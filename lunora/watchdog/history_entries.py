"""Lines of the history: every change of state, restart, incident, act of an operator, deployment.

Each is one JSON object. None holds a key: reasons come from `lunora.ops.health`, which masks what
AWS repeats of stream keys.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from catalog.declaration import Declaration
from catalog.suspension import DEPLOYMENT, Suspension
from lunora.ops.history_log import subject_of
from lunora.watchdog.memory import ChannelRecord, Notice

EntryKind = Literal[
    "state", "start", "refused", "incident", "operator", "deployment", "declaration", "notice"
]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history.

    Attributes:
        time: when it happened.
        kind: what happened.
        subject: `flow main` or `destination show`.
        details: more about it, by name.
    """

    time: dt.datetime
    kind: EntryKind
    subject: str
    details: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the line as a JSON object."""
        time = self.time.isoformat(timespec="seconds")
        return {"time": time, "kind": self.kind, "subject": self.subject, **self.details}


def state_entry(subject: str, before: str, after: str, cause: str, now: dt.datetime) -> Entry:
    """Return the line of a change of state; *before* is empty at the first reading."""
    return Entry(now, "state", subject, {"from": before, "to": after, "cause": cause})


def declaration_entry(destination: str, declared: Declaration | None, now: dt.datetime) -> Entry:
    """Return the line of a file that changed when *destination* streams.

    Args:
        destination: its name.
        declared: its file's declaration; None where its file is gone.
        now: when it was first read.
    """
    details = {"declared": declared.document() if declared else None}
    return Entry(now, "declaration", subject_of(destination), details)


def start_entry(destination: str, record: ChannelRecord, now: dt.datetime) -> Entry:
    """Return the line of a start by the watchdog."""
    details = {"attempt": record.attempts, "next": _text(record.next_attempt)}
    return Entry(now, "start", subject_of(destination), details)


def refusal_entry(destination: str, code: str, now: dt.datetime) -> Entry:
    """Return the line of an act on *destination* that AWS refused with the error *code*."""
    return Entry(now, "refused", subject_of(destination), {"code": code})


def stop_entry(
    destination: str, stop: Suspension, change: Literal["began", "ended"], now: dt.datetime
) -> Entry:
    """Return the line of a stop by an operator or a deployment, as its mark tells of it.

    Begin and end have the same id.
    """
    subject = subject_of(destination)
    begin = stop.since or now
    details = {
        "change": change,
        "id": f"{subject}/{begin:%Y%m%dT%H%M%SZ}".replace(" ", "-"),
        "by": stop.by,
        "since": _text(stop.since),
        "until": _text(stop.until),
        **({"why": stop.why} if stop.why else {}),
    }
    kind: EntryKind = "deployment" if stop.by == DEPLOYMENT else "operator"
    return Entry(begin if change == "began" else now, kind, subject, details)


def incident_entry(notice: Notice) -> Entry:
    """Return the line of an incident that was opened, updated or closed."""
    incident = notice.incident
    details = {
        "change": notice.kind,
        "reason": incident.reason,
        "opened": _text(incident.opened),
        "affected": list(incident.affected),
        "restarts": incident.restarts,
        "seconds": int((notice.time - incident.opened).total_seconds()),
    }
    return Entry(notice.time, "incident", incident.subject, details)


def _text(time: dt.datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
