"""`lunora status` of a destination of two pipelines: both there, one lost, none left."""

from __future__ import annotations

import pytest

from tests.support.medialive import channel_request, push_input
from tests.support.stage import REGION, TAGS, Stage, only_status

NAME = "lunora-player-local-show"


@pytest.fixture
def show(stage: Stage) -> Stage:
    """A running destination `show` of two pipelines, each fed by an output of the flow."""
    urls = "backup_url: rtmp://backup.example.org/app"
    stage.declare("show", "redundancy: standard", urls)
    input_id = push_input(stage.medialive, NAME)
    tags = {**TAGS, "Destination": "show", "Platform": "restream"}
    request = channel_request(input_id, NAME, Tags=tags, ChannelClass="STANDARD")
    addresses = [
        {"Url": f"rtmp://{host}.example.org/app", "StreamName": "made-up"}
        for host in ("ingest", "backup")
    ]
    request["Destinations"] = [{"Id": "rtmp", "Settings": addresses}]
    stage.ids["show"] = stage.medialive.create_channel(**request)["Channel"]["Id"]
    stage.until("show", "IDLE")
    ends = stage.medialive.describe_input(InputId=input_id)["Destinations"]
    outputs = [
        {"Name": name, "Protocol": "rtp", "Destination": end["Ip"], "Port": 5000}
        for name, end in zip((NAME, f"{NAME}_1"), ends, strict=True)
    ]
    stage.mediaconnect.add_flow_outputs(FlowArn=stage.flow_arn, Outputs=outputs)
    stage.medialive.start_channel(ChannelId=stage.ids["show"])
    stage.until("show", "RUNNING")
    stage.aws.clock.advance(600)
    return stage


def test_two_pipelines_that_run_are_live(show: Stage) -> None:
    status = only_status()
    assert (status["condition"], status["reason"]) == ("live", "")
    assert (status["pipelines"], status["pipelines_running"]) == (2, 2)


def test_a_lost_pipeline_is_degraded_but_still_on_air(show: Stage) -> None:
    channel = show.aws.regions["medialive", REGION].channels[show.ids["show"]]
    channel.members["PipelinesRunningCount"] = 1
    status = only_status()
    assert (status["condition"], status["severity"]) == ("degraded", "warning")
    assert status["reason"] == "only 1 of 2 pipelines run"
    assert status["frames_in"] == 30


def test_without_its_flow_both_pipelines_are_in_the_dark(show: Stage) -> None:
    show.aws.trigger("source-lost", "*-srt-router")
    show.aws.clock.advance(240)
    status = only_status()
    assert (status["condition"], status["severity"]) == ("degraded", "critical")
    assert status["reason"] == "no video arrives at its channel"


def test_a_channel_that_dies_is_failed_with_all_its_pipelines(show: Stage) -> None:
    show.aws.trigger("dies", NAME)
    status = only_status()
    assert (status["condition"], status["severity"]) == ("failed", "critical")
    assert status["reason"] == "its channel is stopped although its file says running"
    assert status["pipelines_running"] == 0
