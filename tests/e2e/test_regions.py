"""Many flows in many regions are one stack: what is shared is there once a region."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

FILE = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 720p30\nflow: {flow}\n"
FLOWS = {"east": ("eu-west-1", "router-east"), "spare": ("eu-west-1", "router-spare")}


@pytest.fixture
def spread(workspace: Workspace) -> Workspace:
    """One destination on the flow of the stack's region, two on flows of another; not yet up."""
    for path in workspace.destinations.glob("*.yaml"):
        path.unlink()
    source = {
        "Name": "srt",
        "Protocol": "srt-listener",
        "IngestPort": 5000,
        "WhitelistCidr": "203.0.113.0/24",
    }
    for key, (region, name) in FLOWS.items():
        mediaconnect = workspace.client("mediaconnect", region)
        made = mediaconnect.create_flow(Name=name, Source=source)["Flow"]["FlowArn"]
        mediaconnect.start_flow(FlowArn=made)
        for member, value in (("name", name), ("region", region)):
            path_of = f"lunora-player:flows.{key}.{member}"
            workspace.pulumi("config", "set", "--path", path_of, value)
    for name in ("main", *FLOWS):
        workspace.write(f"on-{name}", FILE.format(flow=name))
    return workspace


def in_region(live: Workspace, region: str) -> dict[str, Any]:
    medialive = live.client("medialive", region)
    groups = medialive.list_input_security_groups()["InputSecurityGroups"]
    return {
        "channels": sorted(c["Tags"]["Destination"] for c in medialive.list_channels()["Channels"]),
        "inputs": len(medialive.list_inputs()["Inputs"]),
        "groups": len(groups),
        "parameters": len(live.client("ssm", region).describe_parameters()["Parameters"]),
    }


@pytest.mark.proof
def test_each_destination_is_in_the_region_of_its_flow_and_the_role_is_one(
    spread: Workspace,
) -> None:
    spread.up()
    assert in_region(spread, "us-west-2") == {
        "channels": ["on-main"],
        "inputs": 1,
        "groups": 1,
        "parameters": 1,
    }
    assert in_region(spread, "eu-west-1") == {
        "channels": ["on-east", "on-spare"],
        "inputs": 2,
        "groups": 2,
        "parameters": 2,
    }
    assert len(spread.traces()["roles"]) == 1
    spread.up("--expect-no-changes")

    spread.aws.clock.advance(600)
    statuses = spread.statuses()
    assert {name: (status["condition"], status["flow"]) for name, status in statuses.items()} == {
        "on-main": ("live", "lunora-player-local-srt-router"),
        "on-east": ("live", "router-east"),
        "on-spare": ("live", "router-spare"),
    }
    spread.aws.trigger("source-lost", "router-spare")
    spread.aws.clock.advance(240)
    assert [name for name, status in spread.statuses().items() if status["severity"] != "ok"] == [
        "on-spare"
    ]


@pytest.mark.proof
def test_the_quota_of_another_region_is_kept(spread: Workspace) -> None:
    for number in range(4):
        spread.write(f"more-{number}", FILE.format(flow="east"))
    run = spread.pulumi("preview")
    assert run.code != 0
    assert "the run needs 6 channels in eu-west-1" in run.text
    assert "Traceback" not in run.text
