"""JSON documents of the command and of the HTTP API."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class HasDocument(Protocol):
    """An object with a JSON form of its own."""

    def document(self) -> Any:
        """Return the JSON form."""


def dumps(content: Any, *, indent: int | None = None) -> str:
    """Return *content* as JSON; dataclasses become objects, times ISO 8601 in whole seconds."""
    return json.dumps(content, indent=indent, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, HasDocument):
        return value.document()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
