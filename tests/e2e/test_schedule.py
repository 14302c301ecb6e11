"""A schedule comes, changes and goes; AWS follows. Asserted on the emulator."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

NAME = "event-stage"
FILE = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 720p30\n"
GROUP = "lunora-player-local"
OUTPUT = f"{GROUP}-{NAME}"


def hours(begin: int, end: int, stop_minute: str = "00") -> str:
    """Return a schedule of all days, its hours counted from now in UTC."""
    now = dt.datetime.now(dt.UTC)
    start, stop = (now + dt.timedelta(hours=begin), now + dt.timedelta(hours=end))
    window = f'start: "{start:%H}:00", stop: "{stop:%H}:{stop_minute}"'
    days = "[mon, tue, wed, thu, fri, sat, sun]"
    return f"schedule: {{timezone: UTC, windows: [{{days: {days}, {window}}}]}}\n"


# Begin and end of twelve hours, counted from a test's own time: with it in their middle, or not.
OPEN, CLOSED = (-6, 6), (6, 18)


def with_event(schedule: str, begin: int, end: int) -> str:
    """Return the *schedule* with an event, its hours counted from now in UTC."""
    now = dt.datetime.now(dt.UTC)
    start, stop = (now + dt.timedelta(hours=hour) for hour in (begin, end))
    event = f"start: {start:%Y-%m-%dT%H}:00, stop: {stop:%Y-%m-%dT%H}:00, pre_roll_minutes: 10"
    return schedule.replace("}]}", f"}}], events: [{{{event}}}]}}")


def schedules(live: Workspace) -> dict[str, Any]:
    """Return the stack's schedules by name."""
    scheduler = live.client("scheduler")
    listed = scheduler.list_schedules(GroupName=GROUP)["Schedules"]
    return {
        summary["Name"]: scheduler.get_schedule(GroupName=GROUP, Name=summary["Name"])
        for summary in listed
    }


def test_a_schedule_comes_changes_pauses_and_goes(live: Workspace) -> None:
    opened = hours(*OPEN)
    before = live.traces()
    live.write(NAME, FILE + hours(*CLOSED))
    live.up()
    assert live.channels()[NAME]["State"] == "IDLE", "it was started outside its hours"
    assert live.outputs()[OUTPUT] == "DISABLED", "it sends to a channel that does not listen"
    existing = schedules(live)
    words = ("start", "stop", "enable", "disable")
    assert {name.rpartition("-")[0] for name in existing} == {f"{NAME}-{word}" for word in words}
    channel_id = live.channels()[NAME]["Id"]
    targets = {name: json.loads(schedule["Target"]["Input"]) for name, schedule in existing.items()}
    assert [target["ChannelId"] for target in targets.values() if "ChannelId" in target] == [
        channel_id
    ] * 2
    statuses = [target["OutputStatus"] for target in targets.values() if "OutputStatus" in target]
    assert sorted(statuses) == ["DISABLED", "ENABLED"]
    run = live.pulumi("preview", "--refresh", "--expect-no-changes")
    assert run.code == 0, run.text

    # What the schedule or an operator does between two runs is no drift.
    live.client("medialive").start_channel(ChannelId=channel_id)
    assert live.preview_steps() == {}

    # Two edits in one run: the channel changes, then it starts.
    live.write(NAME, FILE.replace("720p30", "480p30") + opened)
    live.up()
    assert live.channels()[NAME]["State"] == "RUNNING", "the edit left it stopped"
    assert live.outputs()[OUTPUT] == "ENABLED"
    assert len(schedules(live)) == 4

    live.write(NAME, FILE.replace("720p30", "480p30") + opened + "state: stopped\n")
    live.up()
    assert live.channels()[NAME]["State"] == "IDLE"
    assert live.outputs()[OUTPUT] == "DISABLED"
    assert {schedule["State"] for schedule in schedules(live).values()} == {"DISABLED"}

    (live.destinations / f"{NAME}.yaml").unlink()
    live.up()
    assert live.traces() == before


@pytest.mark.proof
def test_a_schedule_that_goes_leaves_an_always_on_destination(live: Workspace) -> None:
    live.write(NAME, FILE + hours(*CLOSED))
    live.up()
    live.write(NAME, FILE)
    live.up()
    assert live.channels()[NAME]["State"] == "RUNNING"
    names = [role["RoleName"] for role in live.client("iam").list_roles()["Roles"]]
    assert not [name for name in names if "schedule" in name]


@pytest.mark.proof
def test_its_schedule_switches_the_output_around_the_channel(live: Workspace) -> None:
    live.write(NAME, FILE + with_event(hours(*CLOSED), 20, 21))
    live.up()
    mark = len(live.aws.calls)
    live.aws.advance(7 * 3600)
    assert (live.channels()[NAME]["State"], live.outputs()[OUTPUT]) == ("RUNNING", "ENABLED")
    assert fired(live, mark) == ["UpdateFlowOutput", "StartChannel"]
    assert live.preview_steps() == {}, "what its schedule did is no drift"
    assert "its output" not in live.statuses()[NAME]["reason"]
    mark = len(live.aws.calls)
    live.aws.advance(12 * 3600)
    assert (live.channels()[NAME]["State"], live.outputs()[OUTPUT]) == ("IDLE", "DISABLED")
    assert fired(live, mark) == ["StopChannel", "UpdateFlowOutput"]
    mark = len(live.aws.calls)
    live.aws.advance(3600)
    assert (live.channels()[NAME]["State"], live.outputs()[OUTPUT]) == ("RUNNING", "ENABLED")
    assert fired(live, mark) == ["UpdateFlowOutput", "StartChannel"]
    mark = len(live.aws.calls)
    live.aws.advance(3600)
    assert (live.channels()[NAME]["State"], live.outputs()[OUTPUT]) == ("IDLE", "DISABLED")
    assert fired(live, mark) == ["StopChannel", "UpdateFlowOutput"]
    run = live.pulumi("preview", "--refresh", "--expect-no-changes")
    assert run.code == 0, run.text


def fired(live: Workspace, mark: int) -> list[str]:
    """Return what schedules have called since *mark*, in its order; none of it was refused."""
    calls = [call for call in live.aws.calls[mark:] if call.service == "scheduler"]
    fires = [call for call in calls if call.operation.startswith(f"{NAME}-")]
    assert {call.status for call in fires} == {200}
    return [call.operation.partition(":")[2] for call in fires]
