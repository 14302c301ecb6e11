"""Replacement by a flag, by a taint, by a property restores the resource as it was."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.aws_snapshot import AwsSnapshot, differences, snapshot
from tests.support.srt import SRT, new_passphrase
from tests.support.windows import DISTANT_DAY
from tests.support.workspace import PROJECT, Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.proof]

SHOW = f"""
platform: custom
url: rtmp://ingest.example.org/show
preset: 480p30
schedule: {{timezone: UTC, windows: [{{days: [{DISTANT_DAY}], start: "08:00", stop: "09:00"}}]}}
"""
# What others are parts of, and all else: parts are replaced by themselves too.
WHOLES = (
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:dynamodb/table:Table",
    "aws:iam/role:Role",
    "aws:lambda/function:Function",
    "livestream:index:InputSecurityGroup",
    "aws:scheduler/scheduleGroup:ScheduleGroup",
    "aws:secretsmanager/secret:Secret",
    "aws:sns/topic:Topic",
)
PARTS = (
    "aws:budgets/budget:Budget",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:lambda/permission:Permission",
    "aws:scheduler/schedule:Schedule",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:ssm/parameter:Parameter",
    "livestream:index:FlowOutput",
    "livestream:index:DestinationSet",
)
# Has its own tests; an input is replaced with it.
CHANNEL = ("livestream:index:Channel", "livestream:index:PushInput")
# Ids that AWS gives each flow output, each secret and each version of it, and what an alarm says.
_CHANGING = re.compile(
    r"(?<=:output:)[^:]+|(?<=-passphrase)-\w{6}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r'|"State(Reason|ReasonData|Value)": "(\\.|[^"\\])*"'
)


@pytest.fixture
def all_kinds(workspace: Workspace) -> Workspace:
    """A stack that has a resource of every type, up."""
    for path in workspace.destinations.glob("*.yaml"):
        if path.stem != "twitch-main":
            path.unlink()
    workspace.write("show", SHOW)
    workspace.write("venue", SRT)
    settings = {
        "api.enabled": "true",
        "watchdog.enabled": "true",
        "alertEmails[0]": "somebody@example.org",
        "monthlyBudgetUsd": "9000",
        "budgetMail": "true",
    }
    words = [f"{PROJECT}:{key}={value}" for key, value in settings.items()]
    run = workspace.pulumi(
        "config", "set-all", "--path", *(f"--plaintext={word}" for word in words)
    )
    assert run.code == 0, run.text
    workspace.up()
    return workspace


def resources(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the custom resources of the state, without providers."""
    exported = json.loads(workspace.pulumi("stack", "export").out)
    return [
        resource
        for resource in exported["deployment"]["resources"]
        if resource["custom"] and not resource["type"].startswith("pulumi:providers:")
    ]


def urns(workspace: Workspace, *types: str) -> list[str]:
    return [resource["urn"] for resource in resources(workspace) if resource["type"] in types]


def everything(workspace: Workspace) -> AwsSnapshot:
    """Return all that AWS holds, by kind and name."""
    return {
        name: tuple(_CHANGING.sub("", text) for text in texts)
        for name, texts in snapshot(workspace).items()
    }


def expect_all_as_before(workspace: Workspace, before: AwsSnapshot, run: str) -> None:
    after = everything(workspace)
    assert differences(before, after) == [], run
    states = {name: channel["State"] for name, channel in workspace.channels().items()}
    assert states["twitch-main"] == "RUNNING", run
    workspace.up("--expect-no-changes")


def test_there_is_a_resource_of_every_type(all_kinds: Workspace) -> None:
    assert {resource["type"] for resource in resources(all_kinds)} == {*WHOLES, *PARTS, *CHANNEL}


@pytest.mark.parametrize("types", [WHOLES, PARTS], ids=["wholes", "parts"])
def test_what_is_replaced_is_there_again(all_kinds: Workspace, types: tuple[str, ...]) -> None:
    before = everything(all_kinds)
    chosen = urns(all_kinds, *types)
    # The two ways to ask for it come to the same.
    if types is WHOLES:
        run = all_kinds.up(*(word for urn in chosen for word in ("--replace", urn)))
    else:
        assert all_kinds.pulumi("state", "taint", *chosen, "--yes").code == 0
        run = all_kinds.up()
    assert "replaced" in run.text
    expect_all_as_before(all_kinds, before, run.text)


def test_an_input_is_replaced_with_its_channel(live: Workspace) -> None:
    before, channels = everything(live), live.channels()
    names = ("twitch-main", "youtube-main")
    chosen = [
        urn
        for urn in urns(live, "livestream:index:PushInput")
        if urn.rpartition("::")[2] in {f"{name}-input" for name in names}
    ]
    run = live.up(*(word for urn in chosen for word in ("--replace", urn)))
    expect_all_as_before(live, before, run.text)
    after = live.channels()
    assert {name for name in after if after[name]["Id"] != channels[name]["Id"]} == set(names)


def test_a_property_that_forces_a_replacement(all_kinds: Workspace) -> None:
    passphrase = new_passphrase(all_kinds)
    all_kinds.write("venue", SRT.replace("stream_key: {config: venue}\n", ""))
    backup = "redundancy: standard\nbackup_url: rtmp://backup.example.org/show\n"
    all_kinds.write("show", SHOW + backup)
    replaced = {name for name, op in all_kinds.preview_steps().items() if op == "replace"}
    assert replaced == {"venue-passphrase-version"}
    # What the output calls with is known when the new passphrase is there.
    run = all_kinds.up()
    assert "livestream:index:FlowOutput venue-flow-output replaced" in " ".join(run.out.split())
    texts = {name.partition(" ")[2]: texts for name, texts in everything(all_kinds).items()}
    (venue,) = texts["output lunora-player-local-venue"]
    assert "srt-password" in venue
    assert "StreamId" not in venue
    assert passphrase in texts["lunora-player-local-venue-passphrase"][0]
    assert all_kinds.channels()["show"]["ChannelClass"] == "STANDARD"
    all_kinds.up("--expect-no-changes")
