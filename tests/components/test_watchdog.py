"""The watchdog as resources: what calls it, what it may do, and no secret in its environment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from catalog.webhooks import Webhook
from components import function_archive
from components.lookups import Flow
from components.region_providers import RegionProviders
from components.stack_flows import StackFlow
from components.watchdog import Watchdog, WatchdogArgs
from tests.support.pulumi_mocks import FLOW, Echo, Recorder, inputs, is_secret

# pulumi-aws warns of a class of its own as soon as its Lambda module is loaded.
pytestmark = pytest.mark.filterwarnings("ignore:aws.lambda/microvmsimage:DeprecationWarning")

ADDRESS = "https://hooks.example.org/a-secret-path"
NAME = "lunora-player-test-watchdog"


def build(
    monkeypatch: pytest.MonkeyPatch,
    webhooks: Sequence[Webhook] = (),
    specs: tuple[DestinationSpec, ...] = (),
) -> dict[str, Any]:
    """Build the watchdog of a region without its wheels; returns what was registered, by name."""
    monkeypatch.setattr(
        function_archive, "vendored", lambda *_: {"yaml/__init__.py": Path(__file__)}
    )
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> None:
        home = RegionProviders("us-west-2", endpoint=None)
        flow = Flow(FLOW, "router", "203.0.113.10", "us-west-2a", ())
        args = WatchdogArgs(
            region="us-west-2",
            account="123456789012",
            flows=[StackFlow("main", flow, FlowSource(mbps=8), home, specs)],
            destinations=Path("destinations"),
            topic_arn="arn:topic",
            webhooks=webhooks,
            history_days=400,
            boundary="arn:limit",
            plugin=home.livestream,
        )
        Watchdog("watchdog", args, home.options())

    program()
    return recorder.registered


def test_events_and_a_schedule_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    registered = build(monkeypatch)
    rules = {
        inputs(resource)["name"].removeprefix(f"{NAME}-"): inputs(resource)
        for resource in registered.values()
        if resource.type == "aws:cloudwatch/eventRule:EventRule"
    }
    assert rules.keys() == {"channels", "flows", "tick"}
    assert rules["tick"]["scheduleExpression"] == "rate(5 minutes)"
    assert json.loads(rules["flows"]["eventPattern"])["source"] == ["aws.mediaconnect"]
    permission = inputs(registered["watchdog-permission"])
    assert permission["sourceArn"] == f"arn:aws:events:us-west-2:123456789012:rule/{NAME}-*"
    targets = [
        inputs(resource)["arn"]
        for resource in registered.values()
        if resource.type == "aws:cloudwatch/eventTarget:EventTarget"
    ]
    assert targets == ["arn:watchdog-function"] * 3


def test_it_may_start_what_is_its_stacks_and_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    registered = build(monkeypatch)
    assert inputs(registered["watchdog-role"])["permissionsBoundary"] == "arn:limit"
    statements = json.loads(inputs(registered["watchdog-policy"])["policy"])["Statement"]
    actions = {action for statement in statements for action in statement["Action"]}
    assert "medialive:StartChannel" in actions
    assert not {action for action in actions if "Stop" in action or "Delete" in action} - {
        "medialive:DeleteTags"
    }
    assert "ssm:GetParameter" not in actions
    (start,) = (s for s in statements if "medialive:StartChannel" in s["Action"])
    assert start["Condition"]["StringEquals"]["aws:ResourceTag/Stack"] == "test"


def test_it_changes_schedules_only_where_a_destination_has_a_logo(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {"name": "show", "platform": "youtube", "preset": "1080p30"}
    picture = {"logo": {"image": "s3://logos/show.png"}}
    for declared, allowed in ((given, False), ({**given, "picture": picture}, True)):
        specs = (DestinationSpec.model_validate(declared),)
        policy = inputs(build(monkeypatch, specs=specs)["watchdog-policy"])["policy"]
        assert ("medialive:BatchUpdateSchedule" in policy) is allowed


def test_its_memory_and_the_history_are_kept_in_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    registered = build(monkeypatch)
    table = inputs(registered["watchdog-table"])
    assert (table["name"], table["billingMode"]) == (NAME, "PAY_PER_REQUEST")
    history = inputs(registered["watchdog-history"])
    assert (history["name"], history["retentionInDays"]) == ("/lunora-player/test/history", 400)


def test_addresses_of_webhooks_are_secret_and_not_in_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registered = build(monkeypatch, [Webhook(url=ADDRESS, format="slack")])
    assert is_secret(inputs(registered["watchdog-webhooks"])["value"])
    holding = [name for name, resource in registered.items() if ADDRESS in str(resource)]
    assert holding == ["watchdog-webhooks"]
    variables = inputs(registered["watchdog-function"])["environment"]["variables"]
    assert variables["LUNORA_WEBHOOKS"] == "/lunora-player/test/webhooks"
    statements = json.loads(inputs(registered["watchdog-policy"])["policy"])["Statement"]
    (reading,) = (s for s in statements if "ssm:GetParameter" in s["Action"])
    assert reading["Resource"].endswith(":parameter/lunora-player/test/webhooks")
