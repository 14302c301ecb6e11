"""A scheduled channel: the run state and the schedule do not fight."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from provider.channel_state import ChannelState

from localaws.server import EmbeddedAws
from provider import channel
from provider.aws import Aws
from provider.resource import Change
from tests.helpers import idle_channel, settle

HOURS = {"days": ["mon"], "start": "09:00", "stop": "17:00"}
SCHEDULE = {"timezone": "America/Los_Angeles", "windows": [HOURS]}
# A Monday, 12:00 and 20:00 in Los Angeles.
OPEN = dt.datetime(2026, 6, 15, 19, tzinfo=dt.UTC)
CLOSED = dt.datetime(2026, 6, 16, 3, tzinfo=dt.UTC)


def declared(channel_id: str, **more: Any) -> dict[str, Any]:
    base = {"channelId": channel_id, "state": "scheduled", "schedule": SCHEDULE, "revision": "r"}
    return {**base, **more}


def at(aws: Aws, moment: dt.datetime) -> ChannelState:
    return ChannelState(aws, now=lambda _: moment)


def state(medialive: Any, channel_id: str) -> str:
    found: str = medialive.describe_channel(ChannelId=channel_id)["State"]
    return found


@pytest.mark.parametrize(("moment", "expected"), [(OPEN, "RUNNING"), (CLOSED, "IDLE")])
def test_a_new_one_is_brought_to_what_its_schedule_says_now(
    aws: Aws, medialive: Any, moment: dt.datetime, expected: str
) -> None:
    channel_id = idle_channel(medialive)
    created = at(aws, moment).create("urn", declared(channel_id))
    assert state(medialive, channel_id) == expected
    assert created.state == declared(channel_id)


@pytest.mark.parametrize("moment", [OPEN, CLOSED])
@pytest.mark.parametrize("runs", [True, False])
def test_what_is_declared_as_before_is_left_to_its_schedule(
    aws: Aws, medialive: Any, embedded: EmbeddedAws, moment: dt.datetime, *, runs: bool
) -> None:
    channel_id, resource = idle_channel(medialive), at(aws, moment)
    if runs:
        medialive.start_channel(ChannelId=channel_id)
        settle(lambda: state(medialive, channel_id), "RUNNING")
    embedded.calls.clear()
    same = declared(channel_id)
    assert not resource.diff(channel_id, same, same, same).changed
    assert embedded.calls == [], "a scheduled channel was looked at"
    found = resource.read("urn", channel_id, same, same)
    assert found is not None
    assert (found.inputs, found.state) == (same, same)


def test_one_that_is_suspended_is_read_with_its_schedule(aws: Aws, medialive: Any) -> None:
    channel_id = idle_channel(medialive)
    suspended = declared(channel_id, state="stopped")
    found = at(aws, OPEN).read("urn", channel_id, suspended, suspended)
    assert found is not None
    assert found.inputs == suspended


@pytest.mark.parametrize(("moment", "expected"), [(OPEN, "RUNNING"), (CLOSED, "IDLE")])
def test_what_an_update_stopped_is_started_again_only_within_its_hours(
    aws: Aws, medialive: Any, moment: dt.datetime, expected: str
) -> None:
    channel_id, resource = idle_channel(medialive), at(aws, moment)
    before, after = declared(channel_id), declared(channel_id, revision="edited")
    assert resource.diff(channel_id, before, before, after).changes == {"revision": Change.UPDATE}
    assert resource.update(channel_id, before, before, after) == after
    assert state(medialive, channel_id) == expected


def test_other_hours_apply_at_once(aws: Aws, medialive: Any) -> None:
    channel_id, resource = idle_channel(medialive), at(aws, OPEN)
    before = resource.create("urn", declared(channel_id)).state
    mornings = {**SCHEDULE, "windows": [{**HOURS, "stop": "10:00"}]}
    after = declared(channel_id, schedule=mornings)
    assert resource.diff(channel_id, before, before, after).changed
    resource.update(channel_id, before, before, after)
    assert state(medialive, channel_id) == "IDLE"


def test_hours_that_end_while_it_starts_leave_it_stopped(
    aws: Aws, medialive: Any, embedded: EmbeddedAws
) -> None:
    channel_id, looks = idle_channel(medialive), iter([OPEN] * 2)
    resource = ChannelState(aws, now=lambda _: next(looks, CLOSED))
    resource.create("urn", declared(channel_id))
    assert state(medialive, channel_id) == "IDLE"
    starts = [call for call in embedded.calls if call.operation == "StartChannel"]
    assert len(starts) == 1, "it was not on its way when its hours ended"


@pytest.mark.parametrize(("hours", "expected"), [(19, "RUNNING"), (3, "IDLE")])
def test_the_hours_are_told_by_the_clock_of_aws(
    aws: Aws, medialive: Any, embedded: EmbeddedAws, hours: int, expected: str
) -> None:
    channel_id = idle_channel(medialive)
    # From a Monday 00:00 in UTC, to Monday noon or Sunday evening in Los Angeles.
    embedded.advance(hours * 3600)
    ChannelState(aws).create("urn", declared(channel_id))
    assert state(medialive, channel_id) == expected


def test_an_answer_without_a_date_leaves_the_clock_of_the_machine() -> None:
    assert abs(channel.moment({}) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


@pytest.mark.parametrize(("wanted", "expected"), [("running", "RUNNING"), ("stopped", "IDLE")])
def test_a_schedule_that_goes_leaves_what_is_declared_instead(
    aws: Aws, medialive: Any, wanted: str, expected: str
) -> None:
    channel_id, resource = idle_channel(medialive), at(aws, CLOSED)
    before = resource.create("urn", declared(channel_id)).state
    after = {"channelId": channel_id, "state": wanted, "revision": "r"}
    resource.update(channel_id, before, before, after)
    assert state(medialive, channel_id) == expected


def test_a_suspended_schedule_is_stopped_within_its_hours(aws: Aws, medialive: Any) -> None:
    channel_id, resource = idle_channel(medialive), at(aws, OPEN)
    before = resource.create("urn", declared(channel_id)).state
    after = declared(channel_id, state="stopped")
    resource.update(channel_id, before, before, after)
    assert state(medialive, channel_id) == "IDLE"


def test_a_schedule_has_to_be_known(aws: Aws) -> None:
    inputs = {"channelId": "1", "state": "scheduled"}
    (failure,) = ChannelState(aws).check("urn", None, inputs).failures
    assert failure.reason == "Value error, a scheduled state needs a schedule"


def test_a_schedule_is_kept_as_it_is_given(aws: Aws) -> None:
    checked = ChannelState(aws).check("urn", None, declared("1"))
    assert (checked.failures, checked.inputs) == ((), declared("1"))
