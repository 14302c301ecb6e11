"""`lunora status` and `lunora show` of a destination that its flow sends by itself."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest

from tests.lunora.conftest import TAGS, Stage, run

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


def seen() -> dict[str, Any]:
    (one,) = json.loads(run("status", "--json").stdout)["destinations"]
    found: dict[str, Any] = one
    return found


def output_arn(show: Stage) -> str:
    (output,) = show.mediaconnect.describe_flow(FlowArn=show.flow_arn)["Flow"]["Outputs"]
    return str(output["OutputArn"])


def disable(show: Stage) -> None:
    show.mediaconnect.update_flow_output(
        FlowArn=show.flow_arn, OutputArn=output_arn(show), OutputStatus="DISABLED"
    )


def test_it_is_live_while_its_flow_gets_its_source(show: Stage) -> None:
    one = seen()
    assert (one["route"], one["condition"], one["severity"]) == ("flow", "live", "ok")
    assert (one["flow"], one["flow_output"], one["channel_id"]) == (MAIN, "ENABLED", None)


@pytest.mark.parametrize(
    ("mishap", "reason"),
    [
        ("source-lost", "its flow gets nothing from its source"),
        ("standby", f"flow {MAIN} is STANDBY"),
    ],
)
def test_what_keeps_it_from_sending_is_told(show: Stage, mishap: str, reason: str) -> None:
    show.aws.happen(mishap, MAIN)
    show.aws.clock.advance(240)
    one = seen()
    assert (one["condition"], one["severity"], one["reason"]) == ("degraded", "critical", reason)


def test_an_output_that_somebody_disabled_has_failed(show: Stage) -> None:
    disable(show)
    one = seen()
    assert (one["condition"], one["severity"]) == ("failed", "critical")
    assert one["reason"] == "its output is disabled although its file says running"


def test_a_stopped_one_is_stopped_or_streams_on_unasked(show: Stage) -> None:
    file = show.folder / "destinations/show.yaml"
    file.write_text(f"{file.read_text()}state: stopped\n")
    assert (seen()["condition"], seen()["severity"]) == ("live", "warning")
    disable(show)
    assert (seen()["condition"], seen()["severity"]) == ("stopped", "ok")


def test_without_its_output_it_is_missing(show: Stage) -> None:
    show.mediaconnect.remove_flow_output(FlowArn=show.flow_arn, OutputArn=output_arn(show))
    one = seen()
    assert (one["condition"], one["severity"]) == ("missing", "critical")
    assert one["reason"].startswith("it has a file but no output of flow")


def test_it_is_shown_with_its_output_and_without_its_key(show: Stage) -> None:
    result = run("show", "show", "--json")
    document = json.loads(result.stdout)
    assert document["encoding"] == "none: the flow sends its source as it is"
    assert document["resources"]["outputs of flow main"] == output_arn(show)
    assert show.keys["show"] not in result.output
