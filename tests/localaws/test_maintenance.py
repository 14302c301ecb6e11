"""Maintenance of flows and channels: windows, deadlines, and what happens in the window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.clock import Clock, Latency
from localaws.maintenance_window import Window
from localaws.server import EmbeddedAws
from tests.support.clients import ONCE, connect
from tests.support.clock import MONDAY
from tests.support.flows import active_flow, standby_flow
from tests.support.medialive import channel_request, idle_channel, settle

DAY, HOUR = 86400, 3600
# The emulator of the tests begins on Monday, 2 March 2026, at midnight. The deadline is 21 days
# later; the last Sunday before it is the 22nd.
DEADLINE, SUNDAY = "2026-03-23T00:00:00Z", "2026-03-22"
WINDOW = {"MaintenanceDay": "Sunday", "MaintenanceStartHour": "02:00"}
REQUIRED = {**WINDOW, "MaintenanceDeadline": DEADLINE, "MaintenanceScheduledDate": SUNDAY}
UNTIL_WINDOW = 20 * DAY + 2 * HOUR

Told = Callable[[str], list[Any]]


def status_of(call: Callable[[], Any]) -> int:
    with pytest.raises(ClientError) as caught:
        call()
    return int(caught.value.response["ResponseMetadata"]["HTTPStatusCode"])


@pytest.mark.parametrize(
    ("window", "deadline", "begin"),
    [
        # AWS's example: viewing-flows-maintenance.
        (Window("Saturday", "23:00"), "2025-10-25T22:15:56", "2025-10-18T23:00"),
        # setting-flow-maintenance.
        (Window("Saturday", "23:00"), "2021-10-25T22:15:56", "2021-10-23T23:00"),
        # MediaLive, setting-maintenance: Thursdays, and a deadline on Tuesday, 23 May.
        (Window("THURSDAY", "4:00".zfill(5)), "2023-05-23T00:00:00", "2023-05-18T04:00"),
    ],
)
def test_the_last_window_before_the_deadline_is_scheduled(
    window: Window, deadline: str, begin: str
) -> None:
    last = window.last_before(dt.datetime.fromisoformat(f"{deadline}+00:00"))
    assert last == dt.datetime.fromisoformat(f"{begin}+00:00")


def described(mediaconnect: Any, arn: str) -> Any:
    return mediaconnect.describe_flow(FlowArn=arn)["Flow"]


def statuses(events_of: Told) -> list[str]:
    return [
        event["detail"]["currentStatus"] for event in events_of("MediaConnect Flow Maintenance")
    ]


def test_a_flow_is_stopped_and_started_in_its_window(
    embedded: EmbeddedAws,
    mediaconnect: Any,
    events_of: Told,
) -> None:
    arn = active_flow(mediaconnect, Maintenance=WINDOW)
    assert embedded.trigger("maintenance-required", "venue") == ["venue"]
    assert embedded.trigger("maintenance-required", "venue") == []
    assert described(mediaconnect, arn)["Maintenance"] == REQUIRED
    listed = {flow["FlowArn"]: flow for flow in mediaconnect.list_flows()["Flows"]}
    assert listed[arn]["Maintenance"] == REQUIRED
    assert statuses(events_of) == ["SCHEDULED"]
    events_of("MediaConnect Flow Status Change")

    embedded.advance(UNTIL_WINDOW - 1)
    assert described(mediaconnect, arn)["Status"] == "ACTIVE"
    embedded.advance(1)
    assert described(mediaconnect, arn)["Status"] == "STOPPING"
    assert statuses(events_of) == ["INPROGRESS"]
    embedded.advance(2 * HOUR)
    flow = described(mediaconnect, arn)
    assert (flow["Status"], flow["Maintenance"]) == ("ACTIVE", WINDOW)
    assert statuses(events_of) == ["FINISHED"]
    changes = [
        event["detail"]["currentStatus"] for event in events_of("MediaConnect Flow Status Change")
    ]
    assert changes == ["STOPPING", "STANDBY", "STARTING", "ACTIVE"]


def test_a_jump_over_the_window_leaves_the_same_history(
    embedded: EmbeddedAws,
    mediaconnect: Any,
    events_of: Told,
) -> None:
    arn = active_flow(mediaconnect, Maintenance=WINDOW)
    embedded.trigger("maintenance-required", "venue")
    embedded.advance(30 * DAY)
    flow = described(mediaconnect, arn)
    assert (flow["Status"], flow["Maintenance"]) == ("ACTIVE", WINDOW)
    events = events_of("MediaConnect Flow Maintenance")
    assert [event["detail"]["currentStatus"] for event in events] == [
        "SCHEDULED",
        "INPROGRESS",
        "FINISHED",
    ]
    assert events[1]["time"] == "2026-03-22T02:00:00Z"
    assert events[2]["time"] < "2026-03-22T02:02:00Z"


def test_the_clock_stops_where_maintenance_is_due(
    embedded: EmbeddedAws, mediaconnect: Any, medialive: Any
) -> None:
    active_flow(mediaconnect, Maintenance=WINDOW)
    running(medialive, Maintenance={"MaintenanceDay": "SATURDAY", "MaintenanceStartTime": "09:00"})
    embedded.trigger("maintenance-required", "*")

    def dues() -> list[str]:
        times = (time for region in embedded.regions.values() for time in region.dues())
        return [dt.datetime.fromtimestamp(time, dt.UTC).isoformat() for time in sorted(times)]

    # The emulator has a flow of its own from the start, without a window.
    saturday, sunday = "2026-03-21T09:00:00+00:00", f"{SUNDAY}T02:00:00+00:00"
    assert dues() == ["2026-03-16T02:00:00+00:00", saturday, sunday]
    embedded.advance(22 * DAY)
    assert dues() == []


def test_a_manual_restart_does_for_the_maintenance(
    embedded: EmbeddedAws,
    mediaconnect: Any,
    events_of: Told,
) -> None:
    arn = standby_flow(mediaconnect)
    assert "Maintenance" not in described(mediaconnect, arn)
    embedded.trigger("maintenance-required", "venue")
    chosen = described(mediaconnect, arn)["Maintenance"]
    assert chosen["MaintenanceStartHour"] == "02:00"
    embedded.advance(15 * DAY)
    later = described(mediaconnect, arn)["Maintenance"]["MaintenanceScheduledDate"]
    week = dt.timedelta(days=7)
    first = dt.date.fromisoformat(chosen["MaintenanceScheduledDate"])
    assert dt.date.fromisoformat(later) == first + week
    mediaconnect.start_flow(FlowArn=arn)
    assert "MaintenanceDeadline" not in described(mediaconnect, arn)["Maintenance"]
    assert statuses(events_of) == ["SCHEDULED", "RESCHEDULED", "CANCELED"]


def test_a_flow_takes_a_date_only_while_maintenance_is_required(
    embedded: EmbeddedAws, mediaconnect: Any
) -> None:
    arn = active_flow(mediaconnect, Maintenance=WINDOW)

    def update(**maintenance: str) -> Any:
        updated = mediaconnect.update_flow(FlowArn=arn, Maintenance=maintenance)
        return updated["Flow"]["Maintenance"]

    assert status_of(lambda: update(MaintenanceScheduledDate="2026-03-04")) == 400
    assert update(MaintenanceDay="Friday") == {**WINDOW, "MaintenanceDay": "Friday"}
    embedded.trigger("maintenance-required", "venue")
    moved = update(MaintenanceDay="Saturday", MaintenanceStartHour="23:00")
    assert moved["MaintenanceScheduledDate"] == "2026-03-21"
    for date in ("2026-03-01", "2026-03-23", "soon"):
        assert status_of(partial(update, MaintenanceScheduledDate=date)) == 400
    assert update(MaintenanceScheduledDate="2026-03-04")["MaintenanceDay"] == "Saturday"
    embedded.advance(2 * DAY + 19 * HOUR + 1)
    assert status_of(lambda: update(MaintenanceDay="Sunday")) == 400, "within four hours"
    embedded.advance(6 * HOUR)
    assert described(mediaconnect, arn)["Status"] == "ACTIVE"
    assert "MaintenanceDeadline" not in described(mediaconnect, arn)["Maintenance"]
    for hour in ("2:00", "24:00", "02:30", "two"):
        assert status_of(partial(update, MaintenanceStartHour=hour)) == 400


def channel(medialive: Any, made: str) -> Any:
    shown = medialive.describe_channel(ChannelId=made)
    return {key: value for key, value in shown.items() if key != "ResponseMetadata"}


def running(medialive: Any, **more: Any) -> str:
    made = idle_channel(medialive, **more)
    medialive.start_channel(ChannelId=made)
    settle(lambda: channel(medialive, made)["State"], "RUNNING")
    return made


CHANNEL_WINDOW = {"MaintenanceDay": "SUNDAY", "MaintenanceStartTime": "02:00"}
CHANNEL_REQUIRED = {
    **CHANNEL_WINDOW,
    "MaintenanceDeadline": DEADLINE,
    "MaintenanceScheduledDate": "2026-03-22T02:00:00Z",
}


def test_a_channel_with_one_pipeline_is_stopped_and_started_in_its_window(
    embedded: EmbeddedAws, medialive: Any
) -> None:
    made = running(medialive, Maintenance=CHANNEL_WINDOW)
    before = channel(medialive, made)
    assert embedded.trigger("maintenance-required", "one") == ["one"]
    assert channel(medialive, made)["Maintenance"] == CHANNEL_REQUIRED
    embedded.advance(UNTIL_WINDOW)
    shown = channel(medialive, made)
    assert (shown["State"], shown["PipelineDetails"]) == ("STOPPING", [])
    embedded.advance(HOUR)
    assert channel(medialive, made) == before
    history = embedded.regions["medialive", "us-west-2"].channels[made].history
    assert [moment.state for moment in history][-4:] == ["STOPPING", "IDLE", "STARTING", "RUNNING"]


def test_a_channel_with_two_pipelines_keeps_one_running() -> None:
    seconds = [MONDAY]
    profile = Latency.named("aws")
    destinations = [
        {
            "Id": "rtmp",
            "Settings": [
                {"Url": f"rtmp://{host}.example.org/app", "StreamName": "made-up"}
                for host in ("one", "two")
            ],
        }
    ]
    with EmbeddedAws(clock=Clock(profile, now=lambda: seconds[0])) as aws:
        medialive = connect(aws.endpoint, "medialive", config=ONCE)
        group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
        made_input = medialive.create_input(
            Name="one", Type="RTP_PUSH", InputSecurityGroups=[group["SecurityGroup"]["Id"]]
        )
        more = {
            "Maintenance": CHANNEL_WINDOW,
            "ChannelClass": "STANDARD",
            "Destinations": destinations,
        }
        request = {**channel_request(made_input["Input"]["Id"]), **more}
        made = medialive.create_channel(**request)["Channel"]["Id"]
        seconds[0] += HOUR
        medialive.start_channel(ChannelId=made)
        seconds[0] += HOUR
        before = channel(medialive, made)
        aws.trigger("maintenance-required", "one")

        def left() -> tuple[str, list[str]]:
            # A call settles what is due; the next one shows it.
            medialive.list_channels()
            shown = channel(medialive, made)
            assert shown["PipelinesRunningCount"] == len(shown["PipelineDetails"])
            return shown["State"], [detail["PipelineId"] for detail in shown["PipelineDetails"]]

        assert left() == ("RUNNING", ["0", "1"])
        seconds[0] = MONDAY + UNTIL_WINDOW
        assert left() == ("RUNNING", ["1"])
        seconds[0] += profile.seconds["pipeline.restart"] + profile.unseen
        assert left() == ("RUNNING", ["0"])
        seconds[0] += profile.seconds["pipeline.restart"]
        assert left() == ("RUNNING", ["0", "1"])
        assert channel(medialive, made) == before


def test_a_restart_of_a_channel_does_for_its_maintenance(
    embedded: EmbeddedAws, medialive: Any
) -> None:
    made = running(medialive, Maintenance=CHANNEL_WINDOW)
    embedded.trigger("maintenance-required", "one")
    medialive.stop_channel(ChannelId=made)
    embedded.advance(UNTIL_WINDOW + 1)
    later = channel(medialive, made)["Maintenance"]
    assert later["MaintenanceScheduledDate"] == "2026-03-29T02:00:00Z"
    medialive.start_channel(ChannelId=made)
    assert channel(medialive, made)["Maintenance"] == CHANNEL_WINDOW


def test_the_window_of_a_running_channel_can_be_changed(
    embedded: EmbeddedAws, medialive: Any
) -> None:
    made = running(medialive)

    def update(**maintenance: str) -> Any:
        updated = medialive.update_channel(ChannelId=made, Maintenance=maintenance)
        return updated["Channel"]["Maintenance"]

    assert update(**CHANNEL_WINDOW) == CHANNEL_WINDOW
    date = {"MaintenanceScheduledDate": "2026-03-10"}
    assert status_of(lambda: update(**date)) == 400
    embedded.trigger("maintenance-required", "one")
    assert update(MaintenanceDay="FRIDAY")["MaintenanceScheduledDate"] == "2026-03-20T02:00:00Z"
    assert update(**date) == {
        **CHANNEL_REQUIRED,
        "MaintenanceDay": "TUESDAY",
        "MaintenanceScheduledDate": "2026-03-10T02:00:00Z",
    }
    for wrong in ("2026-03-01", "2026-03-24", "soon"):
        assert status_of(partial(update, MaintenanceScheduledDate=wrong)) == 400
    embedded.advance(18 * DAY)
    assert channel(medialive, made)["State"] == "RUNNING"
    assert "MaintenanceDeadline" not in channel(medialive, made)["Maintenance"]


def test_maintenance_under_way_survives_a_restart_of_the_emulator(tmp_path: Path) -> None:
    seconds = [MONDAY]
    file = tmp_path / "state"

    def emulator() -> EmbeddedAws:
        clock = Clock(Latency.named("aws"), now=lambda: seconds[0])
        return EmbeddedAws(state_file=file, clock=clock)

    with emulator() as aws:
        mediaconnect = connect(aws.endpoint, "mediaconnect", config=ONCE)
        (flow,) = mediaconnect.list_flows()["Flows"]
        aws.trigger("maintenance-required", flow["Name"])
        seconds[0] += 14 * DAY + 2 * HOUR + 1
        assert described(mediaconnect, flow["FlowArn"])["Status"] != "ACTIVE"
    with emulator() as aws:
        mediaconnect = connect(aws.endpoint, "mediaconnect", config=ONCE)
        seconds[0] += HOUR
        shown = described(mediaconnect, flow["FlowArn"])
        assert shown["Status"] == "ACTIVE"
        assert "MaintenanceDeadline" not in shown["Maintenance"]
