"""Alarms on channels, flows and schedules, and the events of channels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from catalog import alarms, encoder, events, names
from catalog.model import DestinationSpec
from components.pulumi_tuning import given_only

# EventBridge's quota.
_RULE_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Watched:
    """What alarms look at, and who is told.

    Attributes:
        physical_name: what the names of its alarms begin with.
        namespace: CloudWatch's, of its metrics.
        dimensions: what CloudWatch knows it by.
        topic_arn: who is told.
        tags: of the alarms.
        output_group: of the channel, where it is one.
    """

    physical_name: str
    namespace: str
    dimensions: Mapping[str, Any]
    topic_arn: pulumi.Input[str]
    tags: Mapping[str, str]
    output_group: str = encoder.OUTPUT_GROUP


def metric_alarms(
    name: str,
    watches: Mapping[str, alarms.AlarmDefinition],
    watched: Watched,
    parent: pulumi.Resource,
) -> None:
    """Set alarms up; each tells when it goes off and when all is well again."""
    for alarm, watch in watches.items():
        aws.cloudwatch.MetricAlarm(
            f"{name}-{alarm}",
            name=f"{watched.physical_name}-{alarm}",
            **alarms.settings(watch, watched.namespace, watched.dimensions, watched.output_group),
            alarm_actions=[watched.topic_arn],
            ok_actions=[watched.topic_arn],
            tags=watched.tags,
            opts=pulumi.ResourceOptions(parent=parent, transformations=[given_only]),
        )


@dataclass(frozen=True, slots=True)
class StreamAlarmsArgs:
    """What a destination's alarms are built from.

    Attributes:
        spec: the destination file.
        channel_id: of its channel.
        channel_arn: likewise.
        topic_arn: who is told.
        output_group: name of its channel's output group.
    """

    spec: DestinationSpec
    channel_id: pulumi.Output[str]
    channel_arn: pulumi.Output[str]
    topic_arn: pulumi.Input[str]
    output_group: str = encoder.OUTPUT_GROUP


class StreamAlarms(pulumi.ComponentResource):
    """Watches one channel: its metrics by alarms, its changes of state and alerts by a rule."""

    def __init__(self, name: str, args: StreamAlarmsArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("lunora:index:StreamAlarms", name, opts=opts)
        self._args = args
        project, stack, spec = pulumi.get_project(), pulumi.get_stack(), args.spec
        physical_name = names.physical_name(project, stack, spec.original_name)
        tags = names.tags(project, stack, spec)
        for pipeline in alarms.pipelines(spec):
            dimensions = alarms.channel_dimensions(args.channel_id, pipeline)
            watched = Watched(
                f"{physical_name}-{pipeline}",
                alarms.MEDIALIVE,
                dimensions,
                args.topic_arn,
                tags,
                args.output_group,
            )
            metric_alarms(f"{name}-{pipeline}", alarms.channel_alarms(spec), watched, self)
        for kind in events.KINDS:
            self._events(name, kind, f"{physical_name}-{kind}", tags)
        self.register_outputs({})

    def _events(self, name: str, kind: str, physical_name: str, tags: Mapping[str, str]) -> None:
        child = pulumi.ResourceOptions(parent=self, transformations=[given_only])
        events_of = events.KINDS[kind]
        rule = aws.cloudwatch.EventRule(
            f"{name}-{kind}",
            name=names.truncate_name(physical_name, _RULE_NAME_LENGTH),
            event_pattern=self._args.channel_arn.apply(
                lambda arn: json.dumps(events.pattern(events_of, arn))
            ),
            tags=tags,
            opts=child,
        )
        project, stack = pulumi.get_project(), pulumi.get_stack()
        line = events.transformer(events_of, self._args.spec.name, project, stack)
        aws.cloudwatch.EventTarget(
            f"{name}-{kind}-topic",
            rule=rule.name,
            target_id="topic",
            arn=self._args.topic_arn,
            input_transformer=aws.cloudwatch.EventTargetInputTransformerArgs(**line),
            opts=child,
        )
