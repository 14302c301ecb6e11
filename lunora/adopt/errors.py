"""Reasons against the adoption of a stream."""

from __future__ import annotations

from catalog.errors import LunoraError

NAME, STATE, STRUCTURE, FLOW = "LUN432", "LUN433", "LUN434", "LUN435"
STREAM_KEY, INGEST, SETTINGS = "LUN436", "LUN437", "LUN438"


class NotAdoptableError(LunoraError):
    """No destination file can declare the stream; the message never holds a secret."""
