"""A flow output that nothing but itself decides about: stopped by hand, or by its schedule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from provider.aws import Aws
from provider.flow_output import FlowOutput
from provider.resource import Change

MONDAY_TEN = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
MONDAY_NIGHT = dt.datetime(2026, 3, 2, 22, tzinfo=dt.UTC)
HOURS = {"days": ["mon"], "start": "09:00", "stop": "17:00"}
SCHEDULE = {"timezone": "UTC", "windows": [HOURS]}
TAGS = {"ManagedBy": "lunora", "Project": "p", "Stack": "s", "Destination": "one"}


@pytest.fixture
def declared(mediaconnect: Any) -> dict[str, Any]:
    return {
        "flowArn": mediaconnect.list_flows()["Flows"][0]["FlowArn"],
        "name": "one",
        "protocol": "rtp",
        "destination": "203.0.113.9",
        "port": 5000,
        "status": "ENABLED",
        "byItself": True,
        "description": "d",
        "tags": TAGS,
    }


@pytest.fixture
def scheduled(declared: dict[str, Any]) -> dict[str, Any]:
    return {**declared, "status": "SCHEDULED", "schedule": SCHEDULE}


def at(moment: dt.datetime, aws: Aws) -> FlowOutput:
    return FlowOutput(aws, lambda _: moment)


def status(mediaconnect: Any, inputs: dict[str, Any]) -> str:
    (output,) = mediaconnect.describe_flow(FlowArn=inputs["flowArn"])["Flow"]["Outputs"]
    return str(output["OutputStatus"])


def switch(mediaconnect: Any, inputs: dict[str, Any], arn: str, status: str) -> None:
    mediaconnect.update_flow_output(FlowArn=inputs["flowArn"], OutputArn=arn, OutputStatus=status)


def test_what_somebody_stopped_shows_and_is_started_again(
    aws: Aws, mediaconnect: Any, declared: dict[str, Any]
) -> None:
    resource = FlowOutput(aws)
    made = resource.create("urn", declared)
    assert not resource.diff(made.id, declared, made.state, declared).changed
    switch(mediaconnect, declared, made.id, "DISABLED")
    diff = resource.diff(made.id, declared, made.state, declared)
    assert (diff.changes, diff.replaces) == ({"status": Change.UPDATE}, frozenset())
    resource.update(made.id, declared, made.state, declared)
    assert status(mediaconnect, declared) == "ENABLED"


def test_what_stands_beside_a_channel_is_not_looked_at(
    aws: Aws, mediaconnect: Any, declared: dict[str, Any]
) -> None:
    beside = {key: value for key, value in declared.items() if key != "byItself"}
    resource = FlowOutput(aws)
    made = resource.create("urn", beside)
    switch(mediaconnect, declared, made.id, "DISABLED")
    assert not resource.diff(made.id, beside, made.state, beside).changed


def test_one_that_is_gone_is_the_business_of_a_refresh(aws: Aws, declared: dict[str, Any]) -> None:
    assert not FlowOutput(aws).diff("gone", declared, {}, declared).changed


@pytest.mark.parametrize(("moment", "sends"), [(MONDAY_TEN, "ENABLED"), (MONDAY_NIGHT, "DISABLED")])
def test_a_scheduled_one_is_made_as_its_schedule_says_now(
    aws: Aws, mediaconnect: Any, scheduled: dict[str, Any], moment: dt.datetime, sends: str
) -> None:
    resource = at(moment, aws)
    made = resource.create("urn", scheduled)
    assert status(mediaconnect, scheduled) == sends
    assert made.state == {**scheduled, "arn": made.id}


def test_between_runs_it_is_left_to_its_schedule(
    aws: Aws, mediaconnect: Any, scheduled: dict[str, Any]
) -> None:
    resource = at(MONDAY_TEN, aws)
    made = resource.create("urn", scheduled)
    switch(mediaconnect, scheduled, made.id, "DISABLED")
    assert not resource.diff(made.id, scheduled, made.state, scheduled).changed
    found = resource.read("urn", made.id, scheduled, made.state)
    assert found is not None
    assert found.inputs == scheduled


def test_another_declaration_applies_what_the_schedule_says_now(
    aws: Aws, mediaconnect: Any, scheduled: dict[str, Any]
) -> None:
    resource = at(MONDAY_TEN, aws)
    made = resource.create("urn", scheduled)
    later = {**SCHEDULE, "windows": [{**HOURS, "start": "12:00"}]}
    resource.update(made.id, scheduled, made.state, {**scheduled, "schedule": later})
    assert status(mediaconnect, scheduled) == "DISABLED"


def test_a_scheduled_status_needs_a_schedule(aws: Aws, declared: dict[str, Any]) -> None:
    checked = FlowOutput(aws).check("urn", None, {**declared, "status": "SCHEDULED"})
    assert "a scheduled status needs a schedule" in checked.failures[0].reason


def test_the_moment_is_awss(aws: Aws, mediaconnect: Any, scheduled: dict[str, Any]) -> None:
    # The embedded AWS of these tests stands at midnight of a Monday.
    FlowOutput(aws).create("urn", scheduled)
    assert status(mediaconnect, scheduled) == "DISABLED"
