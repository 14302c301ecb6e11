"""The log group of a stack's history, and the writing of its lines.

The watchdog, operators' commands and deployments write there, each to a stream of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

_MISSING = "ResourceNotFoundException"
"""Error of a log group, or a stream, that does not exist."""


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
