"""Durations as people write them: `90m`, `2h` or `30d`."""

from __future__ import annotations

import datetime as dt
import re

FORM = "minutes, hours or days, for example 90m, 2h or 1d"
"""The form of a duration, in words."""

_UNITS = {"m": dt.timedelta(minutes=1), "h": dt.timedelta(hours=1), "d": dt.timedelta(days=1)}


def parse(text: str) -> dt.timedelta | None:
    """Return the duration that *text* is; None for any other text."""
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", text)
    return int(match[1]) * _UNITS[match[2]] if match else None
