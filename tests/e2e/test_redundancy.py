"""Two pipelines, two flows: built, changed and failed over on the emulator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.workspace import Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.proof]

FILE = "platform: custom\nurl: rtmp://a.example.org/app\npreset: 720p30\n"
STANDARD = f"{FILE}redundancy: standard\nbackup_url: rtmp://b.example.org/app\n"
NAME = "lunora-player-local-show"
URLS = ["rtmp://a.example.org/app", "rtmp://b.example.org/app"]


def described(live: Workspace) -> dict[str, Any]:
    channel_id = live.channels()["show"]["Id"]
    channel: dict[str, Any] = live.client("medialive").describe_channel(ChannelId=channel_id)
    return channel


def outputs(live: Workspace, flow: str) -> dict[str, str]:
    """Return where each of the outputs of ours on *flow* sends to, by name."""
    mediaconnect = live.client("mediaconnect")
    arns = {flow["Name"]: flow["FlowArn"] for flow in mediaconnect.list_flows()["Flows"]}
    outputs = mediaconnect.describe_flow(FlowArn=arns[flow])["Flow"].get("Outputs", [])
    return {
        output["Name"]: output["Destination"]
        for output in outputs
        if output["Name"].startswith(NAME)
    }


def types_of_inputs(live: Workspace) -> dict[str, str]:
    inputs = live.client("medialive").list_inputs()["Inputs"]
    return {item["Name"]: item["Type"] for item in inputs}


def only_show(workspace: Workspace) -> Workspace:
    """Return the workspace without the examples."""
    for path in workspace.destinations.glob("*.yaml"):
        path.unlink()
    return workspace


def set_key(workspace: Workspace, key: str) -> None:
    workspace.pulumi(
        "config", "set", "--secret", "--path", "lunora-player:streamKeys.show", stdin=key
    )


def test_a_second_pipeline_changes_the_class_of_the_channel_and_has_its_own_ingest(
    workspace: Workspace,
) -> None:
    live = only_show(workspace)
    set_key(live, "made-up-2")
    live.write("show", FILE)
    live.up()
    before = described(live)

    live.write("show", STANDARD)
    steps = live.preview_steps()
    assert steps["show-channel"] == "update", steps
    assert steps["show-flow-output-1"] == "create", steps
    kept = {"show-input", "show-flow-output", "show-stream-key", "medialive-role"}
    assert not kept & steps.keys()
    mark = len(live.aws.calls)
    live.up()
    after = described(live)
    calls = [call.operation for call in live.aws.calls[mark:]]
    changes = [call for call in calls if call.endswith(("Channel", "ChannelClass"))]
    changes = [call for call in changes if not call.startswith("Describe")]
    assert changes == ["StopChannel", "UpdateChannelClass", "StartChannel"]
    assert (after["ChannelClass"], after["State"]) == ("STANDARD", "RUNNING")
    assert after["Id"] == before["Id"]
    assert after["InputAttachments"] == before["InputAttachments"]
    assert [setting["Url"] for setting in after["Destinations"][0]["Settings"]] == URLS
    item = live.client("medialive").describe_input(InputId=after["InputAttachments"][0]["InputId"])
    ends = [endpoint["Ip"] for endpoint in item["Destinations"]]
    flow = "lunora-player-local-srt-router"
    assert outputs(live, flow) == {NAME: ends[0], f"{NAME}_1": ends[1]}
    run = live.pulumi("preview", "--refresh", "--expect-no-changes")
    assert run.code == 0, run.text


def test_a_new_key_keeps_each_ingest_on_its_pipeline(workspace: Workspace) -> None:
    live = only_show(workspace)
    set_key(live, "made-up")
    live.write("show", STANDARD)
    live.up()
    set_key(live, "made-up-2")
    live.up()
    settings = described(live)["Destinations"][0]["Settings"]
    assert [(setting["Url"], setting["StreamName"]) for setting in settings] == [
        (url, "made-up-2") for url in URLS
    ]
    assert described(live)["State"] == "RUNNING"


def test_a_stream_that_two_flows_feed_goes_on_when_one_fails(workspace: Workspace) -> None:
    live = only_show(workspace)
    mediaconnect = live.client("mediaconnect")
    source = {
        "Name": "srt",
        "Protocol": "srt-listener",
        "IngestPort": 5000,
        "WhitelistCidr": "203.0.113.0/24",
    }
    made = mediaconnect.create_flow(Name="backup-router", Source=source)["Flow"]["FlowArn"]
    mediaconnect.start_flow(FlowArn=made)
    live.pulumi("config", "set", "--path", "lunora-player:flows.backup.name", "backup-router")
    live.write("show", f"{FILE}flow: [main, backup]\n")
    live.up()

    first, second = described(live)["InputAttachments"]
    failover = first["AutomaticInputFailoverSettings"]
    assert failover["SecondaryInputId"] == second["InputId"]
    assert [first["InputAttachmentName"], second["InputAttachmentName"]] == [
        NAME,
        f"{NAME}_backup",
    ]
    assert list(outputs(live, "backup-router")) == [NAME]
    live.up("--expect-no-changes")

    live.aws.clock.advance(600)
    assert live.statuses()["show"]["condition"] == "live"
    live.aws.trigger("standby", "lunora-player-local-srt-router")
    live.aws.clock.advance(240)
    status = live.statuses()["show"]
    assert (status["condition"], status["on_backup"]) == ("degraded", True)
    assert status["reason"].endswith("it takes flow backup-router instead")
    assert status["megabits_out"] > 0

    live.write("show", f"{FILE}flow: [main, backup]\ninput: mediaconnect\n")
    live.up()
    assert types_of_inputs(live) == {NAME: "MEDIACONNECT", f"{NAME}_backup": "MEDIACONNECT"}
    assert described(live)["State"] == "RUNNING"
    assert outputs(live, "backup-router") == {}
    assert live.traces()["groups"] == []
    live.up("--expect-no-changes")

    live.write("show", FILE)
    live.up()
    assert types_of_inputs(live) == {NAME: "RTP_PUSH"}
    assert len(live.traces()["inputs"]) == 1


def test_a_backup_flow_of_another_region_is_refused(workspace: Workspace) -> None:
    live = workspace
    other = live.client("mediaconnect", "eu-west-1")
    source = {
        "Name": "srt",
        "Protocol": "srt-listener",
        "IngestPort": 5000,
        "WhitelistCidr": "203.0.113.0/24",
    }
    other.create_flow(Name="far-router", Source=source)
    for key, value in (("name", "far-router"), ("region", "eu-west-1")):
        live.pulumi("config", "set", "--path", f"lunora-player:flows.far.{key}", value)
    live.write("show", f"{FILE}flow: [main, far]\n")
    run = live.pulumi("preview")
    assert run.code != 0
    assert "show: flow main is in us-west-2 and its backup far in eu-west-1" in run.text
    assert "Traceback" not in run.text
