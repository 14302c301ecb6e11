"""Files come, change and go; AWS follows. Asserted on the emulator, not on Pulumi's word."""

from __future__ import annotations

import json

import pytest

from localaws.faults import FaultPlan
from provider.aws import RETRY_TIMEOUT
from tests.support.interruptions import interrupted
from tests.support.workspace import EXAMPLES, Workspace

pytestmark = pytest.mark.e2e

FOURTH = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 720p30\n"
NAMES = [f"lunora-player-local-{name}" for name in EXAMPLES]
PARAMETERS = [f"/lunora-player/local/destinations/{name}/stream-key" for name in EXAMPLES]


def test_up_brings_every_file_live(live: Workspace) -> None:
    assert {name: c["State"] for name, c in live.channels().items()} == dict.fromkeys(
        EXAMPLES, "RUNNING"
    )
    assert live.traces() == {
        **live.watchers(),
        "channels": NAMES,
        "inputs": NAMES,
        "groups": ["203.0.113.10/32"],
        "outputs": NAMES,
        "parameters": PARAMETERS,
        "secrets": [],
        "roles": ["lunora-player-local-medialive"],
    }


def test_the_flow_sends_to_where_the_channels_input_listens(live: Workspace) -> None:
    medialive, mediaconnect = live.client("medialive"), live.client("mediaconnect")
    flow_arn = mediaconnect.list_flows()["Flows"][0]["FlowArn"]
    outputs = mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"]
    sent_to = {output["Name"]: (output["Destination"], output["Port"]) for output in outputs}
    for channel in live.channels().values():
        attached = channel["InputAttachments"][0]["InputId"]
        first = medialive.describe_input(InputId=attached)["Destinations"][0]
        assert sent_to[channel["Name"]] == (first["Ip"], int(first["Port"]))


def test_each_channel_pushes_its_own_key(live: Workspace) -> None:
    medialive = live.client("medialive")
    for name, channel in live.channels().items():
        described = medialive.describe_channel(ChannelId=channel["Id"])
        assert described["Destinations"][0]["Settings"][0]["StreamName"] == live.keys[name]


def test_a_second_up_changes_nothing(live: Workspace) -> None:
    run = live.up("--expect-no-changes")
    assert "unchanged" in run.text


@pytest.mark.proof
def test_a_channel_that_was_deleted_by_hand_is_created_again(live: Workspace) -> None:
    medialive, channel = live.client("medialive"), live.channels()["twitch-main"]
    others = {name: other["Id"] for name, other in live.channels().items() if other != channel}
    medialive.stop_channel(ChannelId=channel["Id"])
    medialive.get_waiter("channel_stopped").wait(ChannelId=channel["Id"], WaiterConfig={"Delay": 1})
    medialive.delete_channel(ChannelId=channel["Id"])
    medialive.get_waiter("channel_deleted").wait(ChannelId=channel["Id"], WaiterConfig={"Delay": 1})
    doctor = live.lunora("doctor", "--json")
    checks = {check["about"]: check for check in json.loads(doctor.out)["checks"]}
    assert doctor.code == 1
    assert checks["drift twitch-main"]["finding"] == (
        "channel lunora-player-local-twitch-main missing; run `pulumi up`"
    )
    live.up()
    assert live.channels()["twitch-main"]["State"] == "RUNNING"
    assert {name: live.channels()[name]["Id"] for name in others} == others
    assert live.preview_steps() == {}
    assert json.loads(live.lunora("doctor", "--json").out)["orphans"] == []


def test_a_refresh_finds_no_drift(live: Workspace) -> None:
    run = live.pulumi("preview", "--refresh", "--expect-no-changes")
    assert run.code == 0, run.text


def test_a_fourth_file_previews_and_creates_exactly_its_own(live: Workspace) -> None:
    before = live.channels()
    live.write("event-stage", FOURTH)

    steps = live.preview_steps()
    watching = {name: step for name, step in steps.items() if "event-stage-alarm" in name}
    assert set(watching.values()) == {"create"}
    assert {name: step for name, step in steps.items() if name not in watching} == {
        "destinations": "update",
        "dashboard-1": "update",
        "event-stage": "create",
        "event-stage-stream-key": "create",
        "event-stage-input": "create",
        "event-stage-flow-output": "create",
        "event-stage-channel": "create",
    }
    mark = len(live.aws.calls)
    live.up()
    after = live.channels()
    assert after.pop("event-stage")["State"] == "RUNNING"
    assert after == before
    assert interrupted(live, mark) == {}


def test_a_deleted_file_leaves_no_trace(live: Workspace) -> None:
    before = live.traces()
    live.write("event-stage", FOURTH)
    live.up()
    assert live.traces() != before
    (live.destinations / "event-stage.yaml").unlink()
    live.up()
    assert live.traces() == before


