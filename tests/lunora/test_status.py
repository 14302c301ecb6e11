"""`lunora status` over the wire: what each fault of a real stream is called, and for whom."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from rich.console import Console
from typer.testing import CliRunner

from localaws.__main__ import app as localaws
from localaws.faults import FaultPlan
from lunora.ops.last_hour import LastHour, Measurement
from lunora.render import tables
from tests.support.medialive import idle_channel
from tests.support.stage import TAGS, Stage, only_status, run

ROOT = Path(__file__).parents[2]
FIELDS = [
    "name",
    "platform",
    "route",
    "condition",
    "severity",
    "reason",
    "since",
    "declared",
    "expected",
    "channel_id",
    "channel_state",
    "pipelines",
    "pipelines_running",
    "flow",
    "flow_state",
    "flow_output",
    "backup",
    "backup_state",
    "on_backup",
    "frames_in",
    "megabits_out",
    "recording_outputs",
    "dropped_frames",
    "alerts",
    "maintenance",
]


def shown(*, exit_code: int) -> dict[str, dict[str, Any]]:
    """Return what `lunora status --json` says, by destination."""
    result = run("status", "--json")
    assert result.exit_code == exit_code, result.output
    return {status["name"]: status for status in json.loads(result.stdout)["destinations"]}


def word(status: dict[str, Any]) -> tuple[str, str]:
    return status["condition"], status["reason"]


def test_a_stream_that_flows_is_live(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    status = shown(exit_code=0)["main-stage"]
    assert (status["condition"], status["severity"], status["reason"]) == ("live", "ok", "")
    assert status["frames_in"] == 30
    assert status["megabits_out"] == 3


def test_the_document_has_these_keys_in_this_order(stage: Stage) -> None:
    channel_id = stage.destination("main-stage", runs=False)
    document = json.loads(run("status", "--json").stdout)
    (status,) = document["destinations"]
    assert list(document) == [
        "project", "stack", "at", "severity", "summary", "destinations", "errors",
    ]  # fmt: skip
    assert list(status) == FIELDS
    assert (status["channel_id"], status["channel_state"]) == (channel_id, "IDLE")
    assert (document["severity"], document["summary"]) == ("ok", "1 stopped")


def test_a_channel_that_has_just_started_is_not_called_live(stage: Stage) -> None:
    stage.destination("main-stage")
    assert shown(exit_code=1)["main-stage"]["condition"] == "starting"


@pytest.mark.parametrize(
    ("mishap", "about", "condition", "reason"),
    [
        ("dies", "channel", "failed", "its channel is stopped although its file says running"),
        ("recovers", "channel", "recovering", "MediaLive is restarting a pipeline"),
        ("alert", "channel", "degraded", "alert: Failed to Create Output File or Socket"),
        ("output-lost", "channel", "degraded", "its channel runs but sends nothing"),
        ("source-lost", "flow", "degraded", "no video arrives at its channel"),
        ("standby", "flow", "degraded", "flow lunora-player-local-srt-router is STANDBY"),
    ],
)
def test_each_mishap_is_named(
    stage: Stage, mishap: str, about: str, condition: str, reason: str
) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    pattern = "*-main-stage" if about == "channel" else "*-srt-router"
    assert stage.aws.trigger(mishap, pattern), "nothing happened"
    # Long enough for CloudWatch to show it, too short for what was measured before to be old.
    stage.aws.clock.advance(0 if mishap == "recovers" else 150)
    assert word(shown(exit_code=1)["main-stage"]) == (condition, reason)


def test_a_lost_output_is_critical_although_some_traffic_is_left(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(1200)
    stage.aws.trigger("output-lost", "*-main-stage")
    stage.aws.clock.advance(600)
    result = run("status", "--json")
    document = json.loads(result.stdout)
    (status,) = document["destinations"]
    assert (result.exit_code, document["severity"]) == (1, "critical")
    assert (*word(status), status["severity"]) == (
        "degraded",
        "its channel runs but sends nothing",
        "critical",
    )
    assert status["megabits_out"] == pytest.approx(0.02)
    assert 8 <= minutes(document["at"]) - minutes(status["since"]) <= 11
    details = json.loads(run("show", "main-stage", "--json").stdout)["status"]
    assert (details["condition"], details["severity"]) == ("degraded", "critical")


def test_a_lost_output_with_an_alert_of_its_own_is_failed(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    stage.aws.trigger("output-lost", "*-main-stage")
    stage.aws.trigger("alert", "*-main-stage")
    stage.aws.clock.advance(150)
    status = shown(exit_code=1)["main-stage"]
    assert (status["condition"], status["severity"]) == ("failed", "critical")
    assert status["reason"].startswith("its channel sends nothing: unable to open output or stream")


def test_an_output_group_of_another_name_is_measured(stage: Stage) -> None:
    stage.destination("adopted", group="RTMP (main)")
    stage.aws.clock.advance(600)
    assert word(shown(exit_code=0)["adopted"]) == ("live", "")
    stage.aws.trigger("output-lost", "*-adopted")
    stage.aws.clock.advance(150)
    assert word(shown(exit_code=1)["adopted"]) == (
        "degraded",
        "its channel runs but sends nothing",
    )


def test_outputs_that_are_not_measured_are_not_called_live(stage: Stage) -> None:
    stage.destination("main-stage")
    channel = stage.aws.medialive().region.channels[stage.ids["main-stage"]]
    channel.members["EncoderSettings"]["OutputGroups"] = []
    stage.aws.clock.advance(600)
    status = shown(exit_code=1)["main-stage"]
    assert (status["condition"], status["severity"]) == ("degraded", "warning")
    assert status["reason"].startswith("CloudWatch has not measured its outputs")


def test_dropped_frames_are_told(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.trigger("drops-frames", "*-main-stage")
    stage.aws.clock.advance(600)
    status = shown(exit_code=1)["main-stage"]
    assert status["reason"].endswith("frames dropped in the last minutes")
    assert status["dropped_frames"] > 0


@pytest.mark.parametrize(
    ("mishap", "reason"),
    [
        ("loses-rtp", "RTP packets lost between flow and channel lately"),
        ("loses-sound", "it sends silence"),
        ("silent-audio", "its source is silent"),
        ("frozen-frames", "its source is frozen"),
    ],
)
def test_a_fault_of_picture_sound_or_transport_is_told(
    stage: Stage, mishap: str, reason: str
) -> None:
    stage.destination("main-stage")
    stage.analyse_content()
    stage.aws.trigger(mishap, "*")
    stage.aws.clock.advance(600)
    status = shown(exit_code=1)["main-stage"]
    assert (status["condition"], status["severity"]) == ("degraded", "warning")
    assert status["reason"].endswith(reason)


def test_since_is_when_the_stream_stopped_arriving(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(1200)
    stage.aws.trigger("source-lost", "*-srt-router")
    stage.aws.clock.advance(600)
    document = json.loads(run("status", "--json").stdout)
    (status,) = document["destinations"]
    ago = minutes(document["at"]) - minutes(status["since"])
    assert 8 <= ago <= 11


def since_minutes(exit_code: int = 0) -> float | None:
    result = run("status", "--json")
    assert result.exit_code == exit_code
    document = json.loads(result.stdout)
    (status,) = document["destinations"]
    return minutes(document["at"]) - minutes(status["since"]) if status["since"] else None


@pytest.mark.parametrize(
    ("before", "after", "tolerance"),
    # After an outage of 25 minutes: minutes ago, hours ago, days ago.
    [
        *((35, 10, 3), (35, 150, 8), (35, 3 * 24 * 60, 8)),
        *((24 * 60, 14 * 24 * 60, 8), (5 * 24 * 60, 10, 3)),
    ],
)
def test_live_since_is_after_the_last_outage(
    stage: Stage, before: int, after: int, tolerance: int
) -> None:
    channel_id = stage.destination("main-stage")
    stage.aws.clock.advance(before * 60)
    stage.medialive.stop_channel(ChannelId=channel_id)
    stage.aws.clock.advance(25 * 60)
    stage.medialive.start_channel(ChannelId=channel_id)
    stage.aws.clock.advance(after * 60)
    calls = len(stage.aws.calls)
    ago = since_minutes()
    assert ago is not None
    assert abs(ago - after) <= tolerance
    metrics = [call for call in stage.aws.calls[calls:] if call.operation == "GetMetricData"]
    # Of channel and flow, for the last hour, the last day and the last 15 days.
    assert len(metrics) <= 2 * 3


@pytest.mark.parametrize(("hours", "tolerance"), [(2, 8), (48, 8), (14 * 24, 8)])
def test_since_when_a_channel_is_dead_is_told_days_later(
    stage: Stage, hours: int, tolerance: int
) -> None:
    channel_id = stage.destination("main-stage")
    stage.aws.clock.advance(3600)
    stage.medialive.stop_channel(ChannelId=channel_id)
    stage.aws.clock.advance(hours * 3600)
    ago = since_minutes(exit_code=1)
    assert ago is not None
    assert abs(ago - hours * 60) <= tolerance


@pytest.mark.parametrize("second", [0, 29, 30, 31, 59.5])
def test_each_minute_has_its_block_whenever_the_first_was_measured(second: float) -> None:
    first = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
    points = tuple(
        Measurement(first + dt.timedelta(minutes=minute), 30.0) for minute in (0, 1, 2, 4, 5)
    )
    measured = LastHour("one", "1", first, first, 60, {"frames_in": points})
    console = Console(width=80, file=io.StringIO())
    console.print(tables.last_hour(measured))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().rstrip().endswith("30.0     ███ ██")


def test_a_sparkline_shows_gaps() -> None:
    assert tables.sparkline([1.0, None, 0.0, 2.0]) == "▅ ▁█"
    assert tables.sparkline([0.0, None]) == "▁ "


def minutes(moment: str) -> float:
    return dt.datetime.fromisoformat(moment).timestamp() / 60


def test_a_flow_that_is_gone_is_told(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    stage.aws.trigger("standby", "*-srt-router")
    stage.mediaconnect.delete_flow(FlowArn=stage.flow_arn)
    status = shown(exit_code=1)["main-stage"]
    assert word(status) == ("degraded", "flow lunora-player-local-srt-router is DELETING")
    stage.aws.advance(60)
    status = shown(exit_code=1)["main-stage"]
    assert word(status) == ("degraded", "flow lunora-player-local-srt-router is gone")
    assert status["flow_state"] is None


def test_a_flow_output_that_is_gone_or_disabled_is_told(stage: Stage) -> None:
    for name in ("disabled", "removed"):
        stage.destination(name)
    outputs = stage.mediaconnect.describe_flow(FlowArn=stage.flow_arn)["Flow"]["Outputs"]
    arns = {output["Name"].rpartition("-")[2]: output["OutputArn"] for output in outputs}
    flow = {"FlowArn": stage.flow_arn}
    stage.mediaconnect.remove_flow_output(**flow, OutputArn=arns["removed"])
    stage.mediaconnect.update_flow_output(
        **flow, OutputArn=arns["disabled"], OutputStatus="DISABLED"
    )
    statuses = shown(exit_code=1)
    flow_name = "lunora-player-local-srt-router"
    assert statuses["removed"]["reason"].startswith(f"flow {flow_name} has no output for it")
    assert statuses["disabled"]["reason"] == f"its output of flow {flow_name} is disabled"


def test_a_channel_says_what_its_flow_output_is_called(stage: Stage) -> None:
    stage.destination("one")
    flow = stage.mediaconnect.describe_flow(FlowArn=stage.flow_arn)["Flow"]
    (output,) = flow["Outputs"]
    stage.mediaconnect.remove_flow_output(FlowArn=stage.flow_arn, OutputArn=output["OutputArn"])
    other = {"Name": "old", "Protocol": "rtp", "Destination": output["Destination"], "Port": 5000}
    stage.mediaconnect.add_flow_outputs(FlowArn=stage.flow_arn, Outputs=[other])
    assert shown(exit_code=1)["one"]["flow_output"] is None
    channel = stage.medialive.describe_channel(ChannelId=stage.ids["one"])
    stage.medialive.create_tags(ResourceArn=channel["Arn"], Tags={"FlowOutputs": "old"})
    stage.aws.clock.advance(600)
    assert shown(exit_code=0)["one"]["flow_output"] == "ENABLED"


def test_a_file_without_a_channel_is_missing(stage: Stage) -> None:
    stage.declare("not-yet-up")
    status = shown(exit_code=1)["not-yet-up"]
    assert (status["condition"], status["channel_id"], status["platform"]) == (
        "missing",
        None,
        "restream",
    )


def test_a_channel_without_a_file_is_told(stage: Stage) -> None:
    stage.declare("other", "state: stopped")
    stage.destination("forgotten", file=False)
    stage.aws.clock.advance(600)
    assert word(shown(exit_code=1)["forgotten"]) == ("live", "no file declares it")


def test_status_works_where_there_are_no_files(stage: Stage) -> None:
    stage.destination("main-stage", file=False)
    (stage.folder / "destinations").rmdir()
    stage.aws.clock.advance(600)
    status = shown(exit_code=0)["main-stage"]
    assert (status["condition"], status["declared"], status["expected"]) == ("live", None, None)


@pytest.mark.parametrize("tag", TAGS)
def test_a_channel_that_lacks_one_of_the_tags_is_foreign(stage: Stage, tag: str) -> None:
    (stage.folder / "destinations").rmdir()
    idle_channel(stage.medialive, "other", Tags={**TAGS, tag: "other", "Destination": "other"})
    without = {key: value for key, value in TAGS.items() if key != tag}
    idle_channel(stage.medialive, "without", Tags={**without, "Destination": "without"})
    idle_channel(stage.medialive, "untagged")
    idle_channel(stage.medialive, "of-no-destination", Tags=TAGS)
    assert shown(exit_code=0) == {}
    assert run("status").stdout == "lunora-player local: no destinations\n"


def test_throttled_calls_are_repeated(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    throttled = {"operation": "media*:*", "fault": "throttled", "times": 3}
    stage.aws.load_faults(FaultPlan.model_validate({"calls": [throttled]}))
    assert shown(exit_code=0)["main-stage"]["condition"] == "live"
    assert len(stage.aws.faults.happened) == 3


def test_alerts_that_cannot_be_read_are_confessed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    broken = {"operation": "medialive:ListAlerts", "fault": "error"}
    stage.aws.load_faults(FaultPlan.model_validate({"calls": [broken]}))
    result = run("status")
    assert result.exit_code == 0
    assert result.stderr.startswith("alerts of main-stage could not be read: ")


def test_without_cloudwatch_nothing_is_called_live(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetMetricData")

    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    monkeypatch.setattr("lunora.ops.observation.of_channels", denied)
    result = run("status", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["summary"]) == (1, "1 degraded")
    assert document["errors"][0].startswith("CloudWatch could not be read: ")


def test_people_see_a_table_under_one_line(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.destination("second-stage", runs=False)
    stage.aws.clock.advance(600)
    title, heading, first, second = run("status").stdout.splitlines()
    assert title == "lunora-player local: 1 live, 1 stopped"
    assert heading.split() == [
        "destination", "platform", "condition", "pipelines", "since", "in", "out", "reason",
    ]  # fmt: skip
    assert first.split()[:3] == ["main-stage", "restream", "live"]
    assert "30 fps" in first
    assert second.split() == ["second-stage", "restream", "stopped"]


def test_watching_looks_again_until_it_is_interrupted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            stage.aws.trigger("dies", "*-main-stage")
        else:
            raise KeyboardInterrupt

    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    monkeypatch.setattr("lunora.commands.status.time.sleep", sleep)
    result = run("status", "--watch", "--every", "3")
    assert (result.exit_code, waits) == (0, [3.0, 3.0])
    assert "1 failed" in result.stdout


def test_watching_and_json_are_refused_together(stage: Stage) -> None:
    result = run("status", "--watch", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("LUN400: ")


def test_no_key_is_shown(stage: Stage) -> None:
    stage.destination("main-stage")
    key = stage.keys["main-stage"]
    alerts = stage.aws.medialive().region.alerts
    stage.aws.trigger("alert", "*-main-stage")
    alerts[stage.ids["main-stage"]][0]["Message"] = (
        f"unable to open output or stream [rtmp://user:pw@ingest.example.org/app/{key}] ({key})"
    )
    stage.aws.clock.advance(600)
    for words in (["status"], ["status", "--json"]):
        text = run(*words).output
        assert key not in text
        assert "pw" not in text
    (alert,) = shown(exit_code=1)["main-stage"]["alerts"]
    assert alert["message"] == (
        "unable to open output or stream [rtmp://ingest.example.org/***] (***)"
    )


def test_the_status_that_make_up_shows_is_that_of_measured_streams(stage: Stage) -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nup: ")[2].partition("\n\n")[0]
    before, status, _ = recipe.partition("lunora status")
    (seconds,) = re.findall(r"localaws advance (\d+)", before)
    assert status
    stage.destination("one")
    assert only_status()["condition"] == "starting"
    port = stage.aws.endpoint.rpartition(":")[2]
    advanced = CliRunner().invoke(localaws, ["advance", seconds, "--port", port])
    assert advanced.exit_code == 0
    assert only_status()["condition"] == "live"
