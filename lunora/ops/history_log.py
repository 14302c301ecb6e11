"""Lines of a stack's history in CloudWatch Logs: written and read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

_MISSING = "ResourceNotFoundException"
"""Error of a log group, or a stream, that does not exist."""

_ALL = ""
"""The pattern of all lines (CloudWatch Logs user guide, filter pattern syntax)."""


def write(
    logs: CloudWatchLogsClient, group: str, stream: str, lines: Iterable[Mapping[str, Any]]
) -> None:
    """Append *lines*, JSON objects with a member `epoch_ms`, to *stream* of *group*.

    The stream is created at its first use. The group is the deployment's: without it there is no
    history, and nothing is written.

    Raises:
        ClientError, BotoCoreError: when CloudWatch Logs refuses or does not answer.
    """
    events: list[InputLogEventTypeDef] = [
        {
            "timestamp": int(line["epoch_ms"]),
            "message": json.dumps({key: line[key] for key in line if key != "epoch_ms"}),
        }
        for line in lines
    ]
    if not events:
        return
    # PutLogEvents wants them in the order of their times (API reference).
    events.sort(key=lambda event: event["timestamp"])

    def put() -> None:
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    try:
        put()
    except ClientError as error:
        if error.response["Error"]["Code"] != _MISSING:
            raise
        if _create_stream(logs, group, stream):
            put()


def read(
    logs: CloudWatchLogsClient, group: str, subject: str, start: dt.datetime
) -> list[dict[str, Any]]:
    """Return the lines about *subject* since *start*, the oldest first; none without a history.

    Raises:
        ClientError, BotoCoreError: when CloudWatch Logs refuses or does not answer.
    """
    # A term, which every line about the subject has; others may have it too.
    lines = _read(logs, group, start, f'"{subject}"')
    return [line for line in lines if line["subject"] == subject]


def read_all(logs: CloudWatchLogsClient, group: str, start: dt.datetime) -> list[dict[str, Any]]:
    """Return all lines since *start*, the oldest first; none without a history.

    Raises:
        ClientError, BotoCoreError: when CloudWatch Logs refuses or does not answer.
    """
    return _read(logs, group, start, _ALL)


def _read(
    logs: CloudWatchLogsClient, group: str, start: dt.datetime, pattern: str
) -> list[dict[str, Any]]:
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(start.timestamp() * 1000), filterPattern=pattern
    )
    try:
        messages = [event.get("message", "") for page in pages for event in page["events"]]
    except ClientError as error:
        if error.response["Error"]["Code"] == _MISSING:
            return []
        raise
    return [line for line in map(_line, messages) if line.get("subject")]


def _line(message: str) -> dict[str, Any]:
    """Return a line of the history; an empty one for a message of another kind."""
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) and "time" in line else {}


def _create_stream(logs: CloudWatchLogsClient, group: str, stream: str) -> bool:
    """Create *stream*; tell whether its group exists."""
    try:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == _MISSING:
            return False
        if code != "ResourceAlreadyExistsException":
            raise
    return True