def test_another_preset_interrupts_only_its_own_channel(live: Workspace) -> None:
    path = live.destinations / "restream-main.yaml"
    path.write_text(path.read_text().replace("1080p30", "720p30"))
    assert live.preview_steps() == {"restream-main-channel": "update"}
    mark = len(live.aws.calls)
    live.up()
    channels = live.channels()
    assert interrupted(live, mark) == {channels["restream-main"]["Id"]: ["StopChannel"]}
    assert channels["restream-main"]["State"] == "RUNNING"
    described = live.client("medialive").describe_channel(ChannelId=channels["restream-main"]["Id"])
    assert described["EncoderSettings"]["VideoDescriptions"][0]["Height"] == 720


@pytest.mark.proof
def test_a_running_destination_moves_to_another_flow_and_interrupts_no_other(
    live: Workspace,
) -> None:
    second = second_flow(live)
    path = live.destinations / "youtube-main.yaml"
    path.write_text(path.read_text() + "flow: second\n")
    steps = {name: op for name, op in live.preview_steps().items() if "youtube" in name}
    assert steps.pop("youtube-main-flow-output") in {"replace", "delete-replaced"}
    # Of the composite alarm another flow's `source-lost` is the suppressor.
    assert steps == {"youtube-main-input": "update", "youtube-main-alarm": "update"}
    assert "interrupts its stream until it runs again" in live.pulumi("preview").text

    mark, before = len(live.aws.calls), live.channels()
    live.up()
    after = live.channels()
    assert {channel["State"] for channel in after.values()} == {"RUNNING"}
    assert after["youtube-main"]["Id"] == before["youtube-main"]["Id"]
    assert interrupted(live, mark) == {after["youtube-main"]["Id"]: ["StopChannel"]}
    medialive, attached = live.client("medialive"), after["youtube-main"]["InputAttachments"]
    (group,) = medialive.describe_input(InputId=attached[0]["InputId"])["SecurityGroups"]
    rules = medialive.describe_input_security_group(InputSecurityGroupId=group)["WhitelistRules"]
    flow = live.client("mediaconnect").describe_flow(FlowArn=second)["Flow"]
    assert rules == [{"Cidr": f"{flow['EgressIp']}/32"}]
    assert [output["Name"] for output in flow["Outputs"]] == ["lunora-player-local-youtube-main"]
    live.up("--expect-no-changes")


def test_state_stopped_stops_only_its_own_channel(live: Workspace) -> None:
    path = live.destinations / "twitch-main.yaml"
    path.write_text(path.read_text() + "state: stopped\n")
    mark = len(live.aws.calls)
    live.up()
    states = {name: c["State"] for name, c in live.channels().items()}
    assert states == {"restream-main": "RUNNING", "twitch-main": "IDLE", "youtube-main": "RUNNING"}
    assert list(interrupted(live, mark)) == [live.channels()["twitch-main"]["Id"]]
    off = {"lunora-player-local-twitch-main": "DISABLED"}
    assert live.outputs() == {**dict.fromkeys(NAMES, "ENABLED"), **off}
    assert live.statuses()["twitch-main"]["condition"] == "stopped"

    mark = len(live.aws.calls)
    started = live.lunora("start", "twitch-main")
    assert started.code == 0, started.text
    assert switched(live, mark) == ["UpdateFlowOutput", "StartChannel"]
    assert live.outputs() == dict.fromkeys(NAMES, "ENABLED")
    parts = {"twitch-main-flow-output": "update", "twitch-main-channel": "update"}
    assert live.preview_steps() == parts
    stopped = live.lunora("stop", "twitch-main", "--yes")
    assert stopped.code == 0, stopped.text
    assert switched(live, mark)[2:] == ["StopChannel", "UpdateFlowOutput"]
    assert live.preview_steps() == {}

    path.write_text(path.read_text().replace("state: stopped\n", ""))
    mark = len(live.aws.calls)
    live.up()
    assert switched(live, mark) == ["UpdateFlowOutput", "StartChannel"]


@pytest.mark.proof
def test_a_flow_output_that_somebody_removed_is_made_again_without_a_refresh(
    live: Workspace,
) -> None:
    flow = live.client("mediaconnect").list_flows()["Flows"][0]["FlowArn"]
    outputs = live.client("mediaconnect").describe_flow(FlowArn=flow)["Flow"]["Outputs"]
    (arn,) = [output["OutputArn"] for output in outputs if output["Name"].endswith("twitch-main")]
    live.client("mediaconnect").remove_flow_output(FlowArn=flow, OutputArn=arn)
    steps = live.preview_steps()
    assert steps.keys() == {"twitch-main-flow-output"}
    name = "lunora-player-local-twitch-main"
    assert f"flow output {name} is missing in AWS" in live.pulumi("preview").text
    mark = len(live.aws.calls)
    live.up()
    assert live.outputs() == dict.fromkeys(NAMES, "ENABLED")
    assert interrupted(live, mark) == {}
    live.up("--expect-no-changes")


