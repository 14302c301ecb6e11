"""SRT and RTP without a channel: the passphrase is in Secrets Manager and nowhere people look."""

from __future__ import annotations

import json
import secrets

import pytest

from tests.support.srt import SRT, new_passphrase
from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

NAME = "lunora-player-local-venue"
SECRET = f"{NAME}-passphrase"
ROLE = "lunora-player-local-srt"
RTP = "platform: custom\nroute: flow\nurl: rtp://203.0.113.9:5000\n"


@pytest.fixture
def venue(workspace: Workspace) -> Workspace:
    """A destination `venue` over SRT with a stream id and a passphrase; not yet up."""
    for path in workspace.destinations.glob("*.yaml"):
        path.unlink()
    workspace.keys = {
        "venue": f"sk-{secrets.token_hex(12)}",
        "passphrase": new_passphrase(workspace),
    }
    workspace.pulumi(
        *("config", "set", "--secret", "--path", "lunora-player:streamKeys.venue"),
        stdin=workspace.keys["venue"],
    )
    workspace.write("venue", SRT)
    return workspace


def stored(live: Workspace) -> str:
    answer = live.client("secretsmanager").get_secret_value(SecretId=SECRET)
    return str(answer["SecretString"])


@pytest.mark.proof
def test_the_flow_calls_with_a_passphrase_that_only_it_may_read(venue: Workspace) -> None:
    venue.up()
    made, traces = venue.only_output(), venue.traces()
    assert (made["Name"], made["Destination"], made["Port"]) == (NAME, "203.0.113.9", 9000)
    transport = made["Transport"]
    assert (transport["MinLatency"], transport["StreamId"]) == (500, venue.keys["venue"])
    assert made["Encryption"]["KeyType"] == "srt-password"
    assert made["Encryption"]["RoleArn"].endswith(f":role/{ROLE}")
    assert stored(venue) == venue.keys["passphrase"]
    assert (traces["secrets"], traces["channels"], traces["inputs"]) == ([SECRET], [], [])
    assert f"{NAME}-not-connected" in traces["alarms"]

    role = venue.client("iam").get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    (trust,) = role["Statement"]
    assert trust["Principal"] == {"Service": "mediaconnect.amazonaws.com"}
    assert trust["Condition"]["ArnEquals"]["aws:SourceArn"][0].split(":")[5] == "flow"

    venue.aws.clock.advance(600)
    assert venue.statuses()["venue"]["condition"] == "live"
    venue.aws.trigger("outputs-refused", "*")
    venue.aws.clock.advance(240)
    refused = venue.statuses()["venue"]
    assert (refused["condition"], refused["severity"]) == ("degraded", "critical")
    run = venue.pulumi("preview", "--refresh", "--expect-no-changes", "--diff")
    assert run.code == 0, run.text
    plan = venue.pulumi("preview", "--json")
    for run in (*venue.runs, plan, venue.pulumi("stack", "export")):
        assert venue.keys["venue"] not in run.text
        assert venue.keys["passphrase"] not in run.text


CHANNEL_ROLE = "lunora-player-local-medialive"
CALLER = """\
platform: custom
preset: 720p30
url: srt://203.0.113.9:9000
stream_key: {config: venue}
srt: {passphrase: {}}
record: {s3: my-bucket/shows}
"""
LISTENER = """\
platform: custom
preset: 480p30
url: srt://:5000
srt: {passphrase: {config: venue}, callers: [198.51.100.7/32]}
"""
FILES = """\
platform: youtube
preset: 720p30
state: stopped
stream_key: {config: venue}
hls: {segment_seconds: 2}
"""


