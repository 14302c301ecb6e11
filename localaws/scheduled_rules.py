"""EventBridge's rules with a schedule: moto keeps them, here they come due on our clock.

Source: the EventBridge user guide, "Creating a rule that runs on a schedule" (expressions, in UTC)
and "Events from AWS services: scheduled events" (their members).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from moto.backends import get_backend

from localaws import events
from localaws.clock import Clock
from localaws.events import Event
from localaws.functions.service import Functions
from localaws.medialive.service import ACCOUNT
from localaws.request_log import Call
from localaws.schedule_expression import InvalidExpression, next_after


class ScheduledRules:
    """All rules with a schedule at work.

    Args:
        clock: on which they come due; each counts from when it is first seen.
        functions: targets that are Lambda functions.
    """

    def __init__(self, clock: Clock, functions: Functions) -> None:
        self._clock, self._functions = clock, functions
        self._done: dict[tuple[str, str], float] = {}

    def next_due(self) -> float | None:
        """Return when the next one comes due, in seconds since the epoch; None when none does."""
        return min((time for time, *_ in self._due()), default=None)

    def run(self) -> Iterator[Call]:
        """Run those that have come due, in order; yields a record for each target."""
        now = self._clock.now()
        while waiting := [due for due in self._due() if due[0] <= now]:
            time, region, rule = min(waiting, key=lambda due: due[0])
            self._done[_key(rule)] = time
            event = Event("aws.events", "Scheduled Event", time, rule.arn, {})
            yield from events.send(rule, event, region, self._functions)

    def _due(self) -> Iterator[tuple[float, str, Any]]:
        if "moto.events.models" not in sys.modules:
            return  # nobody has made a rule, and the import takes a while
        now = self._clock.now()
        for region, backend in get_backend("events")[ACCOUNT].items():
            for bus in backend.event_buses.values():
                for rule in bus.rules.values():
                    expression = rule.scheduled_expression
                    if not expression or rule.state != "ENABLED":
                        continue
                    since = self._done.setdefault(_key(rule), now)
                    try:
                        due = next_after(expression, "UTC", since)
                    except InvalidExpression:
                        continue
                    if due is not None:
                        yield due, region, rule


def _key(rule: Any) -> tuple[str, str]:
    return rule.arn, rule.scheduled_expression
