"""A schedule becomes a role for one channel, and its starts and stops."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.model import DestinationSpec
from catalog.scheduler_expressions import schedule_names
from tests.support.pulumi_mocks import TAGS, build, inputs

HOURS = {"days": ["mon", "fri"], "start": "09:00", "stop": "17:30"}
SCHEDULE = {"timezone": "America/Los_Angeles", "windows": [HOURS]}


def scheduled(**more: Any) -> dict[str, Any]:
    return build(schedule=SCHEDULE, **more)


def test_without_a_schedule_there_is_nothing_of_it() -> None:
    assert not [name for name in build() if "schedule" in name]


def test_its_parts_are_its_own_and_the_group_is_shared() -> None:
    registered = scheduled()
    parents = {
        name: registration.parent.rpartition("::")[2] for name, registration in registered.items()
    }
    assert registered["one-schedule"].type == "lunora:index:StreamSchedule"
    assert parents["one-schedule"] == "one"
    assert {name for name, parent in parents.items() if parent == "one-schedule"} == {
        "one-schedule-role",
        "one-schedule-policy",
        "one-schedule-start-0900",
        "one-schedule-stop-1730",
        "one-schedule-enable-0859",
        "one-schedule-disable-1731",
    }
    group = registered["schedules-us-west-2"]
    assert (parents["schedules-us-west-2"], group.type) == (
        "schedules-us-west-2",
        "aws:scheduler/scheduleGroup:ScheduleGroup",
    )
    assert inputs(group)["name"] == "lunora-player-test"


def test_each_firing_starts_or_stops_its_channel_in_the_time_zone_of_the_file() -> None:
    registered = scheduled()
    start, stop = (inputs(registered[f"one-schedule-{n}"]) for n in ("start-0900", "stop-1730"))
    assert (start["name"], stop["name"]) == ("one-start-0900", "one-stop-1730")
    assert start["scheduleExpression"] == "cron(0 9 ? * MON,FRI *)"
    assert stop["scheduleExpression"] == "cron(30 17 ? * MON,FRI *)"
    for schedule, operation in ((start, "startChannel"), (stop, "stopChannel")):
        assert schedule["scheduleExpressionTimezone"] == "America/Los_Angeles"
        assert schedule["flexibleTimeWindow"] == {"mode": "OFF"}
        assert schedule["state"] == "ENABLED"
        assert schedule["groupName"] == "lunora-player-test"
        target = schedule["target"]
        assert target["arn"] == f"arn:aws:scheduler:::aws-sdk:medialive:{operation}"
        assert target["roleArn"] == "arn:one-schedule-role"
        assert json.loads(target["input"]) == {"ChannelId": "one-channel-id"}
    assert start["target"]["retryPolicy"]["maximumEventAgeInSeconds"] == 8.5 * 3600
    assert stop["target"]["retryPolicy"]["maximumEventAgeInSeconds"] == 24 * 3600


def test_an_event_is_started_and_stopped_once() -> None:
    event = {"start": "2099-12-24T18:00", "stop": "2099-12-24T22:00", "pre_roll_minutes": 10}
    hours = {"timezone": "America/Los_Angeles", "events": [event]}
    registered = build(schedule=hours)
    expressions = {
        name.removeprefix("one-schedule-"): inputs(registration)["scheduleExpression"]
        for name, registration in registered.items()
        if registration.type == "aws:scheduler/schedule:Schedule"
    }
    assert expressions == {
        "start-9912241750": "at(2099-12-24T17:50:00)",
        "stop-9912242200": "at(2099-12-24T22:00:00)",
        "on-9912241749": "at(2099-12-24T17:49:00)",
        "off-9912242201": "at(2099-12-24T22:01:00)",
    }
    assert inputs(registered["one-channel"])["schedule"] == hours
    assert inputs(registered["one-channel"])["state"] == "scheduled"


def test_its_role_is_trusted_by_the_group_and_may_touch_the_one_channel() -> None:
    registered = scheduled()
    role = inputs(registered["one-schedule-role"])
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert trust["Condition"]["ArnEquals"] == {"aws:SourceArn": "arn:schedules-us-west-2"}
    assert (role["name"], role["tags"]) == ("lunora-player-test-one-schedule", TAGS)
    leave = json.loads(inputs(registered["one-schedule-policy"])["policy"])["Statement"]
    flow_arn = inputs(registered["one-flow-output"])["flowArn"]
    assert [statement["Resource"] for statement in leave] == [
        "arn:one-channel",
        [flow_arn, "arn:one-flow-output"],
    ]


def test_its_flow_outputs_send_from_a_minute_before_until_a_minute_after() -> None:
    registered = scheduled()
    output = inputs(registered["one-flow-output"])
    assert (output["status"], output["schedule"], output["marginMinutes"]) == (
        "SCHEDULED",
        SCHEDULE,
        1,
    )
    for name, time, status in (
        ("enable-0859", "59 8", "ENABLED"),
        ("disable-1731", "31 17", "DISABLED"),
    ):
        schedule = inputs(registered[f"one-schedule-{name}"])
        assert schedule["name"] == f"one-{name}"
        assert schedule["scheduleExpression"] == f"cron({time} ? * MON,FRI *)"
        assert (
            schedule["target"]["arn"] == "arn:aws:scheduler:::aws-sdk:mediaconnect:updateFlowOutput"
        )
        assert json.loads(schedule["target"]["input"]) == {
            "FlowArn": output["flowArn"],
            "OutputArn": "arn:one-flow-output",
            "OutputStatus": status,
        }
        assert "one-flow-output" in " ".join(registered[f"one-schedule-{name}"].dependencies)


def test_the_outputs_of_all_pipelines_and_flows_are_switched_under_names_of_their_own() -> None:
    registered = scheduled(redundancy="standard", flow=["main", "backup"])
    names = {
        inputs(registration)["name"]
        for name, registration in registered.items()
        if "enable-" in name
    }
    assert names == {f"one-enable-0859{more}" for more in ("", "-1", "-backup", "-backup-1")}
    given = {"name": "one", "platform": "youtube", "preset": "1080p30", "schedule": SCHEDULE}
    spec = DestinationSpec.model_validate(
        {**given, "redundancy": "standard", "flow": ["main", "backup"]}
    )
    listed = {
        inputs(registration)["name"]
        for registration in registered.values()
        if registration.type == "aws:scheduler/schedule:Schedule"
    }
    assert listed == schedule_names(spec)
    leave = json.loads(inputs(registered["one-schedule-policy"])["policy"])["Statement"]
    assert len(leave) == 1 + 4


def test_the_channel_leaves_starting_to_the_schedule() -> None:
    channel = inputs(scheduled()["one-channel"])
    assert (channel["state"], channel["schedule"]) == ("scheduled", SCHEDULE)


def test_its_schedules_are_gone_before_its_channel_is_stopped_for_good() -> None:
    registered = scheduled()
    for name in ("start-0900", "stop-1730"):
        dependencies = registered[f"one-schedule-{name}"].dependencies
        assert any(urn.endswith("::one-channel") for urn in dependencies), name


@pytest.mark.parametrize(("wanted", "suspended"), [("running", False), ("stopped", True)])
def test_a_stopped_destination_keeps_its_schedules_suspended(
    wanted: str, *, suspended: bool
) -> None:
    registered = scheduled(state=wanted)
    expected = "DISABLED" if suspended else "ENABLED"
    for name in ("start-0900", "stop-1730", "enable-0859", "disable-1731"):
        assert inputs(registered[f"one-schedule-{name}"])["state"] == expected
    status = "DISABLED" if suspended else "SCHEDULED"
    assert inputs(registered["one-flow-output"])["status"] == status
    assert inputs(registered["one-channel"])["state"] == ("stopped" if suspended else "scheduled")


def test_a_renamed_destination_keeps_the_names_of_its_schedules() -> None:
    registered = scheduled(previous_names=["before"])
    assert inputs(registered["one-schedule-start-0900"])["name"] == "before-start-0900"


def test_a_flow_that_sends_by_itself_is_switched_at_its_output() -> None:
    registered = scheduled(route="flow", preset=None)
    output = inputs(registered["one-flow-output"])
    assert output["status"] == "SCHEDULED"
    assert "marginMinutes" not in output
    assert output["schedule"]["timezone"] == "America/Los_Angeles"
    for name, status in (("start-0900", "ENABLED"), ("stop-1730", "DISABLED")):
        target = inputs(registered[f"one-schedule-{name}"])["target"]
        assert target["arn"] == "arn:aws:scheduler:::aws-sdk:mediaconnect:updateFlowOutput"
        parameters = json.loads(target["input"])
        assert parameters["OutputArn"] == "arn:one-flow-output"
        assert parameters["OutputStatus"] == status
    (statement,) = json.loads(inputs(registered["one-schedule-policy"])["policy"])["Statement"]
    assert statement["Action"] == ["mediaconnect:UpdateFlowOutput"]
    assert statement["Resource"] == [parameters["FlowArn"], "arn:one-flow-output"]
    assert "one-flow-output" in " ".join(registered["one-schedule-start-0900"].dependencies)
