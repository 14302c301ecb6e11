"""Fixtures of the emulator's tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.queues import received


@pytest.fixture
def events_of(client: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    """Return the events of a detail type since the last time, the oldest first."""
    queue = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    events = client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["aws.mediaconnect"]}')
    arn = "arn:aws:sqs:us-west-2:123456789012:q"
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": arn}])
    waiting: list[Any] = []

    def receive(detail_type: str) -> list[Any]:
        waiting.extend(map(json.loads, received(client("sqs"), queue)))
        matching = [event for event in waiting if event["detail-type"] == detail_type]
        waiting[:] = [event for event in waiting if event["detail-type"] != detail_type]
        return sorted(matching, key=lambda event: str(event["time"]))

    return receive
