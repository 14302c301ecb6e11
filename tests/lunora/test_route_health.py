"""`lunora status` and `lunora show` of a destination that its flow sends by itself."""

from __future__ import annotations

import datetime as dt
import json
import secrets

import pytest

from catalog import suspension
from lunora.ops.errors import ControlError
from lunora.ops.flow_destination import flow_destinations, switch
from tests.support.stage import REGION, TAGS, Stage, only_status, run, statuses

NAME = "lunora-player-local-show"
MAIN = "lunora-player-local-srt-router"


@pytest.fixture
def show(stage: Stage) -> Stage:
    """A destination `show` with `route: flow`, sending for ten minutes."""
    text = "platform: restream\nroute: flow\n"
    (stage.folder / "destinations/show.yaml").write_text(text)
    stage.keys["show"] = f"sk-{secrets.token_hex(12)}"
    stage.mediaconnect.add_flow_outputs(
        FlowArn=stage.flow_arn,
        Outputs=[
            {
                "Name": NAME,
                "Protocol": "rtmp-push",
                "Destination": "live.restream.io",
                "Port": 1935,
                "RtmpPushSettings": {"ApplicationName": "live", "StreamName": stage.keys["show"]},
                "OutputTags": {**TAGS, "Destination": "show"},
            }
        ],
    )
    stage.aws.clock.advance(600)
    return stage


def output_arn(show: Stage) -> str:
    (output,) = show.mediaconnect.describe_flow(FlowArn=show.flow_arn)["Flow"]["Outputs"]
    return str(output["OutputArn"])


def tags_of_output(show: Stage) -> dict[str, str]:
    tags: dict[str, str] = show.mediaconnect.list_tags_for_resource(ResourceArn=output_arn(show))[
        "Tags"
    ]
    return tags


def disable(show: Stage) -> None:
    show.mediaconnect.update_flow_output(
        FlowArn=show.flow_arn, OutputArn=output_arn(show), OutputStatus="DISABLED"
    )


def test_it_is_live_while_its_flow_gets_its_source(show: Stage) -> None:
    status = only_status()
    assert (status["route"], status["condition"], status["severity"]) == ("flow", "live", "ok")
    assert (status["flow"], status["flow_output"], status["channel_id"]) == (MAIN, "ENABLED", None)


@pytest.mark.parametrize(
    ("mishap", "reason"),
    [
        ("source-lost", "its flow gets nothing from its source"),
        ("standby", f"flow {MAIN} is STANDBY"),
    ],
)
def test_what_keeps_it_from_sending_is_told(show: Stage, mishap: str, reason: str) -> None:
    show.aws.trigger(mishap, MAIN)
    show.aws.clock.advance(240)
    status = only_status()
    assert (status["condition"], status["severity"], status["reason"]) == (
        "degraded",
        "critical",
        reason,
    )


def test_an_output_that_somebody_disabled_has_failed(show: Stage) -> None:
    disable(show)
    status = only_status()
    assert (status["condition"], status["severity"]) == ("failed", "critical")
    assert status["reason"] == "its output is disabled although its file says running"


def test_a_stopped_one_is_stopped_or_streams_on_unasked(show: Stage) -> None:
    file = show.folder / "destinations/show.yaml"
    file.write_text(f"{file.read_text()}state: stopped\n")
    assert (only_status()["condition"], only_status()["severity"]) == ("live", "warning")
    disable(show)
    assert (only_status()["condition"], only_status()["severity"]) == ("stopped", "ok")


def test_without_its_output_it_is_missing(show: Stage) -> None:
    show.mediaconnect.remove_flow_output(FlowArn=show.flow_arn, OutputArn=output_arn(show))
    status = only_status()
    assert (status["condition"], status["severity"]) == ("missing", "critical")
    assert status["reason"].startswith("it has a file but no output of flow")


def test_it_is_shown_with_its_output_and_without_its_key(show: Stage) -> None:
    result = run("show", "show", "--json")
    document = json.loads(result.stdout)
    assert document["encoding"] == "none: the flow sends its source as it is"
    assert document["resources"]["outputs of flow main"] == output_arn(show)
    assert show.keys["show"] not in result.output


@pytest.fixture
def venue(stage: Stage) -> Stage:
    """A destination `venue` over SRT, sending for ten minutes."""
    text = "platform: custom\nroute: flow\nurl: srt://203.0.113.9:9000\n"
    (stage.folder / "destinations/venue.yaml").write_text(text)
    output = {"Protocol": "srt-caller", "Destination": "203.0.113.9", "Port": 9000}
    named = {"Name": "lunora-player-local-venue", "OutputTags": {**TAGS, "Destination": "venue"}}
    stage.mediaconnect.add_flow_outputs(FlowArn=stage.flow_arn, Outputs=[{**output, **named}])
    stage.aws.clock.advance(600)
    return stage


