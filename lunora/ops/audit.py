"""Changes of a destination: calls of AWS from CloudTrail, commits from git, and the history."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog import names
from lunora.ops import history_log
from lunora.stack import Stack

WINDOW = dt.timedelta(days=7)
_EVENTS = ("CreateChannel", "UpdateChannel", "StartChannel", "StopChannel")
_SWITCHES = ("CreateChannel", "StartChannel", "StopChannel")
_FIELDS = "%aI%x1f%an%x1f%s"
_REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Change:
    """A change.

    Attributes:
        at: the time.
        who: the git author, or the caller of AWS.
        what: the commit's subject, or the API operation without its parameters.
        source: `git`, `cloudtrail` or `history`.
    """

    at: dt.datetime
    who: str
    what: str
    source: str


def in_git(file: Path, *, limit: int = 10) -> tuple[Change, ...]:
    """Return the commits that changed *file*, the newest first; none without git."""
    git = shutil.which("git")
    if git is None:
        return ()
    command = [
        git,
        "log",
        "--follow",
        f"--max-count={limit}",
        # A subject may hold what Python takes for the end of a line.
        "-z",
        f"--format={_FIELDS}",
        "--",
        str(file),
    ]
    done = subprocess.run(  # noqa: S603 - our own arguments
        command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    commits = (commit.split("\x1f", 2) for commit in done.stdout.split("\0") if commit)
    return tuple(
        Change(dt.datetime.fromisoformat(time), author, " ".join(subject.split()), "git")
        for time, author, subject in commits
    )


def in_cloudtrail(cloudtrail: Any, channel_id: str, now: dt.datetime) -> tuple[Change, ...] | None:
    """Return the calls of AWS about a channel in the last days, the newest first.

    Returns:
        None where CloudTrail cannot be read.
    """
    changes: list[Change] = []
    try:
        for event in _EVENTS:
            answer = cloudtrail.lookup_events(
                LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": event}],
                StartTime=now - WINDOW,
                EndTime=now,
            )
            changes.extend(_of(channel_id, answer["Events"]))
    except (ClientError, BotoCoreError):
        return None
    return tuple(sorted(changes, key=lambda change: change.at, reverse=True))


def calls_of_channels(
    cloudtrail: Any, begin: dt.datetime, end: dt.datetime
) -> dict[str, tuple[Change, ...]]:
    """Return the calls that create, start and stop channels, by channel id, the oldest first.

    Raises:
        ClientError, BotoCoreError: when CloudTrail refuses or does not answer.
    """
    by_channel: dict[str, list[Change]] = {}
    for event in _SWITCHES:
        pages = cloudtrail.get_paginator("lookup_events").paginate(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": event}],
            StartTime=begin,
            EndTime=end,
        )
        for called in (called for page in pages for called in page["Events"]):
            channel_id = _channel_id(called)
            if channel_id:
                by_channel.setdefault(channel_id, []).append(_change(called))
    return {
        channel_id: tuple(sorted(changes, key=lambda change: change.at))
        for channel_id, changes in by_channel.items()
    }


def _of(channel_id: str, events: Iterable[Any]) -> Iterator[Change]:
    for event in events:
        if _channel_id(event) == channel_id:
            yield _change(event)


def _channel_id(event: Any) -> str:
    """Return the channel that a call of AWS was about; empty for a refused call."""
    record = json.loads(event.get("CloudTrailEvent", "{}"))
    if record.get("errorCode"):
        return ""
    created = ((record.get("responseElements") or {}).get("channel") or {}).get("id")
    return str(created or (record.get("requestParameters") or {}).get("channelId") or "")


def _change(event: Any) -> Change:
    who = event.get("Username", "?")
    return Change(event["EventTime"], who, event["EventName"], "cloudtrail")


def in_history(
    logs: Any, group: str, destination: str, now: dt.datetime
) -> tuple[Change, ...] | None:
    """Return what was recorded of *destination*; None where Logs does not answer."""
    try:
        lines = history_log.read(logs, group, history_log.subject_of(destination), now - WINDOW)
    except (ClientError, BotoCoreError):
        return None
    return tuple(
        Change(dt.datetime.fromisoformat(line["time"]), _recorder(line), what, "history")
        for line in lines
        if (what := recorded(line))
    )


def changes_in_aws(
    stack: Stack, destination: str, region: str, channel_id: str | None, now: dt.datetime
) -> tuple[list[Change], list[str]]:
    """Return the changes of a destination that AWS has, and what could not be read.

    Args:
        stack: the stack.
        destination: its name.
        region: of its channel, or of its flow.
        channel_id: its channel; None without one.
        now: the end of the time.
    """
    aws, group = stack.aws(region), names.history_log_group(stack.project, stack.name)
    changes: list[Change] = []
    notes: list[str] = []
    if channel_id is not None:
        calls = in_cloudtrail(aws.client("cloudtrail"), channel_id, now)
        changes += calls or ()
        notes += ["CloudTrail could not be read"] if calls is None else []
    lines = in_history(aws.client("logs"), group, destination, now)
    changes += lines or ()
    notes += ["the history could not be read"] if lines is None else []
    return changes, notes


def request_line(
    destination: str, action: str, by: str, why: str, now: dt.datetime
) -> dict[str, Any]:
    """Return the line of the history for what somebody requested of the HTTP API."""
    return {
        "time": now.isoformat(timespec="seconds"),
        "kind": _REQUEST,
        "subject": history_log.subject_of(destination),
        "action": action,
        "by": by,
        **({"why": why} if why else {}),
    }


def _recorder(line: Mapping[str, Any]) -> str:
    return str(line.get("by")) if line.get("kind") == _REQUEST else "watchdog"


def recorded(line: Mapping[str, Any]) -> str:
    """Return a line of the history in words; empty where it is no change."""
    words = _WORDS.get(str(line.get("kind")))
    return words(line) if words else ""


def _state(line: Mapping[str, Any]) -> str:
    cause = f" ({line['cause']})" if line.get("cause") else ""
    return f"{line.get('from') or 'new'} -> {line.get('to') or 'gone'}{cause}"


def _stop(line: Mapping[str, Any]) -> str:
    is_open = line.get("change") == "began" and line.get("until")
    end = f", until {line.get('until')}" if is_open else ""
    return f"stop by {line.get('by')} {line.get('change')}{end}{_reason(line)}"


def _request(line: Mapping[str, Any]) -> str:
    return f"{line.get('action')} requested by {line.get('by')}{_reason(line)}"


def _reason(line: Mapping[str, Any]) -> str:
    return f" ({line['why']})" if line.get("why") else ""


def _declaration(line: Mapping[str, Any]) -> str:
    declared = line.get("declared")
    if not declared:
        return "its file was removed"
    schedule = " with a schedule" if declared.get("schedule") else ""
    return f"declared {declared.get('state')}{schedule}"


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "state": _state,
    "start": lambda line: f"start, attempt {line.get('attempt')}",
    "refused": lambda line: f"AWS refused: {line.get('code')}",
    "incident": lambda line: f"incident {line.get('change')}: {line.get('reason')}",
    "operator": _stop,
    "deployment": _stop,
    _REQUEST: _request,
    "declaration": _declaration,
}
