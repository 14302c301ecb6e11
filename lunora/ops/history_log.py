"""Lines of a stack's history in CloudWatch Logs: written and read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from provider.aws_errors import error_code

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

_MISSING = "ResourceNotFoundException"
"""Error of a log group, or a stream, that does not exist."""


def subject_of(destination: str) -> str:
    """Return the subject of a destination's own incidents and lines of the history."""
    return f"destination {destination}"


def subject_of_flow(key: str) -> str:
    """Return the subject of the incidents and lines of the flow *key*."""
    return f"flow {key}"


def write(
    logs: CloudWatchLogsClient,
    group: str,
    stream: str,
    lines: Iterable[tuple[dt.datetime, Mapping[str, Any]]],
) -> None:
    """Append *lines*, times and JSON objects, to *stream* of *group*.

    The stream is created at its first use. The group is the deployment's: without it there is no
    history, and nothing is written.

    Raises:
        ClientError, BotoCoreError: when CloudWatch Logs refuses or does not answer.
    """
    events: list[InputLogEventTypeDef] = [
        {"timestamp": int(time.timestamp() * 1000), "message": json.dumps(line)}
        for time, line in lines
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
        if error_code(error) != _MISSING:
            raise
        if _create_stream(logs, group, stream):
            put()


def read(
    logs: CloudWatchLogsClient, group: str, subject: str | None, start: dt.datetime
) -> list[dict[str, Any]]:
    """Return the lines since *start*, the oldest first; none without a history.

    Args:
        logs: the client.
        group: the log group.
        subject: what the lines are about; None is everything.
        start: the time of the first line.

    Raises:
        ClientError, BotoCoreError: when CloudWatch Logs refuses or does not answer.
    """
    # A term, which every line about the subject has; others may have it too.
    term: dict[str, Any] = {} if subject is None else {"filterPattern": f'"{subject}"'}
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=int(start.timestamp() * 1000), **term
    )
    try:
        messages = [event.get("message", "") for page in pages for event in page["events"]]
    except ClientError as error:
        if error_code(error) == _MISSING:
            return []
        raise
    lines = [line for line in map(_line, messages) if line]
    return [line for line in lines if subject is None or line.get("subject") == subject]


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
        code = error_code(error)
        if code == _MISSING:
            return False
        if code != "ResourceAlreadyExistsException":
            raise
    return True