def test_srt_is_live_while_somebody_takes_it(venue: Stage) -> None:
    assert (only_status()["condition"], only_status()["severity"]) == ("live", "ok")
    venue.aws.trigger("outputs-refused", MAIN)
    venue.aws.clock.advance(240)
    status = only_status()
    assert (status["condition"], status["severity"]) == ("degraded", "critical")
    assert status["reason"].startswith("nobody takes it; check address, stream id and passphrase")
    assert status["since"] is not None
    venue.aws.trigger("outputs-taken", MAIN)
    venue.aws.clock.advance(240)
    assert only_status()["condition"] == "live"


def test_what_has_no_key_shows_neither_key_nor_parameter(venue: Stage) -> None:
    document = json.loads(run("show", "venue", "--json").stdout)
    assert document["ingest"] == "srt://203.0.113.9:9000"
    assert "parameter" not in document["resources"]


def test_it_is_stopped_and_started_at_its_output(show: Stage) -> None:
    result = run("stop", "show", "--yes", "--json")
    assert result.exit_code == 0, result.output
    (outcome,) = json.loads(result.stdout)["destinations"]
    assert outcome == {"name": "show", "state": "DISABLED", "reached": True, "reason": ""}
    assert "destinations/show.yaml declares running" in " ".join(result.stderr.split())
    status = only_status()
    assert (status["condition"], status["severity"]) == ("stopped", "ok")
    assert status["reason"].startswith("its output is disabled by ")
    assert run("start", "show").exit_code == 0
    assert only_status()["condition"] == "live"
    assert suspension.KEY not in tags_of_output(show)
    show.aws.calls.clear()
    assert run("start", "show").exit_code == 0
    assert "UpdateFlowOutput" not in {call.operation for call in show.aws.calls}


def test_who_stopped_it_is_a_tag_of_its_output_with_its_end(show: Stage) -> None:
    assert run("stop", "show", "--yes", "--for", "2h").exit_code == 0
    stopped = suspension.read(tags_of_output(show))
    assert stopped is not None
    assert stopped.since is not None
    assert stopped.until == stopped.since + dt.timedelta(hours=2)
    assert str(stopped) in only_status()["reason"]


def test_stopping_it_asks_first_and_others_are_not_touched(show: Stage, venue: Stage) -> None:
    result = run("stop", "show", stdin="n\n")
    assert result.exit_code != 0
    assert "show will go off air" in result.output
    assert {status["flow_output"] for status in statuses()} == {"ENABLED"}
    assert run("stop", "show", "--yes").exit_code == 0
    assert {status["name"]: status["flow_output"] for status in statuses()} == {
        "show": "DISABLED",
        "venue": "ENABLED",
    }


def test_what_aws_refuses_is_said(show: Stage) -> None:
    (flow,) = show.aws.regions["mediaconnect", REGION].flows.values()
    flow.enter("ERROR", show.aws.clock.now())
    result = run("stop", "show", "--yes")
    assert result.exit_code == 1
    assert "show: LUN317: cannot stop show: UpdateFlowOutput answered BadRequest" in result.stderr
    assert show.keys["show"] not in result.output


def test_an_output_that_is_gone_meanwhile_is_said(show: Stage) -> None:
    (target,) = flow_destinations(show.stack)
    show.mediaconnect.remove_flow_output(FlowArn=show.flow_arn, OutputArn=output_arn(show))
    with pytest.raises(ControlError, match=r"^LUN451"):
        switch(show.stack, target, "stopped")


def test_a_name_that_nobody_has_is_said(show: Stage) -> None:
    result = run("start", "shaw")
    assert result.exit_code != 0
    assert "LUN450" in result.stderr
    assert 'did you mean "show"?' in result.stderr


def test_a_schedule_decides_what_is_expected(show: Stage) -> None:
    file = show.folder / "destinations/show.yaml"
    windows = "windows: [{days: [tue], start: '09:00', stop: '10:00'}]"
    file.write_text(f"{file.read_text()}schedule: {{timezone: UTC, {windows}}}\n")
    assert (only_status()["condition"], only_status()["severity"]) == ("live", "warning")
    disable(show)
    assert (only_status()["condition"], only_status()["severity"]) == ("stopped", "ok")
