"""Commands of the workflows' files, run on the emulator."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.workspace import ROOT, Run, Workspace

pytestmark = pytest.mark.e2e

# These fetch from the internet what the workspace has.
FETCHES = {"make engine", "make setup", "make reviewed-steps"}
NEEDED = (
    *("Makefile", "pipeline.mk", "pyproject.toml", "requirements.lock"),
    *("localaws", "lunora", "offline"),
)
STAGE = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 720p30\n"


@pytest.fixture
def checkout(live: Workspace) -> Workspace:
    """The three examples, up, in a folder with all that `make` needs."""
    for name in NEEDED:
        (live.folder / name).symlink_to(ROOT / name)
    return live


def commands(workflow: str) -> Iterator[str]:
    """Yield the local commands of a workflow, in order."""
    parsed = yaml.safe_load((ROOT / f".github/workflows/{workflow}.yml").read_text())
    steps: list[dict[str, Any]] = [s for job in parsed["jobs"].values() for s in job["steps"]]
    for step in steps:
        run = step.get("run", "")
        if run.startswith("make ") and run not in FETCHES:
            yield run


def run_all(checkout: Workspace, workflow: str, *, pictures: str = "") -> list[Run]:
    # What a workflow's variables hold where nobody has set them is the empty string.
    environment = {"STACK": "local", "LUNORA_CONFIRM_REMOVALS": ""}
    environment["LUNORA_PLAN_PICTURES"] = pictures
    return [checkout.shell(command, env=environment) for command in commands(workflow)]


def review(checkout: Workspace, name: str) -> Path:
    return checkout.folder / ".local/review" / name


def encoding(checkout: Workspace) -> Any:
    channel = checkout.channels()["twitch-main"]["Id"]
    return checkout.client("medialive").describe_channel(ChannelId=channel)["EncoderSettings"]


def add_stage(checkout: Workspace) -> str:
    checkout.write("event-stage", STAGE)
    key = "sk-made-up-of-the-stage"
    where = ("config", "set", "--secret", "--path", "lunora-player:streamKeys.event-stage")
    assert checkout.pulumi(*where, stdin=key).code == 0
    return key


def test_a_reviewed_pull_request_is_brought_up_by_its_own_steps(checkout: Workspace) -> None:
    before = checkout.traces()
    key = add_stage(checkout)
    for run in run_all(checkout, "preview", pictures="true"):
        assert run.code == 0, run.text
    comment = review(checkout, "plan.md").read_text()
    assert "event-stage" in comment
    assert "### Thumbnails\nNone" in comment, "it does not run yet"
    assert checkout.traces() == before
    assert key not in comment + review(checkout, "steps.json").read_text()

    runs = run_all(checkout, "up")
    assert [run.code for run in runs] == [0, 0, 0, 0], [run.text for run in runs]
    assert "event-stage" in runs[-1].out
    assert checkout.channels()["event-stage"]["State"] == "RUNNING"
    [archive] = (checkout.folder / "backups").iterdir()
    with tarfile.open(archive) as opened:
        assert "destinations/event-stage.yaml" in opened.getnames()
    assert not [run for run in runs if key in run.text]


@pytest.mark.proof
def test_what_was_not_reviewed_is_not_brought_up_by_reviewed_steps(checkout: Workspace) -> None:
    add_stage(checkout)
    for run in run_all(checkout, "preview"):
        assert run.code == 0, run.text
    path = checkout.destinations / "twitch-main.yaml"
    path.write_text(path.read_text().replace("1080p30", "720p60"))
    before = encoding(checkout)
    _, _, deployed, _ = run_all(checkout, "up")
    assert deployed.code != 0
    assert "violates plan" in deployed.text
    assert encoding(checkout) == before
    assert checkout.channels()["twitch-main"]["State"] == "RUNNING"


@pytest.mark.proof
def test_a_refused_pull_request_fails_and_still_says_why(checkout: Workspace) -> None:
    for name in ("restream-main", "twitch-main"):
        (checkout.destinations / f"{name}.yaml").unlink()
    [run] = run_all(checkout, "preview")
    assert run.code != 0
    assert "LUNORA_CONFIRM_REMOVALS=2" in review(checkout, "plan.md").read_text()


@pytest.mark.proof
def test_the_night_finds_what_was_changed_by_hand(checkout: Workspace) -> None:
    # A flow that CloudWatch has not measured yet would be a warning.
    checkout.aws.advance(120)
    [run] = run_all(checkout, "drift")
    assert run.code == 0, run.text
    medialive, channel = checkout.client("medialive"), checkout.channels()["twitch-main"]
    settings = encoding(checkout)
    settings["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]["Bitrate"] = 1_000_000
    medialive.stop_channel(ChannelId=channel["Id"])
    medialive.get_waiter("channel_stopped").wait(ChannelId=channel["Id"], WaiterConfig={"Delay": 1})
    medialive.update_channel(ChannelId=channel["Id"], EncoderSettings=settings)
    [run] = run_all(checkout, "drift")
    assert run.code != 0
    report = review(checkout, "drift.md").read_text()
    assert "Bitrate is 1000000" in " ".join(report.split())
    assert not [key for key in checkout.keys.values() if key in report]
