"""`route: flow`: the flow sends the stream by itself; its key is nowhere that people look."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from typing import Any

import pytest

from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

CHANNEL = "platform: custom\nurl: rtmps://ingest.example.org/app\npreset: 720p30\n"
FLOW = "platform: custom\nurl: rtmps://ingest.example.org/app\nroute: flow\n"
NAME = "lunora-player-local-show"


FLOW_OUTPUT = "livestream:index:FlowOutput"
SECRET = ("1b47061264138c4ac30d75fd1eb44270",) * 2


def resources(live: Workspace) -> list[Any]:
    """Return the resources of the exported state."""
    exported = json.loads(live.pulumi("stack", "export").out)
    listed: list[Any] = exported["deployment"]["resources"]
    return listed


def urns(live: Workspace) -> list[str]:
    return [resource["urn"] for resource in resources(live)]


def rtmp_pushes(live: Workspace) -> dict[str, tuple[str, ...]]:
    """Return the signatures of `rtmpPush` in inputs and outputs, by the flow output's name."""
    return {
        resource["urn"].rpartition("::")[2]: tuple(
            resource[part]["rtmpPush"].get("4dabf18193072939515e22adb298388d", "in clear")
            for part in ("inputs", "outputs")
        )
        for resource in resources(live)
        if resource["type"] == FLOW_OUTPUT
    }


@pytest.fixture
def show(workspace: Workspace) -> Workspace:
    """A destination `show` with a key of its own; not yet up."""
    for path in workspace.destinations.glob("*.yaml"):
        path.unlink()
    key = f"sk-{secrets.token_hex(12)}"
    workspace.keys = {"show": key}
    workspace.pulumi(
        "config", "set", "--secret", "--path", "lunora-player:streamKeys.show", stdin=key
    )
    workspace.write("show", FLOW)
    return workspace


def test_the_flow_pushes_without_a_channel_and_nobody_sees_the_key(show: Workspace) -> None:
    show.up()
    made = show.only_output()
    assert (made["Name"], made["Destination"], made["Port"]) == (NAME, "ingest.example.org", 443)
    pushed = made["Transport"]["RtmpPushOutputSettings"]
    assert (pushed["ApplicationName"], pushed["StreamName"]) == ("app", show.keys["show"])
    assert "TlsEncryption" in pushed
    traces = show.traces()
    assert (traces["channels"], traces["inputs"]) == ([], [])
    assert traces["parameters"] == ["/lunora-player/local/destinations/show/stream-key"]

    show.aws.clock.advance(600)
    assert show.statuses()["show"]["condition"] == "live"
    outputs = json.loads(show.pulumi("stack", "output", "--json").out)["destinations"]["show"]
    assert outputs["route"] == "flow"
    run = show.pulumi("preview", "--refresh", "--expect-no-changes", "--diff")
    assert run.code == 0, run.text
    exported = show.pulumi("stack", "export")
    for run in (*show.runs, exported):
        assert show.keys["show"] not in run.text


@pytest.mark.proof
def test_an_import_and_a_refresh_keep_the_key_secret(show: Workspace) -> None:
    show.up()
    home = next(urn for urn in urns(show) if urn.endswith("::livestream-us-west-2"))
    arn = show.only_output()["OutputArn"]
    words = (FLOW_OUTPUT, "show-again", arn, "--provider", f"home={home}")
    run = show.pulumi(
        "import", *words, "--protect=false", "--generate-code=false", "--yes", "--skip-preview"
    )
    assert run.code == 0, run.text
    for _ in range(2):
        assert rtmp_pushes(show) == {"show-flow-output": SECRET, "show-again": SECRET}
        run = show.pulumi("refresh", "--yes", "--skip-preview", "--diff")
        assert run.code == 0, run.text
    path = ("--path", "lunora-player:streamKeys.show")
    show.pulumi("config", "set", "--secret", *path, stdin=f"sk-{secrets.token_hex(12)}")
    preview = show.pulumi("preview", "--json")
    steps = {step["urn"].rpartition("::")[2]: step for step in json.loads(preview.out)["steps"]}
    changed = steps["show-flow-output"]
    for state in (steps["show-again"]["oldState"], changed["oldState"], changed["newState"]):
        assert state["inputs"]["rtmpPush"] == "[secret]"
        assert state.get("outputs", state["inputs"])["rtmpPush"] == "[secret]"
    assert show.keys["show"] not in "".join(run.text for run in show.runs)
    files = [file for file in (show.folder / "state").rglob("*") if file.is_file()]
    assert not [file for file in files if show.keys["show"].encode() in file.read_bytes()]