def test_a_renamed_file_re_creates_and_interrupts_nothing(live: Workspace) -> None:
    before, traces, mark = live.channels(), live.traces(), len(live.aws.calls)
    old = live.destinations / "twitch-main.yaml"
    live.write("twitch-show", old.read_text() + "previous_names: [twitch-main]\n")
    old.unlink()
    steps = live.preview_steps()
    assert set(steps.values()) == {"update"}, steps
    live.up()
    after = live.channels()
    assert after["twitch-show"]["Id"] == before["twitch-main"]["Id"]
    assert after["twitch-show"]["State"] == "RUNNING"
    assert live.traces() == traces
    assert interrupted(live, mark) == {}
    live.up("--expect-no-changes")


@pytest.mark.proof
def test_an_expired_destination_is_stopped_and_said_so(live: Workspace) -> None:
    path = live.destinations / "twitch-main.yaml"
    path.write_text(path.read_text() + "expires: 2020-12-31\n")
    run = live.up()
    assert "twitch-main.yaml:5:10: LUN140: expires: " in run.text
    assert live.channels()["twitch-main"]["State"] == "IDLE"


@pytest.mark.proof
def test_a_rename_in_a_run_that_fails_half_way_is_still_one_in_the_next(live: Workspace) -> None:
    old, edited = (live.destinations / f"{name}.yaml" for name in ("twitch-main", "youtube-main"))
    live.write("twitch-show", old.read_text() + "previous_names: [twitch-main]\n")
    old.unlink()
    live.write("youtube-main", edited.read_text().replace("1080p30", "720p30"))
    refused = {"operation": "medialive:StopChannel", "fault": "conflict"}
    live.aws.load_faults(FaultPlan.model_validate({"calls": [refused]}))
    run = live.pulumi("up", "--yes", "--skip-preview", env={RETRY_TIMEOUT: "1"})
    assert run.code != 0
    live.aws.load_faults(FaultPlan())
    assert set(live.preview_steps().values()) == {"update"}, "it would be made anew"


def test_a_channel_stopped_by_hand_shows_in_the_next_preview_and_is_started_again(
    live: Workspace,
) -> None:
    channel_id = live.channels()["youtube-main"]["Id"]
    live.client("medialive").stop_channel(ChannelId=channel_id)
    live.client("medialive").describe_channel(ChannelId=channel_id)
    assert live.preview_steps() == {"youtube-main-channel": "update"}
    live.up()
    assert live.channels()["youtube-main"]["State"] == "RUNNING"


def test_destroy_removes_everything_and_up_builds_it_again(live: Workspace) -> None:
    before = live.traces()
    run = live.pulumi("destroy", "--yes", "--skip-preview")
    assert run.code == 0, run.text
    assert not any(live.traces().values())
    live.up()
    assert live.traces() == before


def second_flow(live: Workspace) -> str:
    """Make a flow and let files call it `second`; returns its ARN."""
    mediaconnect = live.client("mediaconnect")
    source = {
        "Name": "srt",
        "Protocol": "srt-listener",
        "IngestPort": 5000,
        "WhitelistCidr": "203.0.113.0/24",
    }
    arn: str = mediaconnect.create_flow(Name="second-router", Source=source)["Flow"]["FlowArn"]
    mediaconnect.start_flow(FlowArn=arn)
    live.pulumi("config", "set", "--path", "lunora-player:flows.second.name", "second-router")
    return arn


def switched(live: Workspace, mark: int) -> list[str]:
    """Return the calls since *mark* that start and stop a stream, in their order."""
    operations = {"StartChannel", "StopChannel", "UpdateFlowOutput"}
    return [call.operation for call in live.aws.calls[mark:] if call.operation in operations]


@pytest.mark.proof
def test_one_operation_at_a_time_brings_more_up_than_the_program_has_threads(
    workspace: Workspace,
) -> None:
    # Of these the SDK gives the program four for each operation at a time.
    for number in range(2):
        text = FOURTH.replace("ingest", f"ingest-{number}") + "stream_key: {config: restream-main}"
        workspace.write(f"more-{number}", text)
    workspace.up(env={"PULUMI_PARALLEL": "1"})
    assert len(workspace.channels()) == len(EXAMPLES) + 2
