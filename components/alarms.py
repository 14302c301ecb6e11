"""Alarms on channels, flows and schedules, and the one that notifies of each destination."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from catalog import alarms
from catalog.alarms import OWN_NAMES, MetricNames
from catalog.model import DestinationSpec
from components import naming
from components.pulumi_tuning import given_only


@dataclass(frozen=True, slots=True)
class Notifying:
    """Receiver of an alarm, and the conditions for it.

    Attributes:
        topic_arn: the topic.
        enabled: whether it does: with a watchdog, that one notifies.
        recovery: whether it notifies when it is over, too; CloudWatch then also does when an alarm
            is created.
        suppressor: the name of an alarm that explains others of the same stack while it is on, as
            a flow's lost source does; None without one.
        silence: the name of the alarm that explains silence alone; None without one.
    """

    topic_arn: pulumi.Input[str]
    enabled: bool = True
    recovery: bool = True
    suppressor: pulumi.Input[str] | None = None
    silence: pulumi.Input[str] | None = None


@dataclass(frozen=True, slots=True)
class AlarmTarget:
    """The subject of alarms.

    Attributes:
        physical_name: prefix of the alarms' names.
        namespace: CloudWatch's namespace of the metrics.
        dimensions: CloudWatch's dimensions of the metrics.
        tags: of the alarms.
        notifying: whom they notify; None leaves that to a composite alarm.
        parts: names of the channel's parts; alarms of other subjects need none.
    """

    physical_name: str
    namespace: str
    dimensions: Mapping[str, Any]
    tags: Mapping[str, str]
    notifying: Notifying | None = None
    parts: MetricNames = OWN_NAMES


def metric_alarms(
    name: str,
    definitions: Mapping[str, alarms.AlarmDefinition],
    target: AlarmTarget,
    options: pulumi.ResourceOptions,
) -> dict[str, aws.cloudwatch.MetricAlarm]:
    """Create alarms, by name; where they notify, they do when they go off, and when it is over."""
    notifying = target.notifying
    topics = [notifying.topic_arn] if notifying else None
    recovery = topics if notifying and notifying.recovery else None
    options = pulumi.ResourceOptions.merge(
        options, pulumi.ResourceOptions(transformations=[given_only])
    )
    return {
        alarm: aws.cloudwatch.MetricAlarm(
            f"{name}-{alarm}",
            name=f"{target.physical_name}-{alarm}",
            **alarms.settings(definition, target.namespace, target.dimensions, target.parts),
            actions_enabled=None if notifying is None or notifying.enabled else False,
            alarm_actions=topics,
            ok_actions=recovery,
            tags=target.tags,
            opts=options,
        )
        for alarm, definition in definitions.items()
    }


def composite_alarm(
    name: str,
    spec: DestinationSpec,
    parts: Sequence[aws.cloudwatch.MetricAlarm],
    notifying: Notifying,
    parent: pulumi.Resource,
) -> None:
    """Create the alarm of a destination, which is on while one of *parts* is.

    It notifies once, however many of them go off, and not at all while its suppressor is on.
    """
    rule = pulumi.Output.all(notifying.silence, *(part.name for part in parts)).apply(
        lambda names: alarms.destination_rule(names[1:], names[0])
    )
    _composite_alarm(
        f"{name}-alarm",
        notifying,
        pulumi.ResourceOptions(parent=parent),
        alarm_name=naming.physical_name(spec.original_name),
        alarm_description=alarms.composite_description(spec.name),
        alarm_rule=rule,
        tags=naming.tags(spec),
    )


def flow_alarms(
    key: str,
    definitions: Mapping[str, alarms.AlarmDefinition],
    target: AlarmTarget,
    parent: pulumi.Resource,
) -> dict[str, aws.cloudwatch.MetricAlarm]:
    """Create the alarms of the flow *key*, of which one notifies; returns them by name.

    Of several, that is one that is on while any of them is.
    """
    name, options = f"flow-{key}", pulumi.ResourceOptions(parent=parent)
    notifying = target.notifying
    if notifying is None or not alarms.needs_composite(definitions):
        return metric_alarms(name, definitions, target, options)
    quiet = dataclasses.replace(target, notifying=None)
    parts = metric_alarms(name, definitions, quiet, options)
    _composite_alarm(
        f"{name}-alarm",
        notifying,
        options,
        alarm_name=target.physical_name,
        alarm_description=alarms.flow_description(key),
        alarm_rule=pulumi.Output.all(*(part.name for part in parts.values())).apply(alarms.any_of),
        tags=target.tags,
    )
    return parts


def _composite_alarm(
    name: str, notifying: Notifying, options: pulumi.ResourceOptions, **settings: Any
) -> None:
    suppressor = notifying.suppressor
    aws.cloudwatch.CompositeAlarm(
        name,
        **settings,
        actions_enabled=notifying.enabled,
        actions_suppressor=None
        if suppressor is None
        else aws.cloudwatch.CompositeAlarmActionsSuppressorArgs(
            alarm=suppressor,
            wait_period=alarms.SUPPRESSION_WAIT_SECONDS,
            extension_period=alarms.SUPPRESSION_EXTENSION_SECONDS,
        ),
        alarm_actions=[notifying.topic_arn],
        ok_actions=[notifying.topic_arn],
        opts=pulumi.ResourceOptions.merge(
            options, pulumi.ResourceOptions(transformations=[given_only])
        ),
    )


@dataclass(frozen=True, slots=True)
class StreamAlarmsArgs:
    """Inputs of `stream_alarms`.

    Attributes:
        spec: the destination file.
        channel_id: of its channel.
        notifying: whom its alarm notifies.
        parts: names of its channel's parts.
    """

    spec: DestinationSpec
    channel_id: pulumi.Output[str]
    notifying: Notifying
    parts: MetricNames


def stream_alarms(name: str, args: StreamAlarmsArgs, parent: pulumi.Resource) -> None:
    """Create the alarms on a destination's channel.

    They were parts of a component of their own, which the aliases name.
    """
    spec = args.spec
    former = parent.urn.apply(lambda urn: alarms.former_parent(urn, name))
    options = pulumi.ResourceOptions(parent=parent, aliases=[pulumi.Alias(parent=former)])
    parts: list[aws.cloudwatch.MetricAlarm] = []
    for pipeline in alarms.pipelines(spec):
        target = AlarmTarget(
            f"{naming.physical_name(spec.original_name)}-{pipeline}",
            alarms.MEDIALIVE,
            alarms.channel_dimensions(args.channel_id, pipeline),
            naming.tags(spec),
            parts=args.parts,
        )
        definitions = alarms.channel_alarms(spec, args.parts)
        parts += metric_alarms(f"{name}-alarms-{pipeline}", definitions, target, options).values()
    composite_alarm(name, spec, parts, args.notifying, parent)
