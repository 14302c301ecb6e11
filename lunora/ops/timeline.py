"""Timeline of a stack: what its watchdogs recorded lately, and the incidents that are open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog import names
from lunora.aws_errors import aws_error
from lunora.ops import audit, history_log
from lunora.stack import Stack


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the history.

    Attributes:
        time: when it happened.
        kind: what happened, for example `incident`.
        subject: `flow main` or `destination show`.
        text: the event in words.
    """

    time: dt.datetime
    kind: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that is not closed.

    Attributes:
        subject: what has it.
        reason: its cause.
        opened: when it began to be one.
        affected: the destinations that suffer from it.
        restarts: how often a channel was started because of it.
    """

    subject: str
    reason: str
    opened: dt.datetime
    affected: tuple[str, ...]
    restarts: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The last week of a stack.

    Attributes:
        events: the newest first.
        incidents: those that are open, the newest first.
        errors: parts that could not be read, one message each.
    """

    events: tuple[Event, ...] = ()
    incidents: tuple[OpenIncident, ...] = ()
    errors: tuple[str, ...] = ()


def timeline(stack: Stack, now: dt.datetime) -> Timeline:
    """Return the week before *now*; empty where no watchdog records one."""
    group = names.history_log_group(stack.project, stack.name)
    lines: list[Mapping[str, Any]] = []
    errors: list[str] = []
    for region in stack.regions:
        try:
            lines += history_log.read(
                stack.aws(region).client("logs"), group, None, now - audit.WINDOW
            )
        except (ClientError, BotoCoreError) as error:
            errors.append(f"the history of {region} could not be read: {aws_error(error)}")
    lines.sort(key=lambda line: str(line["time"]))
    return Timeline(
        events=tuple(_event(line) for line in reversed(lines) if audit.recorded(line)),
        incidents=tuple(_open_incidents(lines)),
        errors=tuple(errors),
    )


def _event(line: Mapping[str, Any]) -> Event:
    time = dt.datetime.fromisoformat(str(line["time"]))
    return Event(time, str(line.get("kind")), str(line["subject"]), audit.recorded(line))


def _open_incidents(lines: Iterable[Mapping[str, Any]]) -> list[OpenIncident]:
    """Return the incidents in *lines*, the oldest line first, whose last line does not close it."""
    latest = {str(line["subject"]): line for line in lines if line.get("kind") == "incident"}
    incidents = [
        OpenIncident(
            subject=subject,
            reason=str(line.get("reason", "")),
            opened=dt.datetime.fromisoformat(str(line.get("opened") or line["time"])),
            affected=tuple(map(str, line.get("affected") or ())),
            restarts=int(line.get("restarts") or 0),
        )
        for subject, line in latest.items()
        if line.get("change") != "closed"
    ]
    return sorted(incidents, key=lambda incident: incident.opened, reverse=True)
