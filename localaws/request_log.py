"""The log of calls: one line each, with operation and resource, without bodies."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

DROPPED = 0
"""The status of a call whose connection was closed without an answer."""

# Members of requests to other services that say what a call is about; none of them holds a key.
_NAMES = re.compile(
    r"(\w*Name|\w+Names|Names|Rule|ResourceId|ResourceARN|ResourceArn|SecretId|TopicArn)(\.member\.\d+)?"
)
_NAMED_BY = (
    "ChannelId",
    "InputId",
    "InputSecurityGroupId",
    "MultiplexId",
    "OutputArn",
    "FlowArn",
    "ResourceArn",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        service: for example `medialive`.
        operation: for example `CreateChannel`.
        resource: id, ARN or name of what it was about; empty where it names none.
        status: HTTP status of the answer.
        time: seconds since the epoch when the log recorded it.
    """

    service: str
    operation: str
    resource: str
    status: int
    time: float = dataclasses.field(default=0.0, compare=False)

    def __str__(self) -> str:
        return f"{self.service} {self.operation} {self.resource or '-'} {self.status}"


class RequestLog:
    """Keeps all calls with their time and writes them to a file, if there is one.

    Args:
        file: gets one line a call.
        now: seconds since the epoch.
        on_call: receives every call.
    """

    def __init__(
        self, file: Path | None, now: Callable[[], float], on_call: Callable[[Call], None]
    ) -> None:
        self.calls: list[Call] = []
        self._now, self._on_call = now, on_call
        self._lock = threading.Lock()
        self._stream = file.open("a", encoding="utf-8") if file else None

    def add(self, call: Call) -> None:
        """Record a call."""
        call = dataclasses.replace(call, time=self._now())
        with self._lock:
            self.calls.append(call)
            if self._stream is not None:
                self._stream.write(f"{call}\n")
                self._stream.flush()
        self._on_call(call)

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()


def resource_of(members: Mapping[str, Any]) -> str:
    """Return what a request is about."""
    for key in _NAMED_BY:
        if key in members:
            return str(members[key])
    return str(members.get("Name", ""))


def names_given(members: Mapping[str, Any]) -> set[str]:
    """Return the names that a request gives to the parts of a thing: outputs of a flow."""
    return {str(part["Name"]) for part in members.get("Outputs", []) if "Name" in part}


def names_in(path: str, body: bytes) -> set[str]:
    """Return what a request to another service is about, as far as its path and body say."""
    named = {name for key, name in _texts(body) if _NAMES.fullmatch(key)}
    last = unquote(path.rpartition("/")[2])
    return named | {last} if last else named


def _texts(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        members = json.loads(body)
    except ValueError:
        members = parse_qs(body.decode(errors="replace"))
    for key, value in members.items() if isinstance(members, dict) else ():
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                yield key, name
