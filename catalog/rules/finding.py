"""The result of a rule for one destination."""

from __future__ import annotations

from typing import NamedTuple

from catalog.model import DestinationSpec


class Finding(NamedTuple):
    """An error or warning about one destination.

    Attributes:
        code: a row of the table of codes.
        key: the key in its file, dotted.
        message: the cause and the remedy.
    """

    code: str
    key: str
    message: str


def encoding_key(spec: DestinationSpec, key: str) -> str:
    """Return where the file of *spec* decides on *key* of its encoding: there, or by its preset."""
    return f"encoding.{key}" if getattr(spec.encoding, key) is not None else "preset"
