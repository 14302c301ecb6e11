"""The result of a rule for one destination."""

from __future__ import annotations

from typing import NamedTuple


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
