"""The watchdog: one Lambda function per region that brings streams back and reports incidents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from catalog import alarms, events, names, policies
from catalog.webhooks import Webhook
from components import livestream, naming, orphan_cleanup
from components.pulumi_tuning import given_only
from components.stack_config import StackConfig
from components.stack_flows import StackFlow, StackFlows
from components.stack_function import BACKGROUND_MB, StackFunctionArgs, stack_function
from components.stack_resources import StackResources

# Longer than a reading of 200 destinations takes while AWS throttles.
_TIMEOUT_SECONDS = 60
_TICK = "rate(5 minutes)"
# Of the names of all that it has; its rules and its table have the same prefix.
_SUFFIX = "watchdog"


@dataclass(frozen=True, slots=True)
class WatchdogArgs:
    """Inputs of a `Watchdog`.

    Attributes:
        region: its region.
        account: its account.
        flows: the flows of this region.
        destinations: folder of the destination files.
        topic_arn: the topic that gets messages about incidents.
        webhooks: other receivers; secret.
        history_days: how long the history is kept.
        boundary: ARN of the policy that its role stays within; None is none.
        plugin: deletes orphans of the same name.
    """

    region: str
    account: str
    flows: Sequence[StackFlow]
    destinations: Path
    topic_arn: pulumi.Input[str]
    webhooks: Sequence[Webhook]
    history_days: int
    boundary: str | None
    plugin: livestream.Provider


class Watchdog(pulumi.ComponentResource):
    """The function of one region, with what calls it, what it remembers, and the history."""

    def __init__(
        self, name: str, args: WatchdogArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:Watchdog", name, opts=opts)
        self._args, self._tags = args, naming.shared_tags()
        self._prefix = naming.physical_name(_SUFFIX)
        self._log_group = names.history_log_group(*naming.identity())
        self._parameter = names.webhooks_parameter_name(*naming.identity())
        self._history(name)
        table = self._table(name)
        webhooks = self._webhooks(name)
        function = self._function(name, table, webhooks)
        self._callers(name, function)
        self.register_outputs({})

    def _child(self, kind: orphan_cleanup.CleanupKind, name: str) -> pulumi.ResourceOptions:
        hooks = orphan_cleanup.before_create_hook(kind, name, self._tags, self._args.plugin)
        return pulumi.ResourceOptions(parent=self, hooks=hooks, transformations=[given_only])

    def _history(self, name: str) -> None:
        aws.cloudwatch.LogGroup(
            f"{name}-history",
            name=self._log_group,
            retention_in_days=self._args.history_days,
            tags=self._tags,
            opts=self._child("log group", self._log_group),
        )

    def _table(self, name: str) -> aws.dynamodb.Table:
        return aws.dynamodb.Table(
            f"{name}-table",
            name=self._prefix,
            billing_mode="PAY_PER_REQUEST",
            hash_key=names.MEMORY_KEY,
            attributes=[aws.dynamodb.TableAttributeArgs(name=names.MEMORY_KEY, type="S")],
            tags=self._tags,
            opts=self._child("table", self._prefix),
        )

    def _webhooks(self, name: str) -> aws.ssm.Parameter | None:
        if not self._args.webhooks:
            return None
        receivers = json.dumps([webhook.model_dump() for webhook in self._args.webhooks])
        return aws.ssm.Parameter(
            f"{name}-webhooks",
            name=self._parameter,
            type=aws.ssm.ParameterType.SECURE_STRING,
            value=pulumi.Output.secret(receivers),
            tags=self._tags,
            opts=self._child("parameter", self._parameter),
        )

    def _function(
        self,
        name: str,
        table: aws.dynamodb.Table,
        webhooks: aws.ssm.Parameter | None,
    ) -> aws.lambda_.Function:
        args, tags = self._args, self._tags
        of_region, topic = f"{args.region}:{args.account}", naming.physical_name(names.TOPIC)
        access = policies.WatchdogAccess(
            flow_arns=[flow.flow.arn for flow in args.flows],
            table_arn=f"arn:aws:dynamodb:{of_region}:table/{self._prefix}",
            history_arn=f"arn:aws:logs:{of_region}:log-group:{self._log_group}",
            topic_arn=f"arn:aws:sns:{of_region}:{topic}",
            webhooks_arn=f"arn:aws:ssm:{of_region}:parameter{self._parameter}"
            if webhooks
            else None,
            shows_logos=any(spec.picture.logo for flow in args.flows for spec in flow.specs),
        )
        environment: dict[str, pulumi.Input[str]] = {
            "LUNORA_TABLE": table.name,
            "LUNORA_TOPIC": args.topic_arn,
        }
        if webhooks is not None:
            environment["LUNORA_WEBHOOKS"] = webhooks.name
        function_args = StackFunctionArgs(
            suffix=_SUFFIX,
            role_suffix=f"{_SUFFIX}-{args.region}",
            handler="lunora.watchdog.handler.handle",
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=BACKGROUND_MB,
            flows=args.flows,
            destinations=args.destinations,
            environment=environment,
            policy=lambda log_group: policies.watchdog_policy(access, tags, log_group=log_group),
            policy_name="watch",
            boundary=args.boundary,
            alarms=alarms.function_alarms("watchdog"),
            topic_arn=args.topic_arn,
            plugin=args.plugin,
        )
        return stack_function(name, function_args, self)

    def _callers(self, name: str, function: aws.lambda_.Function) -> None:
        """Create the rules that call the function, and let them call it."""
        child = pulumi.ResourceOptions(parent=self, transformations=[given_only])
        args = self._args
        rules: dict[str, dict[str, Any]] = {
            kind: {"event_pattern": json.dumps(pattern)}
            for kind, pattern in events.watchdog_patterns().items()
        }
        rules["tick"] = {"schedule_expression": _TICK}
        permission = aws.lambda_.Permission(
            f"{name}-permission",
            function=function.name,
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            source_arn=f"arn:aws:events:{args.region}:{args.account}:rule/{self._prefix}-*",
            statement_id="watchdog-rules",
            opts=child,
        )
        for kind, trigger in rules.items():
            rule = aws.cloudwatch.EventRule(
                f"{name}-{kind}",
                name=events.rule_name(self._prefix, kind),
                **trigger,
                tags=self._tags,
                opts=child,
            )
            aws.cloudwatch.EventTarget(
                f"{name}-{kind}-target",
                rule=rule.name,
                target_id=_SUFFIX,
                arn=function.arn,
                opts=pulumi.ResourceOptions.merge(
                    child, pulumi.ResourceOptions(depends_on=[permission])
                ),
            )


def watchdogs(config: StackConfig, flows: StackFlows, shared: StackResources) -> None:
    """Create a watchdog in each region that has flows, unless the configuration says otherwise."""
    settings = config.settings
    if not settings.watchdog.enabled:
        return
    by_region: dict[str, list[StackFlow]] = {}
    for flow in flows.by_key.values():
        by_region.setdefault(flow.region_providers.region, []).append(flow)
    for region, of_region in by_region.items():
        providers, topic_arn = of_region[0].region_providers, shared.topic_of_region(region)
        if topic_arn is None:
            continue
        args = WatchdogArgs(
            region=region,
            account=of_region[0].flow.account,
            flows=of_region,
            destinations=Path(settings.destinations),
            topic_arn=topic_arn,
            webhooks=config.webhooks(),
            history_days=settings.watchdog.history_days,
            boundary=settings.permissions_boundary_arn,
            plugin=providers.livestream,
        )
        Watchdog(f"watchdog-{region}", args, providers.options())
