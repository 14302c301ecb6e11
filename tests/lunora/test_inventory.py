"""Orphans that monitor and schedule streams are listed, priced and removed; nothing else is."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from catalog.prices import prices
from localaws.medialive.service import ACCOUNT
from lunora.ops.inventory.kinds import KINDS, managed_resources, remove
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.ops.orphans import orphans
from tests.support.alarms import ALARM
from tests.support.stage import REGION, TAGS, Stage

LEFT = "left-over"
WATCHERS = [
    ("schedule", f"{LEFT}-start-0900", LEFT),
    ("secret", f"lunora-player-local-{LEFT}-passphrase", LEFT),
    ("event rule", f"lunora-player-local-{LEFT}-alert", LEFT),
    ("alarm", f"lunora-player-local-{LEFT}-no-signal", LEFT),
    ("alarm", "lunora-player-local-main-source-lost", None),
    ("dashboard", "lunora-player-local", None),
    ("budget", "lunora-player-local", None),
    ("topic", "lunora-player-local-alerts", None),
    ("schedule group", "lunora-player-local", None),
    ("function", "lunora-player-local-api", None),
    ("table", "lunora-player-local-watchdog", None),
    ("log group", "/aws/lambda/lunora-player-local-api", None),
    ("log group", "/lunora-player/local/history", None),
    ("role", "lunora-player-local-api", None),
    ("role", f"lunora-player-local-{LEFT}-schedule", LEFT),
]


@dataclasses.dataclass
class Watchers:
    """Makes what watches and starts the streams of the stack *name*."""

    stage: Stage
    name: str = "local"

    @property
    def prefix(self) -> str:
        return f"lunora-player-{self.name}"

    def tags(self, **more: str) -> dict[str, str]:
        return {**TAGS, "Stack": self.name, **more}

    def client(self, service: str) -> Any:
        return self.stage.stack.aws().client(service)

    def make(self, destination: str) -> None:
        """Make one of each kind; topic, dashboard, group and API are shared."""
        own = self.tags(Destination=destination)
        topic = self.client("sns").create_topic(
            Name=f"{self.prefix}-alerts", Tags=listed(self.tags())
        )["TopicArn"]
        self._alarm(f"{destination}-no-signal", topic, own)
        self._alarm("main-source-lost", topic, self.tags())
        self.client("cloudwatch").put_dashboard(DashboardName=self.prefix, DashboardBody="{}")
        limit = {"Amount": "600", "Unit": "USD"}
        budget = {"BudgetName": self.prefix, "BudgetType": "COST", "TimeUnit": "MONTHLY"}
        self.client("budgets").create_budget(
            AccountId=ACCOUNT, Budget={**budget, "BudgetLimit": limit}
        )
        rule, events = f"{self.prefix}-{destination}-alert", self.client("events")
        events.put_rule(Name=rule, EventPattern='{"source": ["aws.medialive"]}', Tags=listed(own))
        events.put_targets(Rule=rule, Targets=[{"Id": "topic", "Arn": topic}])
        self.client("secretsmanager").create_secret(
            Name=f"{self.prefix}-{destination}-passphrase", SecretString="made-up", Tags=listed(own)
        )
        self._schedule(destination, own)
        self._api()
        self._watchdog()

    def _alarm(self, name: str, topic: str, tags: Mapping[str, str]) -> None:
        self.client("cloudwatch").put_metric_alarm(
            AlarmName=f"{self.prefix}-{name}",
            **ALARM,
            AlarmActions=[topic],
            Tags=listed(tags),
        )

    def _schedule(self, destination: str, tags: Mapping[str, str]) -> None:
        role = self._role(f"{destination}-schedule", "scheduler", tags)
        scheduler = self.client("scheduler")
        scheduler.create_schedule_group(Name=self.prefix, Tags=listed(self.tags()))
        scheduler.create_schedule(
            Name=f"{destination}-start-0900",
            GroupName=self.prefix,
            ScheduleExpression="cron(0 9 ? * MON *)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:scheduler:::aws-sdk:medialive:startChannel", "RoleArn": role},
        )

    def _api(self) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr("handler.py", "")
        self.client("logs").create_log_group(logGroupName=f"/aws/lambda/{self.prefix}-api")
        variables = {"LUNORA_PROJECT": "lunora-player", "LUNORA_STACK": self.name}
        self.client("lambda").create_function(
            FunctionName=f"{self.prefix}-api",
            Runtime="python3.12",
            Role=self._role("api", "lambda", self.tags()),
            Handler="handler.handle",
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": variables},
        )

    def _watchdog(self) -> None:
        key = {"AttributeName": "id"}
        self.client("dynamodb").create_table(
            TableName=f"{self.prefix}-watchdog",
            KeySchema=[{**key, "KeyType": "HASH"}],
            AttributeDefinitions=[{**key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=listed(self.tags()),
        )
        history = f"/lunora-player/{self.name}/history"
        self.client("logs").create_log_group(logGroupName=history, tags=self.tags())

    def _role(self, name: str, service: str, tags: Mapping[str, str]) -> str:
        iam, full = self.client("iam"), f"{self.prefix}-{name}"
        trusted = {"Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        arn: str = iam.create_role(
            RoleName=full, AssumeRolePolicyDocument=policy(trusted), Tags=listed(tags)
        )["Role"]["Arn"]
        allowed = {"Action": "medialive:StartChannel", "Resource": "*"}
        iam.put_role_policy(RoleName=full, PolicyName="inline", PolicyDocument=policy(allowed))
        return arn


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def described(resources: tuple[ManagedResource, ...]) -> list[tuple[str, str, str | None]]:
    """Return kind, name and destination of each, the kinds in their order."""
    order = list(KINDS)
    by_kind = sorted(resources, key=lambda resource: (order.index(resource.kind), resource.name))
    return [(resource.kind, resource.name, resource.destination) for resource in by_kind]


def lost(stage: Stage, *declared: str, held: tuple[str, ...] = ()) -> tuple[ManagedResource, ...]:
    listed = orphans(managed_resources(stage.stack), declared, held)
    return tuple(orphan.resource for orphan in listed)


@pytest.fixture
def watched(stage: Stage) -> Stage:
    """One of each that belongs to the stack, and one of each that belongs to another."""
    Watchers(stage).make(LEFT)
    Watchers(stage, "local-2").make(LEFT)
    return stage


def test_each_kind_that_is_left_behind_is_found_and_named(watched: Stage) -> None:
    assert described(lost(watched)) == WATCHERS


def test_each_is_removed_with_what_hangs_on_it_and_nothing_of_another_stack(
    watched: Stage,
) -> None:
    others = of_stack(watched, "local-2")
    for resource in lost(watched):
        remove(watched.stack, resource)
    assert managed_resources(watched.stack) == ()
    assert of_stack(watched, "local-2") == others
    assert len(others) == len(WATCHERS)


def of_stack(stage: Stage, name: str) -> list[tuple[str, str, str | None]]:
    """Return what belongs to the stack *name* instead."""
    return described(managed_resources(dataclasses.replace(stage.stack, name=name)))


def test_what_somebody_else_removed_meanwhile_is_no_error(watched: Stage) -> None:
    resources = {resource.kind: resource for resource in lost(watched)}
    for kind, resource in resources.items():
        if kind != "schedule group":  # the emulator breaks on one that is not there
            remove(watched.stack, resource)
            remove(watched.stack, resource)
            assert resource not in managed_resources(watched.stack)


def test_alarms_dashboards_and_secrets_cost_and_the_rest_is_free(watched: Stage) -> None:
    costs = {
        orphan.resource.kind: orphan.monthly_usd
        for orphan in orphans(managed_resources(watched.stack), (), ())
    }
    figures = prices(REGION).figures
    assert costs.pop("alarm") == figures["cloudwatch.alarm"].usd
    assert costs.pop("dashboard") == figures["cloudwatch.dashboard"].usd
    assert costs.pop("secret") == figures["secretsmanager.secret"].usd
    assert set(costs.values()) == {0.0}


def test_what_the_state_holds_is_no_orphan_nor_is_what_it_uses(watched: Stage) -> None:
    alarm = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:lunora-player-local-main-source-lost"
    left = {(resource.kind, resource.name) for resource in lost(watched, held=(alarm,))}
    kept = {(kind, name) for kind, name, _ in WATCHERS} - left
    assert kept == {("alarm", alarm.rpartition(":")[2]), ("topic", "lunora-player-local-alerts")}


def test_a_declared_destination_keeps_its_own_and_what_all_share(watched: Stage) -> None:
    watched.destination("main-stage")
    left = described(lost(watched, "main-stage"))
    shared = [
        watcher
        for watcher in WATCHERS
        if watcher[0] in {"budget", "dashboard", "topic"} or watcher[1].endswith("lost")
    ]
    assert left == [watcher for watcher in WATCHERS if watcher not in shared]
    kept = {watcher for watcher in WATCHERS if watcher[2] == LEFT}
    assert not kept & set(described(lost(watched, "main-stage", LEFT)))


def test_a_channels_role_stays_while_a_channel_runs_under_it(stage: Stage) -> None:
    role = Watchers(stage)._role("medialive", "medialive", TAGS)
    stage.destination("main-stage", runs=False)
    channel_id = stage.ids["main-stage"]
    stage.medialive.update_channel(ChannelId=channel_id, RoleArn=role)
    assert lost(stage, "main-stage") == ()
    assert ("role", "lunora-player-local-medialive", None) in described(lost(stage))


def test_every_kind_is_one_that_a_test_leaves_behind() -> None:
    streaming = {"channel", "flow output", "input", "input security group", "parameter"}
    assert {kind for kind, _, _ in WATCHERS} | streaming == KINDS.keys()
