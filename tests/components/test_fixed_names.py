"""A resource whose name in AWS stays the same is deleted before it is made again."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, set_all_config

from components import function_archive, pulumi_tuning
from tests.support.pulumi_mocks import FLOW, Echo, Recorder

# pulumi-aws warns of a class of its own as soon as its Lambda module is loaded.
pytestmark = pytest.mark.filterwarnings("ignore:aws.lambda/microvmsimage:DeprecationWarning")

ROOT = Path(__file__).parents[2]
SCHEDULE = "schedule: {timezone: UTC, windows: [{days: [mon], start: '08:00', stop: '09:00'}]}\n"
FILES = {
    "show": "platform: youtube\npreset: 1080p30\nredundancy: standard\n" + SCHEDULE,
    "pushed": "platform: custom\nroute: flow\nurl: rtmp://ingest.example.org/app\n",
    "venue": "platform: custom\nroute: flow\nurl: srt://203.0.113.9:9000\nsrt: {passphrase: {}}\n",
}
SETTINGS = {
    "flows": {"main": {"name": "router", "source": {"mbps": 8}}},
    "streamKeys": {name: f"made-up-key-of-{name}" for name in FILES},
    "passphrases": {"venue": "made-up-passphrase"},
    "alertEmails": ["somebody@example.org"],
    "api": {"enabled": True},
}
# Of these an old one and a new one exist side by side: AWS knows them by an id of its own.
NAMELESS = {
    "livestream:index:InputSecurityGroup",
    "aws:secretsmanager/secretVersion:SecretVersion",
}
# Every other type of resource that the program makes.
NAMED = {
    "aws:budgets/budget:Budget",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:dynamodb/table:Table",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lambda/function:Function",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:lambda/permission:Permission",
    "livestream:index:Channel",
    "aws:scheduler/schedule:Schedule",
    "aws:scheduler/scheduleGroup:ScheduleGroup",
    "aws:secretsmanager/secret:Secret",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:ssm/parameter:Parameter",
    "livestream:index:FlowOutput",
    "livestream:index:PushInput",
    "livestream:index:DestinationSet",
}


class Account(Echo):
    """Has one flow, and room for all."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        flow = {
            "arn": FLOW,
            "name": "router",
            "egressIp": "203.0.113.10",
            "availabilityZone": "us-west-2a",
            "outputs": [],
            "analyses": ["BlackFrames"],
            "status": "ACTIVE",
        }
        quotas = {
            kind: {"names": [], "destinations": {}, "limit": 5}
            for kind in ("channels", "pushInputs")
        }
        answers = {"livestream:index:getFlow": flow, "livestream:index:getQuotas": quotas}
        return answers[args.token]


class Everything(Recorder):
    """Answers as the account does."""

    def __init__(self) -> None:
        super().__init__()
        self.mocks = Account()


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every resource that the program makes of a stack in which everything is enabled."""
    (tmp_path / "destinations").mkdir()
    for name, text in FILES.items():
        (tmp_path / f"destinations/{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pulumi_tuning, "TESTED_WITH", "none, so that the process stays as it is")
    monkeypatch.setattr(pulumi.log, "warn", lambda *_, **__: None)
    monkeypatch.setattr(
        function_archive, "vendored", lambda *_: {"yaml/__init__.py": Path(__file__)}
    )
    recorder = Everything()
    mocks.set_mocks(Account(), "lunora-player", "test", preview=False, monitor=recorder)
    texts = {"budgetMail": "true", "monthlyBudgetUsd": "9000"}
    texts |= {key: json.dumps(value) for key, value in SETTINGS.items()}
    config = {f"lunora-player:{key}": text for key, text in texts.items()}
    secrets = [f"lunora-player:{key}" for key in ("streamKeys", "passphrases")]
    set_all_config({"aws:region": "us-west-2", **config}, secrets)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> None:
        runpy.run_path(str(ROOT / "__main__.py"))

    program()
    return list(recorder.registered.values())


def test_every_resource_with_a_fixed_name_is_deleted_before_it_is_replaced(
    registered: list[Any],
) -> None:
    custom = [r for r in registered if r.custom and not r.type.startswith("pulumi:providers:")]
    assert {r.type for r in custom} == NAMED | NAMELESS
    first = {r.name for r in custom if r.deleteBeforeReplaceDefined}
    assert first == {r.name for r in custom if r.type in NAMED}
    assert all(r.deleteBeforeReplace for r in custom if r.deleteBeforeReplaceDefined)
