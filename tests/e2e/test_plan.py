"""Reviews of four pull requests, each from a real preview."""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path

import pytest

from catalog.permissions import trust_policy
from lunora.plan.missing import warnings
from lunora.plan.preview import parse
from lunora.stack import Stack
from tests.support.guide import Block, blocks, follow
from tests.support.workspace import PROJECT, STACK, Workspace

pytestmark = pytest.mark.e2e

GOLDEN = Path(__file__).with_name("golden")
STAGE = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 720p30\n"
GUARD_REFUSED = 3


def add(live: Workspace) -> None:
    live.write("event-stage", STAGE)


def remove(live: Workspace) -> None:
    (live.destinations / "twitch-main.yaml").unlink()


def preset(live: Workspace) -> None:
    path = live.destinations / "twitch-main.yaml"
    path.write_text(path.read_text().replace("1080p30", "720p60"))


def budget(live: Workspace) -> None:
    costs = json.loads(live.pulumi("stack", "output", "cost", "--json").out)["monthlyUsd"]
    live.pulumi("config", "set", f"{PROJECT}:monthlyBudgetUsd", str(math.ceil(costs)))
    add(live)


def planned(live: Workspace, block: Block) -> tuple[int, str]:
    """Return exit code and Markdown of the plan of what is in *live* now."""
    preview, plan = block.to_run
    follow(live, preview, code=None)
    run = follow(live, plan, code=None)
    assert run.err == ""
    # The age of a price and the forecast depend on the day.
    text = re.sub(r"\n> the oldest price used.*\n", "", run.out)
    return run.code, re.sub(r"(?m)^Forecast of .*$", "Forecast of the month.", text)


CHANGES = {"add": add, "remove": remove, "preset": preset, "budget": budget}


@pytest.mark.parametrize("name", CHANGES)
def test_a_pull_request_reads_as_its_golden_file(
    live: Workspace, documented: tuple[Block, ...], name: str
) -> None:
    before = live.traces()
    CHANGES[name](live)
    (block,) = documented
    ended, text = planned(live, block)
    golden = GOLDEN / f"plan-{name}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert ended == (GUARD_REFUSED if name == "budget" else 0)
    assert golden.is_file(), "run with UPDATE_GOLDEN=1 and review the new file"
    assert text == golden.read_text(), "run with UPDATE_GOLDEN=1 and review the difference"
    assert not [key for key in live.keys.values() if key in text]
    assert live.traces() == before


def test_a_plan_warns_of_a_deleted_alarm_that_the_rule_of_an_updated_one_names(
    live: Workspace,
) -> None:
    alarm = "lunora-player-local-twitch-main-0-channel-alert"
    live.client("cloudwatch").delete_alarms(AlarmNames=[alarm])
    twitch = live.destinations / "twitch-main.yaml"
    twitch.write_text(f"{twitch.read_text()}state: stopped\n")
    preview = parse(live.pulumi("preview", "--json").out)
    (warning,) = warnings(preview, Stack.read(live.folder, STACK))
    assert warning.startswith(f"LUN330: alarm {alarm} is missing in AWS")
    live.up("--refresh")
    assert live.preview_steps() == {}


def warned(live: Workspace) -> dict[str, str]:
    """Return the interruptions that a preview warns of, by the name of the channel."""
    said = json.loads(live.pulumi("preview", "--json").out)["diagnostics"]
    return {
        entry["urn"].rpartition("::")[2]: entry["message"].removeprefix("warning: ").strip()
        for entry in said
        if entry["severity"] == "warning" and "its channel is" in entry["message"]
    }


def interrupted(text: str) -> list[str]:
    rows = text.partition("### Interrupted\n")[2].partition("\n\n")[0].splitlines()[2:]
    return [" | ".join(row.strip("| ").split(" | ")[:3]) for row in rows]


@pytest.mark.proof
def test_another_role_interrupts_exactly_the_streams_that_the_preview_names(
    live: Workspace,
) -> None:
    twitch = live.destinations / "twitch-main.yaml"
    twitch.write_text(f"{twitch.read_text()}state: stopped\n")
    live.up()
    channels = {name: channel["Id"] for name, channel in live.channels().items()}
    trust = json.dumps(trust_policy("medialive"))
    made = live.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust)
    role_arn = made["Role"]["Arn"]
    live.pulumi("config", "set", f"{PROJECT}:mediaLiveRoleArn", role_arn)

    warning = "its channel is RUNNING: this interrupts its stream until it runs again (roleArn)"
    assert warned(live) == dict.fromkeys(("restream-main-channel", "youtube-main-channel"), warning)
    (block,) = blocks("docs/how-to/review.md")
    _, text = planned(live, block)
    assert interrupted(text) == [
        f"{name} | restarts | the channels' role" for name in ("restream-main", "youtube-main")
    ]

    mark = len(live.aws.calls)
    live.up()
    switches = ("StopChannel", "UpdateChannel", "StartChannel")
    calls = sorted(
        (call.resource, call.operation)
        for call in live.aws.calls[mark:]
        if call.service == "medialive" and call.operation in switches
    )
    running = [channels["restream-main"], channels["youtube-main"]]
    assert calls == sorted(
        [
            *((channel_id, switch) for channel_id in running for switch in switches),
            (channels["twitch-main"], "UpdateChannel"),
        ]
    )
    medialive = live.client("medialive")
    described = [
        medialive.describe_channel(ChannelId=channel_id) for channel_id in channels.values()
    ]
    assert {channel["RoleArn"] for channel in described} == {role_arn}
    assert {name: channel["State"] for name, channel in live.channels().items()} == {
        "restream-main": "RUNNING",
        "twitch-main": "IDLE",
        "youtube-main": "RUNNING",
    }
    assert live.preview_steps() == {}


@pytest.mark.proof
@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        ("other", "mediaLiveRoleArn: is not the ARN of a role; write it as arn:aws:iam::"),
        ("arn:aws:iam::210987654321:role/other", "is a role of account 210987654321, but the"),
    ],
)
def test_a_role_that_cannot_be_the_channels_is_refused_by_the_preview(
    workspace: Workspace, role: str, refusal: str
) -> None:
    workspace.pulumi("config", "set", f"{PROJECT}:mediaLiveRoleArn", role)
    run = workspace.pulumi("preview")
    assert run.code != 0
    assert refusal in " ".join(run.text.split())
    assert "Traceback" not in run.text
