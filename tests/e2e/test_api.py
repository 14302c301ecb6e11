"""The HTTP API runs where it is enabled, and leaves nothing behind. On the emulator."""

from __future__ import annotations

import json

import pytest

from tests.support.clients import EMBEDDED
from tests.support.functions import called
from tests.support.guide import Block, follow
from tests.support.workspace import EXAMPLES, PROJECT, Workspace

pytestmark = pytest.mark.e2e

NAME = "lunora-player-local-api"


def functions(workspace: Workspace) -> list[str]:
    listed = workspace.client("lambda").list_functions()["Functions"]
    return [function["FunctionName"] for function in listed]


@pytest.mark.proof
def test_the_api_comes_and_goes_with_its_configuration(
    live: Workspace, documented: tuple[Block, ...]
) -> None:
    assert functions(live) == []
    before = live.traces()
    (block,) = documented
    enable, up, output = block.to_run
    live.pulumi("config", "set", "--path", f"{PROJECT}:api.allowedOrigins[0]", "https://a.example")
    follow(live, enable)
    follow(live, up)
    function = live.client("lambda").get_function_configuration(FunctionName=NAME)
    assert function["Handler"] == "lunora.api.handler.handle"
    assert function["Environment"]["Variables"].keys() == {
        "LUNORA_PROJECT",
        "LUNORA_STACK",
        "LUNORA_FLOWS",
    }
    url = live.client("lambda").get_function_url_config(FunctionName=NAME)
    assert url["AuthType"] == "AWS_IAM"
    assert url["Cors"]["AllowOrigins"] == ["https://a.example"]
    run = follow(live, output)
    assert run.out.strip() == url["FunctionUrl"]

    status, _, body = called(url["FunctionUrl"], "/api/destinations/status", keys=EMBEDDED)
    assert status == 200, body
    assert [listed["name"] for listed in json.loads(body)["destinations"]] == sorted(EXAMPLES)
    path = f"/api/destinations/{EXAMPLES[0]}/start"
    status, _, body = called(url["FunctionUrl"], path, method="POST", keys=EMBEDDED)
    assert (status, json.loads(body)["desired"]) == (202, "running")
    logs = live.client("logs").describe_log_streams(logGroupName=f"/aws/lambda/{NAME}")
    assert len(logs["logStreams"]) == 1

    run = live.pulumi("preview", "--refresh", "--expect-no-changes")
    assert run.code == 0, run.text

    live.pulumi("config", "set", "--path", f"{PROJECT}:api.enabled", "false")
    live.up()
    assert functions(live) == []
    assert live.traces() == before
