"""Guards: refusals before anything is built, and the one in the plan against mass deletion."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pulumi

from catalog import names
from catalog.channel_access import channel_access
from catalog.errors import LunoraError
from catalog.import_manifest import ManifestEntry
from catalog.loader import load
from catalog.model import DestinationSpec
from catalog.rules.account import (
    flow_carries,
    invalid_aws_name,
    own_role_needs_access,
    role_is_here,
    unmanaged_slate_role,
)
from catalog.rules.cross_file import duplicate_streams
from catalog.rules.flow import (
    OUTPUTS_PER_FLOW,
    duplicate_flows,
    flow_has_room,
    one_zone,
    source_fits,
    zones_fit,
)
from catalog.rules.frame_rate import warn_about_conversion
from catalog.rules.logo import unwatched_logo
from catalog.rules.smart_crop import feed_is_here
from components import livestream, naming, quota
from components.errors import refuse
from components.quota import QuotaHeadroom
from components.stack_config import StackConfig
from components.stack_flows import StackFlow, StackFlows
from components.stream_keys import StreamKeys
from provider import declared_members

CONFIRM_REMOVALS: Final = "LUNORA_CONFIRM_REMOVALS"
"""Environment variable that confirms as many removals as it names."""


def load_destinations(config: StackConfig) -> tuple[DestinationSpec, ...]:
    """Return the destinations of the stack's files, and print warnings.

    Args:
        config: names the folder, and the flows that files may name.

    Raises:
        DestinationValidationError: with all errors of all files.
    """
    settings = config.settings
    loaded = load(
        Path(settings.destinations),
        flows=settings.flows,
        sources=settings.sources,
        maintenance=settings.maintenance,
        checks=(declared_members.findings,),
    )
    for warning in loaded.warnings:
        pulumi.log.warn(str(warning))
    return loaded.specs


def check_files(config: StackConfig, specs: Iterable[DestinationSpec]) -> None:
    """Check names and stream keys.

    Raises:
        LunoraError: the refusal.
    """
    specs = tuple(specs)
    original_names = [spec.original_name for spec in specs]
    refuse(invalid_aws_name(*naming.identity(), original_names))
    refuse(duplicate_streams(specs, config.known_keys(specs)))


def check_account(
    config: StackConfig, flows: StackFlows, adopted: Mapping[str, ManifestEntry]
) -> dict[str, Any]:
    """Check flows, role and quotas, and return the stack output `quota`.

    Raises:
        LunoraError: the refusal.
    """
    outputs = {key: _check_flow(flow, adopted) for key, flow in flows.by_key.items()}
    refuse(duplicate_flows({key: f.flow.arn for key, f in flows.by_key.items()}))
    role_arn = config.settings.media_live_role_arn
    if role_arn and flows.account:
        refuse(role_is_here(role_arn, flows.account))
    zones = {key: stack_flow.flow.zone for key, stack_flow in flows.by_key.items()}
    project, stack = naming.identity()
    own_roles = {
        spec.name: own
        for spec in flows.specs
        if (own := _own_role(spec, role_arn, adopted)) is not None
        and channel_access(project, stack, [spec])
    }
    if needed := own_role_needs_access(own_roles):
        pulumi.log.warn(str(needed))
    for spec in flows.specs:
        _check_backup(spec, flows)
        refuse(zones_fit(spec, zones))
        refuse(feed_is_here(spec, flows.of(spec).region_providers.region, flows.account))
        role = unmanaged_slate_role(spec, _own_role(spec, role_arn, adopted))
        logo = unwatched_logo(spec, watched=config.settings.watchdog.enabled)
        for warning in filter(None, (one_zone(spec, zones), role, logo)):
            pulumi.log.warn(str(warning))
    rooms = {
        region: quota.headroom(
            region_providers,
            [
                spec
                for spec in flows.specs
                if spec.route == "channel" and flows.of(spec).region_providers is region_providers
            ],
            adopted,
        )
        for region, region_providers in flows.regions.items()
    }
    home = rooms[flows.home.region]
    return {
        **{kind: asdict(room) for kind, room in home.items()},
        "flowOutputs": {key: asdict(room) for key, room in outputs.items()},
    }


def _own_role(
    spec: DestinationSpec, role_arn: str | None, adopted: Mapping[str, ManifestEntry]
) -> str | None:
    """Return the role of the channel of *spec* where the program does not make it."""
    entry = adopted.get(spec.original_name)
    return entry.channel.role_arn if entry else role_arn


def destination_set(
    config: StackConfig, flows: StackFlows, keys: StreamKeys
) -> livestream.DestinationSet:
    """Create the guard against unintended deletions, on which all destinations depend.

    Raises:
        LunoraError: when the confirmation of removals is not a number.
    """
    project, stack = naming.identity()
    specs, removals = flows.specs, config.settings.removals
    return livestream.DestinationSet(
        names.DESTINATION_SET,
        livestream.DestinationSetArgs(
            project=project,
            stack=stack,
            destinations=[spec.name for spec in specs],
            origins={spec.name: spec.original_name for spec in specs},
            previous_names={s.name: list(s.previous_names) for s in specs if s.previous_names},
            # None, so that nothing changes for a stack without any.
            protected=[spec.name for spec in specs if spec.protected] or None,
            streams={spec.name: keys.stream_fingerprint(spec) for spec in specs},
            max_removals=removals.max,
            max_removal_percent=removals.percent,
            confirmed_removals=confirmed_removals(),
        ),
        opts=pulumi.ResourceOptions(
            provider=flows.home.livestream,
            # Of older versions, and of states of layout 1.
            aliases=[
                pulumi.Alias(name="roster"),
                pulumi.Alias(name="roster", type_="livestream:index:Roster"),
            ],
        ),
    )


def confirmed_removals() -> int | None:
    """Return the number of removals that the run's environment confirms; None without one.

    Raises:
        LunoraError: when it is not a number.
    """
    text = os.environ.get(CONFIRM_REMOVALS) or "0"
    if not (text.isascii() and text.isdecimal()):
        message = f"{CONFIRM_REMOVALS} is not a number"
        remedy = f"set it to the number of destinations to remove: {CONFIRM_REMOVALS}=3"
        raise LunoraError("LUN209", message, remedy=remedy)
    return int(text) or None


def _check_flow(flow: StackFlow, adopted: Mapping[str, ManifestEntry]) -> QuotaHeadroom:
    planned = {
        output
        for spec in flow.specs
        for output in naming.parts(spec, adopted.get(spec.original_name)).outputs
    }
    existing = flow.flow.outputs
    refuse(flow_has_room(flow.flow.name, existing=existing, planned=planned))
    for spec in flow.specs:
        if spec.route == "flow":
            refuse(source_fits(spec, flow.source))
    outputs = len(planned | set(existing))
    warning = flow_carries(flow.flow.name, outputs=outputs, mbps=flow.source.mbps)
    for problem in (*([warning] if warning else []), *source_warnings(flow)):
        pulumi.log.warn(str(problem))
    return QuotaHeadroom(outputs, OUTPUTS_PER_FLOW)


def source_warnings(flow: StackFlow) -> Iterator[LunoraError]:
    """Yield what is amiss with the source that arrives at *flow*.

    Uneven conversions of a declared frame rate are warnings about the files. Where none is
    declared, the rate that arrives counts.
    """
    difference = flow.flow.arriving.difference(flow.key, flow.source)
    if difference is not None:
        yield difference
    arriving = flow.flow.arriving.completed(flow.source)
    if arriving == flow.source:
        return
    for spec in flow.specs:
        if spec.has_known_encoding:
            for finding in warn_about_conversion(spec, {flow.key: arriving}):
                yield LunoraError(finding.code, f"{spec.name}: {finding.message}")


def _check_backup(spec: DestinationSpec, flows: StackFlows) -> None:
    if spec.backup_flow is None:
        return
    region = flows.of(spec).region_providers.region
    backup_region = flows.by_key[spec.backup_flow].region_providers.region
    if region != backup_region:
        raise LunoraError(
            "LUN211",
            f"{spec.name}: flow {spec.flow} is in {region} and its backup {spec.backup_flow} in"
            f" {backup_region}",
            remedy="name a backup of the same region",
        )
