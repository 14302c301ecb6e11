"""The HTTP API as resources: only signed requests, only what it needs, never a key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pydantic import TypeAdapter

from catalog.flow_source import FlowSource
from catalog.repository import Repository
from components import api, function_archive
from components.lookups import Flow
from components.region_providers import RegionProviders
from components.repository_access import RepositoryAccess
from components.stack_flows import StackFlow
from components.stack_function import WHOLE_PROCESSOR_MB
from lunora.ops.drafts import StackRules
from tests.support.pulumi_mocks import FLOW, Echo, Recorder, inputs

PLACE = ":".join(FLOW.split(":")[3:5])

# pulumi-aws warns of a class of its own as soon as its Lambda module is loaded.
pytestmark = pytest.mark.filterwarnings("ignore:aws.lambda/microvmsimage:DeprecationWarning")


TOKEN = "made-up-token"  # noqa: S105 - of the test


def build(
    monkeypatch: pytest.MonkeyPatch, origins: Sequence[str] = (), *, proposes: bool = False
) -> dict[str, Any]:
    """Build the API without its wheels and return what was registered, by name."""
    monkeypatch.setattr(
        function_archive, "vendored", lambda *_: {"yaml/__init__.py": Path(__file__)}
    )
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[Any]:
        home = RegionProviders("us-west-2", endpoint=None)
        flow = Flow(FLOW, "router", "203.0.113.10", "us-west-2a", ())
        flows = [StackFlow("main", flow, FlowSource(mbps=8), home, ())]
        folder = Path("destinations")
        repository = Repository(name="octo/streams", folder="destinations")
        rules = {"sources": {"main": {"mbps": 8}}, "maintenance": None}
        access = RepositoryAccess(repository, pulumi.Output.secret(TOKEN), rules)
        args = api.HttpApiArgs(
            *(origins, flows, "arn:limit", "arn:topic", home.livestream, folder),
            repository=access if proposes else None,
        )
        return api.HttpApi("api", args, home.options()).url

    program()
    return recorder.registered


def test_only_signed_requests_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    url = inputs(build(monkeypatch)["api-url"])
    assert url["authorizationType"] == "AWS_IAM"
    assert "cors" not in url


def test_browsers_may_call_it_from_the_origins_that_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registered = build(monkeypatch, origins=["https://player.example.org"])
    cors = inputs(registered["api-url"])["cors"]
    assert cors["allowOrigins"] == ["https://player.example.org"]
    assert "x-amz-content-sha256" in cors["allowHeaders"]


def test_with_a_repository_browsers_may_propose_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    origins = ["https://player.example.org"]
    cors = inputs(build(monkeypatch, origins, proposes=True)["api-url"])["cors"]
    assert cors["allowMethods"] == ["GET", "POST", "DELETE", "PUT"]
    assert "if-match" in cors["allowHeaders"]
    assert inputs(build(monkeypatch, origins)["api-url"])["cors"]["allowMethods"] == ["GET", "POST"]


def test_the_token_is_in_a_secret_that_only_the_function_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registered = build(monkeypatch, proposes=True)
    assert inputs(registered["api-repository-token"])["name"] == (
        "lunora-player-test-repository-token"
    )
    version = inputs(registered["api-repository-token-version"])
    assert TOKEN in json.dumps(version["secretString"])
    statements = json.loads(inputs(registered["api-policy"])["policy"])["Statement"]
    (reads,) = (s for s in statements if "secretsmanager:GetSecretValue" in s["Action"])
    variables = inputs(registered["api-function"])["environment"]["variables"]
    assert reads["Resource"] == variables["LUNORA_REPOSITORY_TOKEN"]
    assert Repository.model_validate_json(variables["LUNORA_REPOSITORY"]).name == "octo/streams"
    rules = TypeAdapter(StackRules).validate_json(variables["LUNORA_RULES"])
    assert rules == StackRules({"main": FlowSource(mbps=8)})
    assert TOKEN not in json.dumps(variables)


def test_the_documented_policy_of_callers_names_both_actions() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/http-api.md").read_text()
    policy = json.loads(page.partition("```json\n")[2].partition("```")[0])
    actions = {statement["Action"] for statement in policy["Statement"]}
    assert actions == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}


def test_its_role_may_do_what_the_policy_says_for_its_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registered = build(monkeypatch)
    assert inputs(registered["api-role"])["permissionsBoundary"] == "arn:limit"
    statements = json.loads(inputs(registered["api-policy"])["policy"])["Statement"]
    (channels,) = (s for s in statements if "medialive:StartChannel" in s["Action"])
    assert channels["Condition"]["StringEquals"]["aws:ResourceTag/Stack"] == "test"
    (flows,) = (s for s in statements if "mediaconnect:DescribeFlow" in s["Action"])
    assert flows["Resource"] == [FLOW]
    (history,) = (s for s in statements if "logs:FilterLogEvents" in s["Action"])
    assert history["Resource"] == [f"arn:aws:logs:{PLACE}:log-group:/lunora-player/test/history"]


def test_its_function_knows_its_stack_and_nothing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    function = inputs(build(monkeypatch)["api-function"])
    assert function["name"] == "lunora-player-test-api"
    assert function["memorySize"] == WHOLE_PROCESSOR_MB
    variables = function["environment"]["variables"]
    assert (variables["LUNORA_PROJECT"], variables["LUNORA_STACK"]) == ("lunora-player", "test")
    assert json.loads(variables["LUNORA_FLOWS"]) == [
        {
            "key": "main",
            "region": "us-west-2",
            "name": "router",
            "arn": FLOW,
            "source": {"mbps": 8},
        }
    ]
