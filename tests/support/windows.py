"""Hours of schedules that tests on the machine's clock never meet."""

from __future__ import annotations

import datetime as dt
from typing import Final, get_args

from catalog.schedule import Day

DISTANT_DAY: Final[str] = get_args(Day)[(dt.datetime.now(dt.UTC).weekday() + 3) % 7]
"""A weekday days away, in every time zone: its hours neither begin nor end during a test."""