@pytest.mark.proof
def test_stopped_disables_its_output_and_removing_it_leaves_nothing(show: Workspace) -> None:
    show.up()
    show.write("show", f"{FLOW}state: stopped\n")
    steps = show.preview_steps()
    # A flow that has nothing to send may rest, which its alarm has to know.
    assert steps == {"show-flow-output": "update", "flow-main-source-lost": "update"}
    show.up()
    assert show.only_output()["OutputStatus"] == "DISABLED"
    show.write("other", CHANNEL)
    (show.destinations / "show.yaml").unlink()
    show.up()
    assert show.only_output()["Name"] == "lunora-player-local-other"


@pytest.mark.proof
def test_another_route_keeps_the_output_and_the_key(show: Workspace) -> None:
    show.write("show", CHANNEL)
    show.up()
    before = show.only_output()
    show.write("show", FLOW)
    steps = show.preview_steps()
    assert steps["show-flow-output"] == "update"
    assert steps["show-channel"] == steps["show-input"] == "delete"
    assert "show-stream-key" not in steps
    show.up()
    after = show.only_output()
    assert after["OutputArn"] == before["OutputArn"]
    assert after["Transport"]["Protocol"] == "rtmp-push"
    assert show.traces()["channels"] == []

    show.write("show", CHANNEL)
    show.up()
    assert show.only_output()["OutputArn"] == before["OutputArn"]
    assert show.only_output()["Transport"]["Protocol"] == "rtp"
    assert show.channels()["show"]["State"] == "RUNNING"


def test_a_source_that_the_platform_does_not_take_is_refused(show: Workspace) -> None:
    show.write("show", "platform: twitch\nroute: flow\n")
    run = show.pulumi("preview")
    assert run.code != 0
    assert "show: Twitch takes 6000 kb/s, and flow main carries up to 20 Mb/s" in run.text
    assert "Traceback" not in run.text


def test_a_schedule_switches_the_output_and_a_stop_by_hand_shows(show: Workspace) -> None:
    days = "[mon, tue, wed, thu, fri, sat, sun]"
    now = dt.datetime.now(dt.UTC)
    begin, end = (f"{now + dt.timedelta(hours=more):%H}:00" for more in (6, 12))
    window = f'{{days: {days}, start: "{begin}", stop: "{end}"}}'
    show.write("show", f"{FLOW}schedule: {{timezone: UTC, windows: [{window}]}}\n")
    show.up()
    assert show.only_output()["OutputStatus"] == "DISABLED"
    assert show.statuses()["show"]["condition"] == "stopped"
    show.up("--expect-no-changes")
    show.aws.advance(7 * 3600)
    assert show.only_output()["OutputStatus"] == "ENABLED"
    assert show.preview_steps() == {}, "what its schedule did is no drift"
    show.aws.advance(6 * 3600)
    assert show.only_output()["OutputStatus"] == "DISABLED"

    show.write("show", FLOW)
    show.up()
    assert show.only_output()["OutputStatus"] == "ENABLED"
    assert show.watchers()["schedules"] == []
    stopped = show.lunora("stop", "show", "--yes")
    assert stopped.code == 0, stopped.text
    assert show.only_output()["OutputStatus"] == "DISABLED"
    assert show.preview_steps() == {"show-flow-output": "update"}
    show.up()
    assert show.only_output()["OutputStatus"] == "ENABLED"
