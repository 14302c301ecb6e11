"""The resources that all destinations share."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from catalog.channel_access import channel_access
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from components import naming
from components.direct_output import Encryption
from components.flow_ingress import FlowIngress, FlowIngressArgs
from components.mediaconnect_role import MediaConnectRole, MediaConnectRoleArgs
from components.medialive_role import MediaLiveRole, MediaLiveRoleArgs
from components.monitoring import Monitoring
from components.renames import alias_options
from components.schedule import ScheduleGroup, ScheduleGroupArgs
from components.stack_config import StackConfig
from components.stack_flows import StackFlow, StackFlows
from components.stream_destination import StreamDestinationArgs
from components.stream_keys import StreamKeys


class StackResources:
    """The resources that all destinations share, each created once.

    Args:
        config: the stack's configuration.
        flows: the flows that feed its destinations.
        keys: the stream keys.
        adopted: resources of a former system, by the original name of their destination.
    """

    def __init__(
        self,
        config: StackConfig,
        flows: StackFlows,
        keys: StreamKeys,
        adopted: Mapping[str, ManifestEntry],
    ) -> None:
        self._config, self._flows, self._keys, self._adopted = config, flows, keys, adopted
        self._monitoring = Monitoring(
            config.settings.alert_emails, watched=config.settings.watchdog.enabled
        )
        self._schedule_groups: dict[str, ScheduleGroup] = {}
        self.ingresses = {key: self._ingress(flow) for key, flow in flows.by_key.items()}
        self._role_arn: pulumi.Input[str]
        self._access: aws.iam.RolePolicy | None = None
        self._slate_policy: pulumi.Resource | None = None
        if config.settings.media_live_role_arn:
            self._role_arn = config.settings.media_live_role_arn
        else:
            role = self._channel_role()
            self._role_arn, self._access = role.arn, role.policy
            self._slate_policy = role.slate_policy
        self._passphrase_reader = self._reader_of_passphrases()

    def topic_of_region(self, region: str) -> pulumi.Output[str] | None:
        """Return the topic of *region*; None where no flow of the stack is in it."""
        for ingress in self.ingresses.values():
            if ingress.region_providers.region == region:
                return self._monitoring.topic_arn(ingress)
        return None

    def destination_args(self, spec: DestinationSpec) -> StreamDestinationArgs:
        """Return the inputs of the destination *spec*."""
        ingress = self.ingresses[spec.flow]
        return StreamDestinationArgs(
            spec=spec,
            ingress=ingress,
            backup_ingress=self.ingresses[spec.backup_flow] if spec.backup_flow else None,
            role_arn=self._role_arn,
            stream_key=self._keys.of(spec),
            notifying=self._monitoring.notifying(ingress),
            schedule_group=self._schedule_group(ingress) if spec.schedule else None,
            adopted=self._adopted.get(spec.original_name),
            encryption=self._encryption(spec),
            rtmp_password=self._rtmp_password(spec),
            access=self._access,
            destinations=frozenset(declared.name for declared in self._flows.specs),
            maintenance=self._config.settings.maintenance,
            slate_policy=self._slate_policy if spec.images else None,
        )

    def destination_options(
        self, spec: DestinationSpec, *, depends_on: pulumi.Resource
    ) -> pulumi.ResourceOptions:
        """Return the providers, dependencies, protection and aliases of the destination *spec*."""
        options = self.ingresses[spec.flow].region_providers.options(
            protect=spec.protected, depends_on=[depends_on]
        )
        return pulumi.ResourceOptions.merge(options, alias_options(spec))

    def _ingress(self, flow: StackFlow) -> FlowIngress:
        args = FlowIngressArgs(
            flow.key,
            flow.flow,
            flow.source,
            flow.region_providers,
            pushes=any(spec.input_type == "push" for spec in flow.specs),
        )
        ingress = FlowIngress(f"flow-{flow.key}", args, flow.region_providers.options())
        self._monitoring.watch_flow(flow, ingress)
        return ingress

    def _channel_role(self) -> MediaLiveRole:
        home = self._flows.home
        args = MediaLiveRoleArgs(
            home.livestream,
            self._config.settings.permissions_boundary_arn,
            self._flows.account or "*",
            channel_access(*naming.identity(), self._flows.specs),
            sorted({image for spec in self._flows.specs for image in spec.images}),
        )
        return MediaLiveRole("medialive-role", args, home.options())

    def _reader_of_passphrases(self) -> MediaConnectRole | None:
        encrypted = [
            spec
            for spec in self._flows.specs
            if spec.passphrase_name is not None and spec.route == "flow"
        ]
        flows = [self._flows.of(spec).flow for spec in encrypted]
        if not flows:
            return None
        home = self._flows.home
        args = MediaConnectRoleArgs(
            home.livestream,
            flows[0].account,
            sorted({flow.arn for flow in flows}),
            self._config.settings.permissions_boundary_arn,
        )
        return MediaConnectRole("mediaconnect-role", args, home.options())

    def _encryption(self, spec: DestinationSpec) -> Encryption | None:
        if spec.passphrase_name is None:
            return None
        passphrase = self._config.passphrase(spec.passphrase_name)
        if spec.route == "channel":
            return Encryption(passphrase, self._role_arn)
        reader = self._passphrase_reader
        return Encryption(passphrase, reader.arn) if reader else None

    def _rtmp_password(self, spec: DestinationSpec) -> pulumi.Output[str] | None:
        name = spec.rtmp_password_name
        return None if name is None else self._config.rtmp_password(name)

    def _schedule_group(self, ingress: FlowIngress) -> ScheduleGroup:
        region = ingress.region_providers.region
        if region not in self._schedule_groups:
            topic_arn = self._monitoring.topic_arn(ingress)
            args = ScheduleGroupArgs(topic_arn, self._config.settings.permissions_boundary_arn)
            options = ingress.region_providers.options()
            self._schedule_groups[region] = ScheduleGroup(f"schedules-{region}", args, options)
        return self._schedule_groups[region]
