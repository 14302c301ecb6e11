"""What all destinations share: each is made once, by the first that needs it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pulumi

from catalog import alarms, names
from catalog.errors import LunoraError
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from catalog.rules.account import flow_carries, name_too_long, role_is_here
from catalog.rules.cross_file import duplicate_streams
from catalog.rules.flow import OUTPUTS_PER_FLOW, duplicate_flows, flow_has_room, source_fits
from components import adoption, livestream, lookups, quota
from components.alarms import Watched, metric_alarms
from components.direct_output import Encryption
from components.flow_ingress import FlowIngress
from components.mediaconnect_role import MediaConnectRole
from components.medialive_role import MediaLiveRole
from components.notifications import Notifications
from components.quota import QuotaHeadroom
from components.region_providers import RegionProviders
from components.renames import alias_options
from components.schedule import ScheduleGroup
from components.stack_config import StackConfig
from components.stream_keys import StreamKeys


class StackResources:
    """Everything destinations share, built from the configuration and what the files name."""

    def __init__(self, config: StackConfig, specs: Iterable[DestinationSpec]) -> None:
        specs = tuple(specs)
        self._adopted = adoption.load(specs)
        _refuse(
            name_too_long(
                pulumi.get_project(), pulumi.get_stack(), [one.original_name for one in specs]
            )
        )
        _refuse(duplicate_streams(specs, config.known_keys(specs)))
        self._config = config
        self._connections: dict[str, RegionProviders] = {}
        self._notifications: dict[str, Notifications] = {}
        self._flow_rooms: dict[str, QuotaHeadroom] = {}
        self._schedules: dict[str, ScheduleGroup] = {}
        self._ingresses = {
            key: self._ingress(key, [spec for spec in specs if key in spec.flows])
            for key in sorted({key for spec in specs for key in spec.flows})
        }
        _refuse(duplicate_flows({key: one.flow.arn for key, one in self._ingresses.items()}))
        if config.media_live_role_arn and self._ingresses:
            _refuse(role_is_here(config.media_live_role_arn, self.account))
        home = self._connection(config.region)
        self.home = home
        self.quota = self._quota(specs)
        self.boundary = config.permissions_boundary_arn
        self.role_arn: pulumi.Input[str] = (
            config.media_live_role_arn or MediaLiveRole(home, boundary=self.boundary).arn
        )
        self.keys = StreamKeys(config, self.ingress)
        self._reader = self._reading(specs)

    def ingress(self, spec: DestinationSpec) -> FlowIngress:
        """Return the way in of the flow that feeds *spec*."""
        return self._ingresses[spec.flow]

    def adopted(self, spec: DestinationSpec) -> ManifestEntry | None:
        """Return what a former system left of *spec*, if it did."""
        return self._adopted.get(spec.original_name)

    @property
    def ingresses(self) -> tuple[FlowIngress, ...]:
        """The ways in of all flows, by their keys."""
        return tuple(self._ingresses.values())

    @property
    def account(self) -> str:
        """Whose account this is, as its flows say."""
        return self.ingresses[0].flow.account

    def options(
        self, spec: DestinationSpec, roster: livestream.DestinationSet
    ) -> pulumi.ResourceOptions:
        """Return how *spec* is built: where, after what, and under which names it is known."""
        here = pulumi.ResourceOptions(
            providers=self.ingress(spec).connection.providers,
            protect=spec.protected,
            depends_on=[roster],
        )
        return pulumi.ResourceOptions.merge(here, alias_options(spec))

    def topic_arn(self, ingress: FlowIngress) -> pulumi.Output[str]:
        """Return who is told of what happens in the region of *ingress*; alarms know no other."""
        connection = ingress.connection
        if connection.region not in self._notifications:
            self._notifications[connection.region] = Notifications(
                f"notifications-{connection.region}",
                region=connection.region,
                account=ingress.flow.account,
                emails=self._config.alert_emails,
                opts=pulumi.ResourceOptions(providers=connection.providers),
            )
        return self._notifications[connection.region].topic_arn

    def backup_ingress(self, spec: DestinationSpec) -> FlowIngress | None:
        """Return the way in of the flow that takes over, if there is one.

        Raises:
            pulumi.RunError: when it is in another region, where the channel's inputs cannot be.
        """
        if spec.backup_flow is None:
            return None
        first, backup = self.ingress(spec), self._ingresses[spec.backup_flow]
        if first.connection.region != backup.connection.region:
            raise pulumi.RunError(
                f"{spec.name}: flow {spec.flow} is in {first.connection.region} and its backup"
                f" {spec.backup_flow} in {backup.connection.region}; name a backup of the same"
                " region"
            )
        return backup

    def roster(self, specs: Iterable[DestinationSpec]) -> livestream.DestinationSet:
        """Build the guard against deletions nobody meant, on which all destinations depend."""
        specs = tuple(specs)
        return livestream.DestinationSet(
            "roster",
            livestream.DestinationSetArgs(
                project=pulumi.get_project(),
                stack=pulumi.get_stack(),
                destinations=[spec.name for spec in specs],
                origins={spec.name: spec.original_name for spec in specs},
                previous_names={s.name: list(s.previous_names) for s in specs if s.previous_names},
                streams={spec.name: self.keys.stream(spec) for spec in specs},
                max_removals=self._config.removals.max,
                max_removal_percent=self._config.removals.percent,
                confirmed_removals=int(os.environ.get("LUNORA_CONFIRM_REMOVALS") or 0) or None,
            ),
            opts=pulumi.ResourceOptions(provider=self.home.livestream),
        )

    def schedules(self, spec: DestinationSpec) -> ScheduleGroup | None:
        """Return where the schedules of *spec* belong, if it has some."""
        if spec.schedule is None:
            return None
        ingress = self.ingress(spec)
        connection = ingress.connection
        if connection.region not in self._schedules:
            options = pulumi.ResourceOptions(providers=connection.providers)
            topic_arn = self.topic_arn(ingress)
            made = ScheduleGroup(
                f"schedules-{connection.region}", topic_arn, options, boundary=self.boundary
            )
            self._schedules[connection.region] = made
        return self._schedules[connection.region]

    def encryption(self, spec: DestinationSpec) -> Encryption | None:
        """Return what encrypts the stream of *spec*, if anything does."""
        return self.keys.encryption(spec, self._reader)

    def _reading(self, specs: Iterable[DestinationSpec]) -> MediaConnectRole | None:
        """Build the role that reads passphrases, where there are some."""
        flows = [self.ingress(spec).flow for spec in specs if spec.passphrase_name is not None]
        if not flows:
            return None
        arns = sorted({flow.arn for flow in flows})
        return MediaConnectRole(self.home, flows[0].account, arns, boundary=self.boundary)

    def _quota(self, specs: tuple[DestinationSpec, ...]) -> dict[str, Any]:
        """Check every region's room; return that of the stack's own and of each flow."""
        rooms = {
            region: quota.headroom(
                connection.livestream,
                region,
                [
                    one
                    for one in specs
                    if one.route == "channel" and self.ingress(one).connection is connection
                ],
                self._adopted,
            )
            for region, connection in self._connections.items()
        }
        return {
            **{kind: asdict(room) for kind, room in rooms[self.home.region].items()},
            "flowOutputs": {key: asdict(room) for key, room in self._flow_rooms.items()},
        }

    def _connection(self, region: str) -> RegionProviders:
        if region not in self._connections:
            self._connections[region] = RegionProviders(
                region, endpoint=self._config.endpoint, dry_run=self._config.dry_run
            )
        return self._connections[region]

    def _ingress(self, key: str, specs: list[DestinationSpec]) -> FlowIngress:
        ref = self._config.flow(key)
        connection = self._connection(ref.region or self._config.region)
        flow = lookups.get_flow(name=ref.name, arn=ref.arn, provider=connection.livestream)
        project, stack = pulumi.get_project(), pulumi.get_stack()
        planned = {
            output
            for spec in specs
            for output in names.parts(project, stack, spec, self.adopted(spec)).outputs
        }
        _refuse(flow_has_room(flow.name, existing=flow.outputs, planned=planned))
        for spec in specs:
            _refuse(source_fits(spec, ref.source) if spec.route == "flow" else None)
        wanted = len(planned | set(flow.outputs))
        heavy = flow_carries(flow.name, outputs=wanted, mbps=ref.source.mbps)
        if heavy:
            pulumi.log.warn(str(heavy))
        self._flow_rooms[key] = QuotaHeadroom(wanted, OUTPUTS_PER_FLOW)
        ingress = FlowIngress(key, connection, flow, ref.source)
        self._watch(f"flow-{key}", ingress, specs)
        return ingress

    def _watch(self, name: str, ingress: FlowIngress, specs: list[DestinationSpec]) -> None:
        project, stack = pulumi.get_project(), pulumi.get_stack()
        watched = Watched(
            physical_name=names.physical_name(project, stack, name),
            namespace=alarms.MEDIACONNECT,
            dimensions={"FlowARN": ingress.flow.arn},
            topic_arn=self.topic_arn(ingress),
            tags=names.shared_tags(project, stack),
        )
        metric_alarms(name, alarms.flow_alarms(specs), watched, ingress)


def _refuse(error: LunoraError | None) -> None:
    if error:
        raise pulumi.RunError(str(error))
