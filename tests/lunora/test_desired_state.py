"""The state that a file asks for, of which status, API and watchdog judge a destination."""

from __future__ import annotations

import datetime as dt

import pytest

from catalog.model import DestinationSpec
from lunora.ops.desired_state import DesiredState, expected

EVENT = {"start": "2099-12-24T18:00", "stop": "2099-12-24T22:00", "pre_roll_minutes": 10}


@pytest.mark.parametrize(
    ("hour", "minute", "state"),
    [
        (16, 40, "stopped"),
        # It starts, and its flow outputs a minute earlier.
        (16, 49, None),
        (16, 52, None),
        (16, 56, "running"),
        (20, 58, "running"),
        (21, 2, None),
        (21, 6, "stopped"),
    ],
)
def test_an_event_is_expected_from_its_pre_roll_until_its_stop(
    hour: int, minute: int, state: DesiredState | None
) -> None:
    hours = {"timezone": "Europe/Berlin", "events": [EVENT]}
    given = {"name": "one", "platform": "youtube", "preset": "1080p30", "schedule": hours}
    now = dt.datetime(2099, 12, 24, hour, minute, tzinfo=dt.UTC)
    assert expected(DestinationSpec.model_validate(given), now) == state
