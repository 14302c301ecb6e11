"""Alarms on channels, flows and schedules, and the events of channels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from catalog import alarms, encoder, events
from catalog.model import DestinationSpec
from components import naming
from components.pulumi_tuning import given_only


@dataclass(frozen=True, slots=True)
class AlarmTarget:
    """The subject of alarms, and the topic that they notify.

    Attributes:
        physical_name: prefix of the alarms' names.
        namespace: CloudWatch's namespace of the metrics.
        dimensions: CloudWatch's dimensions of the metrics.
        topic_arn: the topic.
        tags: of the alarms.
        output_group: name of the channel's output group; alarms of other subjects need none.
    """

    physical_name: str
    namespace: str
    dimensions: Mapping[str, Any]
    topic_arn: pulumi.Input[str]
    tags: Mapping[str, str]
    output_group: str = encoder.OUTPUT_GROUP


def metric_alarms(
    name: str,
    definitions: Mapping[str, alarms.AlarmDefinition],
    target: AlarmTarget,
    parent: pulumi.Resource,
) -> None:
    """Create alarms; each notifies when it goes off and when it is over."""
    for alarm, definition in definitions.items():
        aws.cloudwatch.MetricAlarm(
            f"{name}-{alarm}",
            name=f"{target.physical_name}-{alarm}",
            **alarms.settings(definition, target.namespace, target.dimensions, target.output_group),
            alarm_actions=[target.topic_arn],
            ok_actions=[target.topic_arn],
            tags=target.tags,
            opts=pulumi.ResourceOptions(parent=parent, transformations=[given_only]),
        )


@dataclass(frozen=True, slots=True)
class StreamAlarmsArgs:
    """Inputs of `StreamAlarms`.

    Attributes:
        spec: the destination file.
        channel_id: of its channel.
        channel_arn: of its channel.
        topic_arn: the topic that alarms and events go to.
        output_group: name of its channel's output group.
    """

    spec: DestinationSpec
    channel_id: pulumi.Output[str]
    channel_arn: pulumi.Output[str]
    topic_arn: pulumi.Input[str]
    output_group: str = encoder.OUTPUT_GROUP


class StreamAlarms(pulumi.ComponentResource):
    """The alarms on one channel's metrics, and the rules on its state changes and alerts."""

    def __init__(
        self, name: str, args: StreamAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:StreamAlarms", name, opts=opts)
        self._args = args
        spec = args.spec
        physical_name, tags = naming.physical_name(spec.original_name), naming.tags(spec)
        for pipeline in alarms.pipelines(spec):
            dimensions = alarms.channel_dimensions(args.channel_id, pipeline)
            target = AlarmTarget(
                f"{physical_name}-{pipeline}",
                alarms.MEDIALIVE,
                dimensions,
                args.topic_arn,
                tags,
                args.output_group,
            )
            definitions = alarms.channel_alarms(spec, args.output_group)
            metric_alarms(f"{name}-{pipeline}", definitions, target, self)
        for kind in events.KINDS:
            self._events(name, kind, physical_name, tags)
        self.register_outputs({})

    def _events(self, name: str, kind: str, physical_name: str, tags: Mapping[str, str]) -> None:
        child = pulumi.ResourceOptions(parent=self, transformations=[given_only])
        event_kind = events.KINDS[kind]
        rule = aws.cloudwatch.EventRule(
            f"{name}-{kind}",
            name=events.rule_name(physical_name, kind),
            event_pattern=self._args.channel_arn.apply(
                lambda arn: json.dumps(events.pattern(event_kind, arn))
            ),
            tags=tags,
            opts=child,
        )
        transformer = events.transformer(event_kind, self._args.spec.name, *naming.identity())
        aws.cloudwatch.EventTarget(
            f"{name}-{kind}-topic",
            rule=rule.name,
            target_id="topic",
            arn=self._args.topic_arn,
            input_transformer=aws.cloudwatch.EventTargetInputTransformerArgs(**transformer),
            opts=child,
        )
