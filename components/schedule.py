"""Schedules: EventBridge Scheduler starts and stops a stream in the windows of its file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from catalog import alarms, policies, scheduler_expressions
from catalog.model import DestinationSpec
from catalog.schedule import Schedule
from components import naming, orphan_cleanup
from components.alarms import AlarmTarget, Notifying, metric_alarms
from components.flow_ingress import FlowIngress
from components.schedule_target import ScheduleTarget

# No flexible window: a start is due to the minute.
_TO_THE_MINUTE = aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF")
# The maximum of Scheduler; the maximum age of an entry ends the attempts.
_ATTEMPTS = 185


@dataclass(frozen=True, slots=True)
class ScheduleGroupArgs:
    """Inputs of a `ScheduleGroup`.

    Attributes:
        topic_arn: the topic that alarms on its schedules notify.
        boundary: ARN of the policy that the roles of its schedules stay within; None is none.
    """

    topic_arn: pulumi.Input[str]
    boundary: str | None = None


class ScheduleGroup(pulumi.ComponentResource):
    """The group of all schedules of the stack in one region; it has the tags that they cannot."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ScheduleGroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:ScheduleGroup", name, opts=opts)
        stack_name, tags = naming.stack_name(), naming.shared_tags()
        group = aws.scheduler.ScheduleGroup(
            name, name=stack_name, tags=tags, opts=pulumi.ResourceOptions(parent=self)
        )
        self.name, self.arn, self.boundary = group.name, group.arn, args.boundary
        dimensions = {"ScheduleGroup": stack_name}
        target = AlarmTarget(
            stack_name, alarms.SCHEDULER, dimensions, tags, Notifying(args.topic_arn)
        )
        options = pulumi.ResourceOptions(parent=self)
        metric_alarms(name, alarms.schedule_alarms(), target, options)
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True, slots=True)
class StreamScheduleArgs:
    """Inputs of a `StreamSchedule`.

    Attributes:
        spec: the destination file.
        schedule: the file's schedule.
        group: the group of its schedules.
        ingress: of the flow that feeds it; its schedules are in the same account and region.
        targets: the channel and flow outputs that it starts and stops, each at its own times.
    """

    spec: DestinationSpec
    schedule: Schedule
    group: ScheduleGroup
    ingress: FlowIngress
    targets: Sequence[ScheduleTarget]


class StreamSchedule(pulumi.ComponentResource):
    """The schedules of one stream, under a role that may start and stop it and nothing else.

    A channel's flow outputs send from a minute before its hours until a minute after them. A
    stopped destination keeps its schedules, suspended.
    """

    def __init__(
        self, name: str, args: StreamScheduleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:StreamSchedule", name, opts=opts)
        self._args, self._plugin = args, args.ingress.region_providers.livestream
        role = self._role(name)
        for target in args.targets:
            for entry in target.entries(args.schedule):
                self._schedule(name, target, entry, role)
        self.register_outputs({})

    def _role(self, name: str) -> aws.iam.Role:
        spec = self._args.spec
        role_name = naming.role_name(f"{spec.original_name}-schedule")
        trust = self._args.group.arn.apply(
            lambda arn: json.dumps(
                policies.scheduler_trust_policy(
                    account=self._args.ingress.flow.account, group_arn=arn
                )
            )
        )
        tags = naming.tags(spec)
        role = aws.iam.Role(
            f"{name}-role",
            name=role_name,
            assume_role_policy=trust,
            permissions_boundary=self._args.group.boundary,
            tags=tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                hooks=orphan_cleanup.before_create_hook("role", role_name, tags, self._plugin),
            ),
        )
        aws.iam.RolePolicy(
            f"{name}-policy",
            name="start-and-stop",
            role=role.name,
            policy=pulumi.Output.all(*(target.policy for target in self._args.targets)).apply(
                lambda documents: json.dumps(policies.merge_policies(documents))
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role

    def _schedule(
        self,
        name: str,
        target: ScheduleTarget,
        entry: scheduler_expressions.ScheduleEntry,
        role: aws.iam.Role,
    ) -> None:
        suspended = self._args.spec.state == "stopped"
        schedule_name = f"{self._args.spec.original_name}-{entry.name}{target.suffix}"
        hooks = orphan_cleanup.before_create_hook(
            "schedule",
            f"{naming.stack_name()}/{schedule_name}",
            naming.shared_tags(),
            self._plugin,
        )
        aws.scheduler.Schedule(
            f"{name}-{entry.name}{target.suffix}",
            name=schedule_name,
            group_name=self._args.group.name,
            schedule_expression=entry.expression,
            schedule_expression_timezone=self._args.schedule.timezone,
            flexible_time_window=_TO_THE_MINUTE,
            state="DISABLED" if suspended else "ENABLED",
            target=aws.scheduler.ScheduleTargetArgs(
                arn=f"arn:aws:scheduler:::aws-sdk:{target.operation(entry.starts)}",
                role_arn=role.arn,
                input=target.request(entry.starts),
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=entry.late_seconds,
                    maximum_retry_attempts=_ATTEMPTS,
                ),
            ),
            # Deleted before their target, so that none starts it after its last stop.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[target.resource], hooks=hooks),
        )
