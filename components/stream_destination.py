"""StreamDestination: one destination file, as the resources that carry its stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from catalog import alarms, encoder, names
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from components import adoption, livestream, orphan_cleanup
from components.alarms import StreamAlarms, StreamAlarmsArgs, Watched, metric_alarms
from components.channel_input import ChannelInput, ChannelInputArgs, channel_input
from components.direct_output import DirectOutputArgs, Encryption, direct_output
from components.flow_ingress import FlowIngress
from components.schedule import ScheduleGroup, StreamSchedule, StreamScheduleArgs
from components.schedule_target import ScheduleTarget, channel_target, feed_targets, output_target
from components.stack_resources import StackResources


@dataclass(frozen=True, slots=True)
class StreamDestinationArgs:
    """What a destination is built from.

    Attributes:
        spec: the destination file.
        ingress: the flow that feeds it and the security group its input belongs to.
        backup_ingress: likewise of the flow that takes over when the first fails.
        role_arn: the role its channel runs under.
        stream_key: secret; None where none goes with the stream.
        topic_arn: who is told of what happens to it.
        schedules: where its schedules belong; needed by a file that has some.
        adopted: what a former system left of it.
        encryption: what encrypts an SRT stream.
    """

    spec: DestinationSpec
    ingress: FlowIngress
    role_arn: pulumi.Input[str]
    stream_key: pulumi.Output[str] | None
    topic_arn: pulumi.Input[str]
    schedules: ScheduleGroup | None = None
    backup_ingress: FlowIngress | None = None
    adopted: ManifestEntry | None = None
    encryption: Encryption | None = None

    @classmethod
    def of(cls, spec: DestinationSpec, shared: StackResources) -> StreamDestinationArgs:
        """Return what *spec* is built from in this stack."""
        return cls(
            spec=spec,
            ingress=shared.ingress(spec),
            backup_ingress=shared.backup_ingress(spec),
            role_arn=shared.role_arn,
            stream_key=shared.keys.of(spec),
            topic_arn=shared.topic_arn(shared.ingress(spec)),
            schedules=shared.schedules(spec),
            adopted=shared.adopted(spec),
            encryption=shared.encryption(spec),
        )


class StreamDestination(pulumi.ComponentResource):
    """Carries one stream: flow outputs -> push input -> channel -> RTMP, or a flow output alone.

    A flow has one output for each pipeline of the channel. A backup flow has an input of its own,
    to which the channel goes over when the first one fails.

    The channel depends on the flow outputs, so that it starts when they send.
    """

    channel_id: pulumi.Output[str] | None = None
    channel_arn: pulumi.Output[str] | None = None
    input_id: pulumi.Output[str] | None = None
    flow_output_arn: pulumi.Output[str]
    parameter_name: pulumi.Output[str] | None = None

    def __init__(
        self, name: str, args: StreamDestinationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("lunora:index:StreamDestination", name, opts=opts)
        project, stack = pulumi.get_project(), pulumi.get_stack()
        self._args, self._spec = args, args.spec
        self._physical_name = names.physical_name(project, stack, args.spec.original_name)
        self._parts = names.parts(project, stack, args.spec, args.adopted)
        self._tags = names.tags(project, stack, args.spec)

        if args.stream_key is not None:
            parameter_name = names.parameter_name(project, stack, args.spec.original_name)
            self.parameter_name = self._parameter(name, parameter_name, args.stream_key)
        if args.spec.route == "channel" and args.stream_key is not None:
            outputs = self._encode(name, args.stream_key)
        else:
            outputs = [self._pass_on(name)]
        self.flow_output_arn = outputs[0].arn
        self.register_outputs(self.summary)

    @property
    def summary(self) -> dict[str, Any]:
        """What the stack says of it; nothing secret."""
        return {
            "platform": self._spec.platform,
            "state": self._spec.desired_state,
            "route": self._spec.route,
            **({} if self.channel_id is None else self._summary_of_channel),
            "flowOutputArn": self.flow_output_arn,
            **({} if self.parameter_name is None else {"parameterName": self.parameter_name}),
        }

    @property
    def output_group(self) -> str:
        """The name of its channel's output group."""
        found = self._as_found
        return found.channel.output_group if found else encoder.OUTPUT_GROUP

    @property
    def _as_found(self) -> ManifestEntry | None:
        """What a former system left, while the file asks for nothing else."""
        kept = self._args.adopted
        return kept if kept and kept.describes(self._spec) else None

    @property
    def _summary_of_channel(self) -> dict[str, Any]:
        return {
            "channelId": self.channel_id,
            "channelArn": self.channel_arn,
            "inputId": self.input_id,
        }

    def _encode(self, name: str, stream_key: pulumi.Output[str]) -> list[livestream.FlowOutput]:
        """Build inputs, channel and what runs and watches it; returns the flow outputs."""
        args = self._args
        about = ChannelInputArgs(self._spec, self._parts, self._tags, args.adopted, self)
        feeds = [channel_input(name, self._parts.input, args.ingress, about)]
        if args.backup_ingress:
            backup = names.backup_name(self._physical_name)
            feeds.append(channel_input(f"{name}-backup", backup, args.backup_ingress, about))
        outputs = [output for one in feeds for output in one.flow_outputs]
        channel = self._channel(name, feeds, stream_key, depends_on=outputs)
        self._schedule(name, channel_target(channel), *feed_targets(feeds))
        self.channel_id, self.channel_arn = channel.id, channel.arn
        watched = StreamAlarmsArgs(
            args.spec,
            self.channel_id,
            self.channel_arn,
            args.topic_arn,
            self.output_group,
        )
        StreamAlarms(f"{name}-alarms", watched, self._child())
        self.input_id = feeds[0].push_input.id
        return outputs

    def _pass_on(self, name: str) -> livestream.FlowOutput:
        args = self._args
        pushed = DirectOutputArgs(args.spec, args.ingress, args.stream_key, args.encryption)
        output = direct_output(name, pushed, self)
        watched = Watched(
            self._physical_name,
            alarms.MEDIACONNECT,
            {"OutputARN": output.arn},
            args.topic_arn,
            self._tags,
        )
        metric_alarms(name, alarms.output_alarms(args.spec), watched, self)
        self._schedule(name, output_target(args.ingress.flow.arn, output))
        return output

    def _child(self, **more: Any) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, **more)

    def _cleared(self, kind: orphan_cleanup.CleanupKind, name: str) -> pulumi.ResourceHookBinding:
        plugin = self._args.ingress.connection.livestream
        return orphan_cleanup.before_create_hook(kind, name, self._tags, plugin)

    def _parameter(
        self, name: str, parameter_name: str, stream_key: pulumi.Output[str]
    ) -> pulumi.Output[str]:
        existing = self._spec.stream_key.ssm
        if existing is not None:
            return pulumi.Output.from_input(existing)
        parameter = aws.ssm.Parameter(
            f"{name}-stream-key",
            name=parameter_name,
            type=aws.ssm.ParameterType.SECURE_STRING,
            value=stream_key,
            tags=self._tags,
            opts=self._child(hooks=self._cleared("parameter", parameter_name)),
        )
        return parameter.name

    def _channel(
        self,
        name: str,
        feeds: Sequence[ChannelInput],
        stream_key: pulumi.Output[str],
        *,
        depends_on: Sequence[pulumi.Resource],
    ) -> livestream.Channel:
        kept, schedule = self._args.adopted, self._spec.schedule
        return livestream.Channel(
            f"{name}-channel",
            livestream.ChannelArgs(
                name=self._parts.channel,
                channel_class=encoder.channel_class(self._spec),
                role_arn=kept.channel.role_arn if kept else self._args.role_arn,
                destinations=stream_key.apply(self._destinations),
                **self._settings(feeds),
                state=self._spec.desired_state,
                schedule=schedule.model_dump(mode="json") if schedule else None,
                existing_id=kept.channel.id if kept else None,
                tags={**self._tags, **names.channel_tags(self._parts)},
            ),
            opts=self._child(
                # A flow sends before the channel that it feeds starts.
                depends_on=[*depends_on],
                # While a channel has it, an input cannot be deleted.
                replace_with=[one.push_input for one in feeds],
                **adoption.given_back(kept),
            ),
        )

    def _settings(self, feeds: Sequence[ChannelInput]) -> dict[str, Any]:
        """Return the settings besides the destinations; none where they stay as found."""
        if self._as_found:
            return dict.fromkeys(("encoder_settings", "input_attachments", "input_specification"))
        inputs = {one.name: one.push_input.id for one in feeds}
        return {
            "encoder_settings": encoder.encoder_settings(self._spec),
            "input_attachments": encoder.input_attachments(inputs),
            "input_specification": encoder.input_specification(self._args.ingress.source),
        }

    def _schedule(self, name: str, *switches: ScheduleTarget) -> None:
        schedule, group = self._spec.schedule, self._args.schedules
        if schedule is None or group is None:
            return
        args = StreamScheduleArgs(self._spec, schedule, group, self._args.ingress, switches)
        StreamSchedule(f"{name}-schedule", args, self._child())

    def _destinations(self, stream_key: str) -> list[dict[str, Any]]:
        if found := self._as_found:
            return found.destinations(stream_key)
        return encoder.destinations(self._spec, stream_key=stream_key)
