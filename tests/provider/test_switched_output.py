"""A flow output that is stopped or removed by hand, or switched by its schedule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.suspension import Suspension
from localaws.server import EmbeddedAws
from provider import output_suspension
from provider.aws import AwsClients
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
        "description": "d",
        "tags": TAGS,
    }


@pytest.fixture
def scheduled(declared: dict[str, Any]) -> dict[str, Any]:
    return {**declared, "status": "SCHEDULED", "schedule": SCHEDULE}


def at(moment: dt.datetime, aws: AwsClients) -> FlowOutput:
    return FlowOutput(aws, lambda _: moment)


def status(mediaconnect: Any, inputs: dict[str, Any]) -> str:
    (output,) = mediaconnect.describe_flow(FlowArn=inputs["flowArn"])["Flow"]["Outputs"]
    return str(output["OutputStatus"])


def switch(mediaconnect: Any, inputs: dict[str, Any], arn: str, status: str) -> None:
    mediaconnect.update_flow_output(FlowArn=inputs["flowArn"], OutputArn=arn, OutputStatus=status)


def test_what_somebody_stopped_shows_and_is_started_again(
    aws: AwsClients, mediaconnect: Any, declared: dict[str, Any]
) -> None:
    resource = FlowOutput(aws)
    made = resource.create("urn", declared)
    switch(mediaconnect, declared, made.id, "DISABLED")
    diff = resource.diff(made.id, declared, made.state, declared)
    assert (diff.changes, diff.replaces) == ({"status": Change.UPDATE}, frozenset())
    resource.update(made.id, declared, made.state, declared)
    assert status(mediaconnect, declared) == "ENABLED"


def test_an_operators_stop_ends_with_it_and_is_no_tag_of_the_file(
    aws: AwsClients, mediaconnect: Any, declared: dict[str, Any]
) -> None:
    resource = FlowOutput(aws)
    made = resource.create("urn", declared)
    switch(mediaconnect, declared, made.id, "DISABLED")
    output_suspension.suspend(aws, made.id, Suspension("alice", MONDAY_TEN))
    read = resource.read("urn", made.id, declared, made.state)
    assert read is not None
    assert read.state["tags"] == TAGS
    resource.update(made.id, declared, made.state, declared)
    assert mediaconnect.list_tags_for_resource(ResourceArn=made.id)["Tags"] == TAGS


def test_an_edit_of_what_an_operator_stopped_restores_the_declared_state(
    aws: AwsClients, mediaconnect: Any, declared: dict[str, Any]
) -> None:
    made = FlowOutput(aws).create("urn", declared)
    switch(mediaconnect, declared, made.id, "DISABLED")
    output_suspension.suspend(aws, made.id, Suspension("alice", MONDAY_TEN))
    edited = {**declared, "port": 5002}
    FlowOutput(aws).update(made.id, declared, made.state, edited)
    assert status(mediaconnect, declared) == "ENABLED"
    assert mediaconnect.list_tags_for_resource(ResourceArn=made.id)["Tags"] == TAGS


@pytest.mark.parametrize("switched", ["ENABLED", "DISABLED"])
def test_a_stopped_one_that_somebody_enabled_shows_too(
    aws: AwsClients, mediaconnect: Any, declared: dict[str, Any], switched: str
) -> None:
    stopped = {**declared, "status": "DISABLED"}
    made = FlowOutput(aws).create("urn", stopped)
    switch(mediaconnect, stopped, made.id, switched)
    diff = FlowOutput(aws).diff(made.id, stopped, made.state, stopped)
    assert diff.changed is (switched == "ENABLED")


def test_many_outputs_of_a_flow_look_at_it_once(
    embedded: EmbeddedAws, mediaconnect: Any, declared: dict[str, Any]
) -> None:
    frozen = AwsClients("us-west-2", endpoint=embedded.endpoint, clock=lambda: 0.0)
    resource, made = FlowOutput(frozen), []
    for number in range(3):
        inputs = {**declared, "name": f"output-{number}", "port": 5000 + 2 * number}
        made.append((resource.create("urn", inputs), inputs))
    embedded.calls.clear()
    for created, inputs in made:
        assert not resource.diff(created.id, inputs, created.state, inputs).changed
    assert [call.operation for call in embedded.calls] == ["DescribeFlow"]


@pytest.mark.parametrize("change", [{}, {"description": "another"}, {"status": "DISABLED"}])
def test_one_that_somebody_removed_is_planned_again(
    aws: AwsClients, mediaconnect: Any, declared: dict[str, Any], change: dict[str, str]
) -> None:
    resource = FlowOutput(aws)
    made = resource.create("urn", declared)
    mediaconnect.remove_flow_output(FlowArn=declared["flowArn"], OutputArn=made.id)
    new = {**declared, **change}
    diff = resource.diff(made.id, declared, made.state, new)
    assert diff.changes == {"arn": Change.UPDATE, **dict.fromkeys(change, Change.UPDATE)}
    assert diff.replaces == {"arn"}
    assert diff.delete_before_replace
    assert diff.warning == "flow output one is missing in AWS; it is created again"
    resource.delete(made.id, made.state)
    again = resource.create("urn", new)
    assert not FlowOutput(aws).diff(again.id, new, again.state, new).replaces


def test_a_scheduled_one_that_is_gone_is_planned_again_too(
    aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any]
) -> None:
    made = FlowOutput(aws).create("urn", scheduled)
    mediaconnect.remove_flow_output(FlowArn=scheduled["flowArn"], OutputArn=made.id)
    assert FlowOutput(aws).diff(made.id, scheduled, made.state, scheduled).replaces == {"arn"}


def test_a_state_of_an_earlier_version_is_no_difference(
    aws: AwsClients, mediaconnect: Any, declared: dict[str, Any]
) -> None:
    resource, old = FlowOutput(aws), {**declared, "byItself": True}
    made = resource.create("urn", declared)
    assert not resource.diff(made.id, old, {**old, "arn": made.id}, declared).changed
    resource.update(made.id, old, old, {**declared, "status": "DISABLED"})
    assert status(mediaconnect, declared) == "DISABLED"


@pytest.mark.parametrize(("moment", "sends"), [(MONDAY_TEN, "ENABLED"), (MONDAY_NIGHT, "DISABLED")])
def test_a_scheduled_one_is_made_as_its_schedule_says_now(
    aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any], moment: dt.datetime, sends: str
) -> None:
    resource = at(moment, aws)
    made = resource.create("urn", scheduled)
    assert status(mediaconnect, scheduled) == sends
    assert made.state == {**scheduled, "arn": made.id}


def test_between_runs_it_is_left_to_its_schedule(
    aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any]
) -> None:
    resource = at(MONDAY_TEN, aws)
    made = resource.create("urn", scheduled)
    switch(mediaconnect, scheduled, made.id, "DISABLED")
    assert not resource.diff(made.id, scheduled, made.state, scheduled).changed
    result = resource.read("urn", made.id, scheduled, made.state)
    assert result is not None
    assert result.inputs == scheduled


def test_another_declaration_applies_what_the_schedule_says_now(
    aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any]
) -> None:
    resource = at(MONDAY_TEN, aws)
    made = resource.create("urn", scheduled)
    later = {**SCHEDULE, "windows": [{**HOURS, "start": "12:00"}]}
    resource.update(made.id, scheduled, made.state, {**scheduled, "schedule": later})
    assert status(mediaconnect, scheduled) == "DISABLED"


@pytest.mark.parametrize("switched", ["ENABLED", "DISABLED"])
def test_a_description_and_tags_leave_it_to_its_schedule(
    aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any], switched: str
) -> None:
    resource = at(MONDAY_TEN, aws)
    made = resource.create("urn", scheduled)
    switch(mediaconnect, scheduled, made.id, switched)
    new = {**scheduled, "description": "another", "tags": {**TAGS, "Owner": "x"}}
    resource.update(made.id, scheduled, made.state, new)
    (output,) = mediaconnect.describe_flow(FlowArn=new["flowArn"])["Flow"]["Outputs"]
    assert (output["OutputStatus"], output["Description"]) == (switched, "another")


@pytest.mark.parametrize(
    ("minutes", "sends"), [(-2, "DISABLED"), (-1, "ENABLED"), (480, "ENABLED"), (481, "DISABLED")]
)
def test_a_margin_lets_it_send_before_and_after_its_hours(
    aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any], minutes: int, sends: str
) -> None:
    nine = MONDAY_TEN - dt.timedelta(hours=1)
    resource = at(nine + dt.timedelta(minutes=minutes), aws)
    resource.create("urn", {**scheduled, "marginMinutes": 1})
    assert status(mediaconnect, scheduled) == sends


@pytest.mark.parametrize(
    ("minutes", "sends"), [(-1, "DISABLED"), (0, "ENABLED"), (479, "ENABLED"), (480, "DISABLED")]
)
def test_without_a_margin_it_sends_in_its_hours(
    aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any], minutes: int, sends: str
) -> None:
    nine = MONDAY_TEN - dt.timedelta(hours=1)
    at(nine + dt.timedelta(minutes=minutes), aws).create("urn", scheduled)
    assert status(mediaconnect, scheduled) == sends


def test_a_change_that_overtakes_its_schedule_is_undone(
    aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any]
) -> None:
    moments = iter((dt.datetime(2026, 3, 2, 8, 59, 59, tzinfo=dt.UTC), *[MONDAY_TEN] * 2))
    FlowOutput(aws, lambda _: next(moments)).create("urn", scheduled)
    assert status(mediaconnect, scheduled) == "ENABLED"


def test_a_scheduled_status_needs_a_schedule(aws: AwsClients, declared: dict[str, Any]) -> None:
    checked = FlowOutput(aws).check("urn", None, {**declared, "status": "SCHEDULED"})
    assert "a scheduled status needs a schedule" in checked.failures[0].reason


def test_the_moment_is_awss(aws: AwsClients, mediaconnect: Any, scheduled: dict[str, Any]) -> None:
    # The emulator of these tests stands at midnight of a Monday.
    FlowOutput(aws).create("urn", scheduled)
    assert status(mediaconnect, scheduled) == "DISABLED"
