"""StreamDestination: the resources that carry the stream of one destination file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pydantic.alias_generators import to_snake

from catalog import alarms, encoder, import_manifest, ingest, names
from catalog.channel_access import channel_access
from catalog.channel_members import channel_members
from catalog.import_manifest import ManifestEntry
from catalog.maintenance import MaintenanceWindow
from catalog.model import DestinationSpec
from components import adoption, livestream, naming, orphan_cleanup, protection
from components.alarms import (
    AlarmTarget,
    Notifying,
    StreamAlarmsArgs,
    metric_alarms,
    stream_alarms,
)
from components.channel_input import ChannelInput, ChannelInputArgs, channel_inputs
from components.direct_output import DirectOutputArgs, Encryption, direct_output
from components.flow_ingress import FlowIngress
from components.passphrase_secret import PassphraseSecret, passphrase_secret
from components.schedule import ScheduleGroup, StreamSchedule, StreamScheduleArgs
from components.schedule_target import ScheduleTarget, channel_target, input_targets, output_target

_TOKEN = "lunora:index:StreamDestination"  # noqa: S105 - a type token


@dataclass(frozen=True, slots=True)
class StreamDestinationArgs:
    """Inputs of a `StreamDestination`.

    Attributes:
        spec: the destination file.
        ingress: the flow that feeds it, with the security group of its input.
        role_arn: the role of its channel.
        stream_key: secret; None for a stream without one.
        notifying: whom its alarms notify.
        schedule_group: the group of its schedules; required by a file with a schedule.
        backup_ingress: the flow that takes over when the first fails.
        adopted: the resources of a former system that it takes over.
        encryption: of an SRT stream.
        destinations: the names of all destinations of the stack.
        maintenance: the stack's window, for a file that gives none.
        rtmp_password: secret; None without a password, or where a parameter has it already.
        slate_policy: lets its channel read its slate; None without a slate, or under another role.
        access: the policy that lets channels reach what their outputs need; None without one.
    """

    spec: DestinationSpec
    ingress: FlowIngress
    role_arn: pulumi.Input[str]
    stream_key: pulumi.Output[str] | None
    notifying: Notifying
    schedule_group: ScheduleGroup | None = None
    backup_ingress: FlowIngress | None = None
    adopted: ManifestEntry | None = None
    encryption: Encryption | None = None
    destinations: frozenset[str] = frozenset()
    maintenance: MaintenanceWindow | None = None
    rtmp_password: pulumi.Output[str] | None = None
    slate_policy: pulumi.Resource | None = None
    access: aws.iam.RolePolicy | None = None


class StreamDestination(pulumi.ComponentResource):
    """One stream: flow outputs -> input -> channel -> platform, or a flow output alone.

    A flow has one output for each pipeline of the channel; of an input of type MEDIACONNECT,
    MediaLive makes the outputs. A backup flow has an input of its own,
    to which the channel fails over when the first one fails.

    The channel depends on the flow outputs, so that it starts when they send.
    """

    channel_id: pulumi.Output[str] | None = None
    channel_arn: pulumi.Output[str] | None = None
    input_id: pulumi.Output[str] | None = None
    flow_output_arn: pulumi.Output[str] | None = None
    parameter_name: pulumi.Output[str] | None = None

    def __init__(
        self, name: str, args: StreamDestinationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(_TOKEN, name, opts=protection.of_component_alone(_TOKEN, opts))
        self.args, self._spec = args, args.spec
        self._physical_name = naming.physical_name(args.spec.original_name)
        self._parts = naming.parts(args.spec, args.adopted)
        self._tags = naming.tags(args.spec)

        if args.stream_key is not None:
            self.parameter_name = self._parameter(name, args.stream_key)
        if args.spec.route == "channel":
            outputs = self._encode(name)
        else:
            outputs = [self._send_directly(name)]
        self.flow_output_arn = outputs[0].arn if outputs else None
        self.register_outputs(self.summary)

    @property
    def summary(self) -> dict[str, Any]:
        """Its entry in the stack output `destinations`; nothing secret."""
        return {
            "platform": self._spec.platform,
            "state": self._spec.desired_state,
            "route": self._spec.route,
            **({} if self.channel_id is None else self._summary_of_channel),
            **({} if self.flow_output_arn is None else {"flowOutputArn": self.flow_output_arn}),
            **({} if self.parameter_name is None else {"parameterName": self.parameter_name}),
        }

    @property
    def output_group(self) -> str:
        """The name of the platform's output group of its channel."""
        return import_manifest.output_group(self.args.adopted, self._spec)

    @property
    def _kept_entry(self) -> ManifestEntry | None:
        """The adopted channel, while the file leaves its settings unchanged."""
        return import_manifest.unedited(self.args.adopted, self._spec)

    @property
    def _summary_of_channel(self) -> dict[str, Any]:
        return {
            "channelId": self.channel_id,
            "channelArn": self.channel_arn,
            "inputId": self.input_id,
        }

    def _encode(self, name: str) -> list[livestream.FlowOutput]:
        """Create inputs, channel, schedule and alarms; return the flow outputs."""
        args = self.args
        input_args = ChannelInputArgs(
            self._spec,
            self._parts,
            self._tags,
            args.adopted,
            self,
            self._input_role(),
            args.destinations,
        )
        ingresses = [args.ingress, *([args.backup_ingress] if args.backup_ingress else [])]
        inputs = channel_inputs(name, self._parts.input, ingresses, input_args)
        outputs = [output for channel_input in inputs for output in channel_input.flow_outputs]
        channel = self._channel(name, inputs, depends_on=outputs)
        self._schedule(name, channel_target(channel), *input_targets(inputs))
        self.channel_id, self.channel_arn = channel.id, channel.arn
        parts = alarms.metric_names(args.adopted, self._spec, args.ingress.source)
        alarms_args = StreamAlarmsArgs(self._spec, self.channel_id, args.notifying, parts)
        stream_alarms(name, alarms_args, self)
        self.input_id = inputs[0].resource.id
        return outputs

    def _send_directly(self, name: str) -> livestream.FlowOutput:
        args = self.args
        output_args = DirectOutputArgs(args.spec, args.ingress, args.stream_key, args.encryption)
        output = direct_output(name, output_args, self)
        target = AlarmTarget(
            self._physical_name,
            alarms.MEDIACONNECT,
            {"OutputARN": output.arn},
            self._tags,
            args.notifying,
        )
        metric_alarms(name, alarms.output_alarms(args.spec), target, self._child())
        self._schedule(name, output_target(args.ingress.flow.arn, output))
        return output

    def _child(self, **more: Any) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, **more)

    def _parameter(self, name: str, stream_key: pulumi.Output[str]) -> pulumi.Output[str]:
        existing = self._spec.stream_key.ssm
        if existing is not None:
            return pulumi.Output.from_input(existing)
        parameter_name = naming.parameter_name(self._spec)
        return self._secure_string(f"{name}-stream-key", parameter_name, stream_key)

    def _secure_string(
        self, name: str, parameter_name: str, value: pulumi.Output[str]
    ) -> pulumi.Output[str]:
        plugin = self.args.ingress.region_providers.livestream
        hooks = orphan_cleanup.before_create_hook("parameter", parameter_name, self._tags, plugin)
        parameter = aws.ssm.Parameter(
            name,
            name=parameter_name,
            type=aws.ssm.ParameterType.SECURE_STRING,
            value=value,
            tags=self._tags,
            opts=self._child(hooks=hooks),
        )
        return parameter.name

    def _password_parameter(self, name: str) -> pulumi.Output[str | None]:
        """Return the name of the parameter with the RTMP password; None without one."""
        parameter_name = naming.rtmp_password_parameter(self._spec)
        if parameter_name is None or self.args.rtmp_password is None:
            return pulumi.Output.from_input(parameter_name)
        created = self._secure_string(
            f"{name}-rtmp-password", parameter_name, self.args.rtmp_password
        )
        return created.apply(lambda value: value)

    def _input_role(self) -> pulumi.Input[str]:
        """Return the role by which MediaLive takes flows, known once it may."""
        access = self.args.access
        if access is None or self._spec.input_type == "push":
            return self.args.role_arn
        return pulumi.Output.all(self.args.role_arn, access.id).apply(lambda values: str(values[0]))

    def _channel(
        self,
        name: str,
        inputs: Sequence[ChannelInput],
        *,
        depends_on: Sequence[pulumi.Resource],
    ) -> livestream.Channel:
        adopted, schedule = self.args.adopted, self._spec.schedule
        secret = self._passphrase(name)
        access = [self.args.access] if self.args.access and self._needs_access else []
        return livestream.Channel(
            f"{name}-channel",
            livestream.ChannelArgs(
                name=self._parts.channel,
                channel_class=encoder.channel_class(self._spec),
                role_arn=adopted.channel.role_arn if adopted else self.args.role_arn,
                destinations=self._destinations(secret, self._password_parameter(name)),
                secret_versions=[secret.version] if secret else None,
                **{"channel_security_groups": self._callers(name), **self._settings(inputs)},
                state=self._spec.desired_state,
                schedule=schedule.model_dump(mode="json") if schedule else None,
                existing_id=adopted.channel.id if adopted else None,
                tags={**self._tags, **names.channel_tags(self._parts)},
            ),
            opts=self._child(
                # A flow sends before the channel that it feeds starts.
                depends_on=[*depends_on, *access, *filter(None, [self.args.slate_policy])],
                # MediaLive deletes no input that a channel uses.
                replace_with=[channel_input.resource for channel_input in inputs],
                **adoption.retain_options(adopted),
            ),
        )

    def _settings(self, inputs: Sequence[ChannelInput]) -> dict[str, Any]:
        """Return the settings besides the destinations; an adopted channel may keep its own."""
        spec, args = self._spec, self.args
        maintenance = import_manifest.maintenance(args.adopted, spec, args.maintenance)
        if entry := self._kept_entry:
            members = entry.members(maintenance)
        else:
            input_ids = {channel_input.name: channel_input.resource.id for channel_input in inputs}
            members = channel_members(spec, input_ids, args.ingress.source, maintenance)
        settings = {to_snake(name): value for name, value in members.items()}
        return {**settings, "logo": encoder.logo_settings(spec)}

    def _schedule(self, name: str, *targets: ScheduleTarget) -> None:
        schedule, group = self._spec.schedule, self.args.schedule_group
        if schedule is None or group is None:
            return
        args = StreamScheduleArgs(self._spec, schedule, group, self.args.ingress, targets)
        StreamSchedule(f"{name}-schedule", args, self._child())

    @property
    def _needs_access(self) -> bool:
        return bool(channel_access(*naming.identity(), [self._spec]))

    def _passphrase(self, name: str) -> PassphraseSecret | None:
        encryption = self.args.encryption
        if encryption is None:
            return None
        plugin = self.args.ingress.region_providers.livestream
        return passphrase_secret(name, self._spec, encryption.passphrase, plugin, self)

    def _callers(self, name: str) -> list[pulumi.Output[str]] | None:
        """Create the group of the networks that may call the channel; None without a listener."""
        if not ingest.is_listener(self._spec.ingest_url):
            return None
        group = livestream.InputSecurityGroup(
            f"{name}-callers",
            livestream.InputSecurityGroupArgs(cidrs=[*self._spec.srt.callers], tags=self._tags),
            opts=self._child(),
        )
        return [group.id]

    def _destinations(
        self, secret: PassphraseSecret | None, password_parameter: pulumi.Output[str | None]
    ) -> pulumi.Output[list[dict[str, Any]]]:
        """Return the destinations of the channel; secret."""
        needed = {
            "stream_key": self.args.stream_key,
            # Another channel waits for no parameter, which AWS may refuse.
            "parameter_name": self.parameter_name if self._spec.hls.username else None,
            "passphrase_arn": secret.arn if secret else None,
            "password_parameter": password_parameter if self._spec.authentication else None,
        }
        given = {key: value for key, value in needed.items() if value is not None}
        kept = self._kept_entry

        def made(values: Mapping[str, str]) -> list[dict[str, Any]]:
            if kept:
                return kept.destinations(values["stream_key"])
            return encoder.destinations(self._spec, encoder.DestinationSecrets(**values))

        values = pulumi.Output.all(**given) if given else pulumi.Output.from_input({})
        return values.apply(made)
