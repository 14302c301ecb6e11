"""The time at which the emulator of a test starts."""

from __future__ import annotations

import datetime as dt
from typing import Final

# A Monday. Time stands still unless a test advances it, so that no result depends on the hour or
# on how busy the machine is.
MONDAY: Final = dt.datetime(2026, 3, 2, tzinfo=dt.UTC).timestamp()
