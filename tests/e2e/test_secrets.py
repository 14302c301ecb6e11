"""Stream keys appear nowhere in clear but where AWS itself needs them."""

from __future__ import annotations

import pytest

from tests.e2e.workspace import Workspace

pytestmark = pytest.mark.e2e


def test_no_key_in_anything_a_full_cycle_writes(live: Workspace) -> None:
    live.pulumi("preview", "--diff")
    live.pulumi("preview", "--json")
    live.pulumi("stack", "output", "--json")
    live.pulumi("stack", "export")
    live.pulumi("refresh", "--yes", "--skip-preview", "--diff")
    path = live.destinations / "youtube-main.yaml"
    path.write_text(path.read_text().replace("1080p30", "no-such-preset"))
    live.pulumi("preview", "--diff")
    live.pulumi("destroy", "--yes", "--skip-preview", "--diff")

    written = [file for file in live.folder.parent.rglob("*") if file.is_file()]
    state = [file for file in written if "state" in file.parts]
    assert len(state) > 3, "the state must be among what is searched"
    for key in live.keys.values():
        assert not [run.text for run in live.runs if key in run.text]
        assert not [str(file) for file in written if key.encode() in file.read_bytes()]


def test_a_rotated_key_interrupts_only_its_own_channel(live: Workspace) -> None:
    live.pulumi(
        "config",
        "set",
        "--secret",
        "--path",
        "lunora-player:streamKeys.twitch-main",
        stdin="another-key-for-the-test",
    )
    assert live.preview_steps() == {
        "roster": "update",
        "twitch-main-stream-key": "update",
        "twitch-main-channel": "update",
        "twitch-main-state": "update",
    }
    live.up()
    channel = live.channels()["twitch-main"]
    described = live.client("medialive").describe_channel(ChannelId=channel["Id"])
    assert described["Destinations"][0]["Settings"][0]["StreamName"] == "another-key-for-the-test"
    assert channel["State"] == "RUNNING"
