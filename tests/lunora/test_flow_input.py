"""`lunora status` of a destination whose input takes the flow by MediaLive's own output."""

from __future__ import annotations

import pytest

from tests.support.medialive import channel_request, settle
from tests.support.stage import TAGS, Stage, only_status, run

NAME = "lunora-player-local-show"
MAIN = "lunora-player-local-srt-router"


@pytest.fixture
def show(stage: Stage) -> Stage:
    """A running destination `show` with such an input."""
    stage.declare("show", "input: mediaconnect")
    tags = {**TAGS, "Destination": "show", "Platform": "restream"}
    made = stage.medialive.create_input(
        Name=NAME, Type="MEDIACONNECT", MediaConnectFlows=[{"FlowArn": stage.flow_arn}], Tags=tags
    )["Input"]
    settle(lambda: stage.medialive.describe_input(InputId=made["Id"])["State"], "DETACHED")
    request = channel_request(made["Id"], NAME, Tags=tags)
    stage.ids["show"] = stage.medialive.create_channel(**request)["Channel"]["Id"]
    stage.until("show", "IDLE")
    stage.medialive.start_channel(ChannelId=stage.ids["show"])
    stage.until("show", "RUNNING")
    stage.aws.clock.advance(600)
    return stage


def test_it_is_live_and_its_output_is_medialives(show: Stage) -> None:
    status = only_status()
    assert (status["condition"], status["reason"], status["frames_in"]) == ("live", "", 30)
    assert "MediaLive input " in run("flows").stdout


def test_it_needs_its_flow(show: Stage) -> None:
    show.aws.trigger("standby", MAIN)
    show.aws.clock.advance(240)
    status = only_status()
    assert (status["condition"], status["reason"]) == ("degraded", f"flow {MAIN} is STANDBY")


def test_a_stop_leaves_the_output_to_medialive(show: Stage) -> None:
    assert run("stop", "show", "--yes").exit_code == 0
    assert only_status()["condition"] == "stopped"
    flow = show.mediaconnect.describe_flow(FlowArn=show.flow_arn)["Flow"]
    assert [output["OutputStatus"] for output in flow["Outputs"]] == ["ENABLED"]
