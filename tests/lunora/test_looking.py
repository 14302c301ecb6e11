"""`lunora show`, `metrics` and `flow`: what they say, and what they keep to themselves."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lunora.ops import audit
from tests.support.stage import Stage, run

FLOW = "lunora-player-local-srt-router"


def told(*words: str, exit_code: int = 0) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == exit_code, result.output
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_show_puts_file_resources_and_state_together(stage: Stage) -> None:
    channel_id = stage.destination("main-stage")
    stage.aws.clock.advance(600)
    document = told("show", "main-stage")
    assert list(document) == [
        "file",
        "ingest",
        "listeners",
        "encoding",
        "recording",
        "resources",
        "status",
        "changes",
        "notes",
    ]
    assert document["file"] == "destinations/main-stage.yaml"
    assert document["ingest"] == "rtmp://live.restream.io"
    assert document["encoding"].startswith("1080p30: 1920x1080, 30 frames/s, ")
    resources = document["resources"]
    assert list(resources) == [
        "channel",
        "channel ARN",
        "input",
        "outputs of flow main",
        "parameter",
    ]
    assert resources["channel"] == channel_id
    assert resources["parameter"] == ("/lunora-player/local/destinations/main-stage/stream-key")
    assert document["status"]["condition"] == "live"


def test_show_for_people_has_a_line_for_each_thing(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(600)
    result = run("show", "main-stage")
    labels = [line.split("  ")[0].strip() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert {"main-stage", "status", "file", "ingest", "channel", "parameter"} <= set(labels)
    assert stage.keys["main-stage"] not in result.output


def test_show_without_a_file_names_what_is_there(stage: Stage) -> None:
    stage.destination("main-stage", file=False)
    stage.declare("other")
    document = told("show", "main-stage")
    assert (document["file"], document["ingest"], document["encoding"]) == (None, None, None)
    assert "parameter" not in document["resources"]


def test_show_of_a_file_that_is_not_up_names_its_parameter(stage: Stage) -> None:
    stage.declare("not-yet-up", "stream_key: {ssm: /existing/key}")
    document = told("show", "not-yet-up")
    assert document["resources"] == {"parameter": "/existing/key"}
    assert document["status"]["condition"] == "missing"


@pytest.mark.parametrize("verb", ["show", "metrics"])
def test_a_wrong_name_is_one_sentence(stage: Stage, verb: str) -> None:
    stage.destination("main-stage")
    result = run(verb, "main-stag")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "LUN450" in result.stderr
    assert 'did you mean "main-stage"?' in result.stderr


def test_show_tells_who_changed_the_file(stage: Stage) -> None:
    stage.declare("main-stage")
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Ada's stream"]):
        subprocess.run([*git, *words], cwd=stage.folder, check=True)  # noqa: S603 - as written
    (change,) = told("show", "main-stage")["changes"]
    assert (change["who"], change["what"], change["source"]) == ("Ada", "Ada's stream", "git")


def test_show_tells_who_called_aws_and_nothing_of_what_was_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel_id = stage.destination("main-stage")
    key = stage.keys["main-stage"]

    class CloudTrail:
        def lookup_events(self, **request: Any) -> dict[str, Any]:
            name = request["LookupAttributes"][0]["AttributeValue"]
            sent = {"channelId": channel_id, "destinations": [{"streamName": key}]}
            made = {"channel": {"id": channel_id}}
            records: dict[str, list[dict[str, Any]]] = {
                "StopChannel": [{"requestParameters": sent}],
                "StartChannel": [{"requestParameters": {"channelId": "7"}}],
                "CreateChannel": [{"requestParameters": None, "responseElements": made}],
            }
            return {
                "Events": [
                    {
                        "EventTime": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
                        "EventName": name,
                        "Username": "ada",
                        "CloudTrailEvent": json.dumps(record),
                    }
                    for record in records.get(name, [])
                ]
            }

    real = type(stage.stack.aws()).client
    monkeypatch.setattr(
        "provider.aws.AwsClients.client",
        lambda self, service: CloudTrail() if service == "cloudtrail" else real(self, service),
    )
    result = run("show", "main-stage", "--json")
    changes = [(change["who"], change["what"]) for change in json.loads(result.stdout)["changes"]]
    assert changes == [("ada", "CreateChannel"), ("ada", "StopChannel")]
    assert key not in result.output


def test_without_cloudtrail_the_trail_is_said_to_be_missing(stage: Stage) -> None:
    stage.destination("main-stage")
    result = run("show", "main-stage")
    assert result.exit_code == 0
    assert result.stderr == "CloudTrail could not be read\n"


def test_without_git_there_is_no_history_of_files(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert audit.in_git(stage.folder / "destinations/main-stage.yaml") == ()


def test_a_subject_may_hold_what_ends_a_line(tmp_path: Path) -> None:
    subject = "One\u2028two\x85three\x1fand \x0bmore"
    file = tmp_path / "one.yaml"
    file.write_text("platform: twitch\n")
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", subject)):
        subprocess.run(("git", "-C", str(tmp_path), *words), check=True)  # noqa: S603, S607
    with contextlib.chdir(tmp_path):
        (change,) = audit.in_git(Path("one.yaml"))
    assert (change.who, change.what) == ("A", "One two three and more")


def test_metrics_are_the_last_hour_minute_by_minute(stage: Stage) -> None:
    channel_id = stage.destination("main-stage")
    stage.aws.clock.advance(1200)
    document = told("metrics", "main-stage")
    assert list(document) == ["name", "channel_id", "start", "end", "period_seconds", "metrics"]
    assert (document["channel_id"], document["period_seconds"]) == (channel_id, 60)
    assert list(document["metrics"]) == [
        "frames_in",
        "megabits_in",
        "megabits_out",
        "active_outputs",
        "dropped_frames",
        "active_alerts",
        "lost_rtp",
        "audio_dbfs",
    ]
    frames = document["metrics"]["frames_in"]
    assert 19 <= len(frames) <= 21
    assert {point["value"] for point in frames} == {30}


def test_metrics_for_people_are_lines_of_blocks(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.clock.advance(1200)
    stage.aws.trigger("source-lost", "*-srt-router")
    stage.aws.clock.advance(300)
    title, heading, frames, *_ = run("metrics", "main-stage").stdout.splitlines()
    assert title == "main-stage"
    assert heading.split() == ["metric", "now", "lowest", "highest", "last", "hour"]
    *words, blocks = frames.split()
    assert words == ["frames", "in", "0.0", "0.0", "30.0"]
    assert blocks.startswith("█████")
    assert blocks.endswith("▁▁▁")


def test_metrics_of_what_never_ran_say_so(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    assert run("metrics", "main-stage").stdout == (
        "main-stage: CloudWatch measured nothing in the last hour\n"
    )


def test_flow_shows_its_source_and_its_room(stage: Stage) -> None:
    stage.destination("main-stage")
    foreign = {"Name": "of-others", "Protocol": "rtp", "Destination": "198.51.100.9", "Port": 5000}
    stage.mediaconnect.add_flow_outputs(FlowArn=stage.flow_arn, Outputs=[foreign])
    stage.aws.clock.advance(600)
    (flow,) = told("flows")["flows"]
    assert list(flow) == [
        "key",
        "name",
        "arn",
        "condition",
        "severity",
        "reason",
        "since",
        "faults",
        "content_measured",
        "state",
        "source",
        "egress_ip",
        "bits_in",
        "loss_percent",
        "round_trip_ms",
        "outputs",
        "ours",
        "outputs_limit",
        "maintenance",
        "is_under_maintenance",
    ]
    assert (flow["key"], flow["name"], flow["condition"]) == ("main", FLOW, "live")
    assert flow["bits_in"] == 8_000_000
    assert (len(flow["outputs"]), flow["ours"], flow["outputs_limit"]) == (2, 1, 50)


@pytest.mark.parametrize(
    ("mishap", "condition", "reason"),
    [
        ("source-lost", "degraded", "no source arrives; look at the sender"),
        ("loses-packets", "degraded", "2.0 % of the source's packets are lost"),
        ("standby", "stopped", "it is STANDBY; start it in MediaConnect"),
        ("black-frames", "degraded", "its source is black"),
    ],
)
def test_each_mishap_of_a_flow_is_named(
    stage: Stage, mishap: str, condition: str, reason: str
) -> None:
    stage.analyse_content()
    stage.aws.clock.advance(600)
    assert stage.aws.trigger(mishap, FLOW) == [FLOW]
    stage.aws.clock.advance(240)
    (flow,) = told("flows", exit_code=1)["flows"]
    assert (flow["condition"], flow["reason"]) == (condition, reason)
    assert reason in run("flows").stdout


def test_a_flow_that_is_gone_is_told(stage: Stage) -> None:
    stage.aws.trigger("standby", FLOW)
    stage.mediaconnect.delete_flow(FlowArn=stage.flow_arn)
    stage.aws.advance(60)
    result = run("flows")
    assert result.exit_code == 1
    assert result.stdout == (
        f"{FLOW} is missing: there is no such flow; correct lunora-player:flows\n"
    )


def test_a_flow_that_has_just_started_is_not_called_live(stage: Stage) -> None:
    (flow,) = told("flows", exit_code=1)["flows"]
    assert flow["condition"] == "starting"


def test_without_cloudwatch_no_flow_is_called_live(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetMetricData")

    monkeypatch.setattr("lunora.ops.flow_status.source_series", denied)
    (flow,) = told("flows", exit_code=1)["flows"]
    assert flow["condition"] == "degraded"


def test_a_stack_that_names_no_flow_is_one_sentence(stage: Stage) -> None:
    (stage.folder / "Pulumi.local.yaml").write_text("config: {aws:region: us-west-2}\n")
    result = run("flows")
    assert result.exit_code == 2
    assert result.stderr.startswith("LUN408: ")
