"""Schedules: EventBridge Scheduler starts and stops a stream in the windows of its file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from catalog import alarms, names, policies, scheduler_expressions
from catalog.model import DestinationSpec
from catalog.schedule import Schedule
from components import orphan_cleanup
from components.alarms import Watched, metric_alarms
from components.flow_ingress import FlowIngress
from components.schedule_target import ScheduleTarget

# No window of grace: a start is due to the minute.
_TO_THE_MINUTE = aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF")
# As often as Scheduler tries at most; what ends the attempts is how late a firing may be.
_ATTEMPTS = 185


class ScheduleGroup(pulumi.ComponentResource):
    """What holds all schedules of the stack in one region, and its tags: schedules have none.

    Its boundary is the policy that the roles of its schedules stay within.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        topic_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions,
        *,
        boundary: str | None = None,
    ) -> None:
        super().__init__("lunora:index:ScheduleGroup", name, opts=opts)
        project, stack = pulumi.get_project(), pulumi.get_stack()
        group = aws.scheduler.ScheduleGroup(
            name,
            name=names.stack_name(project, stack),
            tags=names.shared_tags(project, stack),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name, self.arn, self.boundary = group.name, group.arn, boundary
        stack_name, tags = names.stack_name(project, stack), names.shared_tags(project, stack)
        of_group = {"ScheduleGroup": stack_name}
        watched = Watched(stack_name, alarms.SCHEDULER, of_group, topic_arn, tags)
        metric_alarms(name, alarms.schedule_alarms(), watched, self)
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True, slots=True)
class StreamScheduleArgs:
    """What a destination's schedules are built from.

    Attributes:
        spec: the destination file.
        schedule: the file's schedule.
        group: where its schedules belong.
        ingress: of the flow that feeds it; its schedules are in the same account and region.
        switches: what starts and stops it, each in its own time.
    """

    spec: DestinationSpec
    schedule: Schedule
    group: ScheduleGroup
    ingress: FlowIngress
    switches: Sequence[ScheduleTarget]


class StreamSchedule(pulumi.ComponentResource):
    """Starts and stops one stream under a role that may do nothing else.

    A channel's flow outputs send from a minute before its hours until a minute after them. A
    stopped destination keeps its schedules, suspended.
    """

    def __init__(self, name: str, args: StreamScheduleArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("lunora:index:StreamSchedule", name, opts=opts)
        self._args, self._plugin = args, args.ingress.connection.livestream
        role = self._role(name)
        for switch in args.switches:
            for firing in switch.firings(args.schedule):
                self._schedule(name, switch, firing, role)
        self.register_outputs({})

    def _role(self, name: str) -> aws.iam.Role:
        project, stack, spec = pulumi.get_project(), pulumi.get_stack(), self._args.spec
        physical_name = names.physical_name(project, stack, f"{spec.original_name}-schedule")
        trust = self._args.group.arn.apply(
            lambda arn: json.dumps(
                policies.scheduler_trust_policy(
                    account=self._args.ingress.flow.account, group_arn=arn
                )
            )
        )
        role_name = names.truncate_name(physical_name, names.ROLE_NAME_LENGTH)
        tags = names.tags(project, stack, spec)
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
            policy=pulumi.Output.all(*(switch.policy for switch in self._args.switches)).apply(
                lambda each: json.dumps(policies.merge_policies(each))
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role

    def _schedule(
        self,
        name: str,
        switch: ScheduleTarget,
        firing: scheduler_expressions.ScheduleEntry,
        role: aws.iam.Role,
    ) -> None:
        suspended = self._args.spec.state == "stopped"
        project, stack = pulumi.get_project(), pulumi.get_stack()
        schedule_name = f"{self._args.spec.original_name}-{firing.name}{switch.suffix}"
        hooks = orphan_cleanup.before_create_hook(
            "schedule",
            f"{names.stack_name(project, stack)}/{schedule_name}",
            names.shared_tags(project, stack),
            self._plugin,
        )
        aws.scheduler.Schedule(
            f"{name}-{firing.name}{switch.suffix}",
            name=schedule_name,
            group_name=self._args.group.name,
            schedule_expression=firing.expression,
            schedule_expression_timezone=self._args.schedule.timezone,
            flexible_time_window=_TO_THE_MINUTE,
            state="DISABLED" if suspended else "ENABLED",
            target=aws.scheduler.ScheduleTargetArgs(
                arn=f"arn:aws:scheduler:::aws-sdk:{switch.operation(firing.starts)}",
                role_arn=role.arn,
                input=switch.request(firing.starts),
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=firing.late_seconds,
                    maximum_retry_attempts=_ATTEMPTS,
                ),
            ),
            # Schedules come after what runs it, so that they go before its last stop.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[switch.after], hooks=hooks),
        )
