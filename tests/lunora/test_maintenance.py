"""Maintenance by AWS, as `lunora status`, `show` and `flows` tell of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from lunora.ops import maintenance
from lunora.ops.desired_state import declared
from lunora.ops.flow_status import flow_status
from lunora.ops.status import DestinationStatus, overview
from tests.support.stage import Stage, only_status, run

HOUR, DAY = 3600, 86400
# The emulator begins on Monday, 2 March 2026. The deadline is 21 days later, the windows that it
# chooses are the Saturday before for channels, and the Monday a week before for flows.
SATURDAY = dt.datetime(2026, 3, 21, 9, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 3, 16, 2, tzinfo=dt.UTC)
FLOW = "lunora-player-local-srt-router"


def status_at(stage: Stage, now: dt.datetime) -> DestinationStatus:
    specs = declared(stage.folder / "destinations")
    (status,) = overview(stage.stack, specs, now).destinations
    return status


def reach(stage: Stage, time: dt.datetime) -> None:
    stage.aws.advance(time.timestamp() - stage.aws.clock.now())


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"MaintenanceDay": "MONDAY", "MaintenanceStartTime": "02:00"}, None),
        (
            {"MaintenanceScheduledDate": "2026-12-01T04:00:00Z", "MaintenanceStartTime": "02:00"},
            "maintenance 2026-12-01 04:00 UTC",
        ),
        (
            {"MaintenanceScheduledDate": "2026-12-01T06:00:00+02:00"},
            "maintenance 2026-12-01 04:00 UTC",
        ),
        (
            {"MaintenanceScheduledDate": "2026-12-01", "MaintenanceStartTime": "04:00"},
            "maintenance 2026-12-01 04:00 UTC",
        ),
        ({"MaintenanceDeadline": "2026-12-01T04:00:00Z"}, "maintenance by 2026-12-01 04:00 UTC"),
        ({"MaintenanceScheduledDate": "soon"}, None),
    ],
)
def test_each_form_of_a_date_is_read(members: dict[str, Any], expected: str | None) -> None:
    required = maintenance.of_channel(members)
    assert (None if required is None else str(required)) == expected


def test_that_of_a_channel_is_told_before_and_while_it_is_performed(stage: Stage) -> None:
    stage.destination("main-stage")
    assert only_status()["maintenance"] is None
    stage.aws.trigger("maintenance-required", "*-main-stage")
    assert only_status()["maintenance"] == {
        "begin": "2026-03-21T09:00:00+00:00",
        "deadline": "2026-03-23T00:00:00+00:00",
    }
    for command in (["status"], ["show", "main-stage"]):
        words = " ".join(run(*command).stdout.split())
        assert "maintenance 2026-03-21 09:00 UTC" in words

    reach(stage, SATURDAY)
    health = status_at(stage, SATURDAY).health
    assert (health.condition, health.severity) == ("recovering", "warning")
    assert health.reason.endswith("maintenance by AWS until 11:00 UTC at the latest")

    reach(stage, SATURDAY + dt.timedelta(hours=1))
    assert stage.state("main-stage") == "RUNNING"
    assert only_status()["maintenance"] is None


def test_that_of_a_flow_is_that_of_what_it_feeds(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.trigger("maintenance-required", FLOW)
    (flow,) = json.loads(run("flows", "--json").stdout)["flows"]
    assert flow["maintenance"]["begin"] == "2026-03-16T02:00:00+00:00"
    assert only_status()["maintenance"] == flow["maintenance"]
    assert "maintenance 2026-03-16 02:00 UTC" in run("flows").stdout

    reach(stage, MONDAY)
    (ref,) = stage.stack.flows
    status = flow_status(stage.stack, ref, MONDAY)
    assert (status.condition, status.severity) == ("stopped", "warning")
    assert status_at(stage, MONDAY).health.condition == "recovering"