def test_channels_send_srt_and_hls_and_record_with_a_role_that_may_do_just_that(
    venue: Workspace,
) -> None:
    venue.write("venue", CALLER)
    venue.write("door", LISTENER)
    venue.write("files", FILES)
    venue.up()
    channels = venue.channels()
    called, recorded = channels["venue"]["Destinations"]
    (setting,) = called["SrtSettings"]
    assert (setting["StreamId"], setting["Url"]) == (venue.keys["venue"], "srt://203.0.113.9:9000")
    assert recorded["Settings"][0]["Url"] == "s3ssl://my-bucket/shows/venue-0"
    assert len(channels["door"]["ChannelSecurityGroups"]) == 1
    assert venue.keys["venue"] in channels["files"]["Destinations"][0]["Settings"][0]["Url"]
    iam = venue.client("iam")
    policy = iam.get_role_policy(RoleName=CHANNEL_ROLE, PolicyName="outputs")["PolicyDocument"]
    secrets_read, files_written = policy["Statement"]
    assert [arn.rpartition(":")[2] for arn in secrets_read["Resource"]] == [
        "lunora-player-local-door-passphrase-??????",
        f"{SECRET}-??????",
    ]
    assert files_written["Resource"] == ["arn:aws:s3:::my-bucket/shows/*"]
    assert ROLE not in venue.traces()["roles"]

    venue.aws.clock.advance(600)
    assert {name: status["condition"] for name, status in venue.statuses().items()} == {
        "venue": "live",
        "door": "live",
        "files": "stopped",
    }
    assert venue.statuses()["venue"]["recording_outputs"] == 1
    venue.up("--expect-no-changes")
    new_passphrase(venue)
    assert venue.preview_steps() == {
        "door-passphrase-version": "replace",
        "door-channel": "update",
        "venue-passphrase-version": "replace",
        "venue-channel": "update",
    }
    mark = len(venue.aws.calls)
    venue.up()
    calls = [call.operation for call in venue.aws.calls[mark:]]
    assert (calls.count("StopChannel"), calls.count("StartChannel")) == (2, 2)
    for run in (*venue.runs, venue.pulumi("stack", "export")):
        assert venue.keys["venue"] not in run.text
        assert venue.keys["passphrase"] not in run.text
    for name in ("venue", "door", "files"):
        (venue.destinations / f"{name}.yaml").unlink()
    venue.write("other", RTP)
    venue.up(env={"LUNORA_CONFIRM_REMOVALS": "3"})
    left = venue.traces()
    assert (left["channels"], left["secrets"], left["inputs"]) == ([], [], [])
    assert len(left["groups"]) == 1, "that of the flow"


@pytest.mark.proof
def test_another_passphrase_reaches_the_secret_and_the_output_in_place(venue: Workspace) -> None:
    venue.up()
    before, new = venue.only_output(), new_passphrase(venue)
    assert venue.preview_steps() == {
        "venue-passphrase-version": "replace",
        "venue-flow-output": "update",
    }
    mark = len(venue.aws.calls)
    venue.up()
    changes = [call for call in venue.aws.calls[mark:] if call.operation == "UpdateFlowOutput"]
    assert len(changes) == 2
    assert stored(venue) == new
    assert venue.only_output() == before


@pytest.mark.proof
def test_what_goes_leaves_nothing_and_may_come_back_at_once(venue: Workspace) -> None:
    venue.up()
    venue.write("other", RTP + "rtp: {fec: true}\n")
    (venue.destinations / "venue.yaml").unlink()
    venue.up()
    traces = venue.traces()
    assert (traces["secrets"], traces["parameters"], traces["outputs"]) == (
        [],
        [],
        ["lunora-player-local-other"],
    )
    assert ROLE not in traces["roles"]
    assert venue.only_output()["Transport"]["Protocol"] == "rtp-fec"
    venue.write("venue", SRT)
    (venue.destinations / "other.yaml").unlink()
    venue.up()
    assert stored(venue) == venue.keys["passphrase"]


@pytest.mark.proof
def test_doctor_finds_and_removes_what_an_srt_destination_left_behind(venue: Workspace) -> None:
    venue.up()
    state = json.loads(venue.pulumi("stack", "export").out)
    state["deployment"]["resources"] = []
    venue.pulumi("stack", "import", stdin=json.dumps(state))
    (venue.destinations / "venue.yaml").unlink()
    venue.write("other", RTP)
    diagnosis = json.loads(venue.lunora("doctor", "--json").out)
    orphans = [orphan["resource"] for orphan in diagnosis["orphans"]]
    kinds = {(orphan["kind"], orphan["name"]) for orphan in orphans}
    assert {("flow output", NAME), ("secret", SECRET), ("role", ROLE)} <= kinds
    venue.lunora("doctor", "--remove", "--yes")
    left = venue.traces()
    assert (left["outputs"], left["secrets"], left["roles"]) == ([], [], [])
