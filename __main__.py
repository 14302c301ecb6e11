"""One YAML file in destinations/ is one stream: read them all, then build one component each."""

import os
from pathlib import Path

import pulumi

from catalog.loader import load
from catalog.problems import InvalidDestinations
from components.livestream import Roster
from components.shared import Shared
from components.stack_config import StackConfig
from components.stream_destination import StreamDestination, StreamDestinationArgs

config = StackConfig.load()

try:
    loaded = load(Path("destinations"))
except InvalidDestinations as invalid:
    raise pulumi.RunError(str(invalid)) from None
for warning in loaded.warnings:
    pulumi.log.warn(str(warning))

shared = Shared(config, loaded.specs)
roster = Roster(
    "roster",
    destinations=[spec.name for spec in loaded.specs],
    max_removals=config.removals.max,
    max_removal_percent=config.removals.percent,
    confirmed_removals=int(os.environ.get("LUNORA_CONFIRM_REMOVALS", "0")) or None,
    opts=pulumi.ResourceOptions(provider=shared.home.livestream),
)
destinations = {
    spec.name: StreamDestination(
        spec.name,
        StreamDestinationArgs(spec, shared.ingress(spec), shared.role_arn, shared.stream_key(spec)),
        pulumi.ResourceOptions(
            providers=shared.ingress(spec).connection.providers,
            protect=spec.protected,
            aliases=[pulumi.Alias(name=previous) for previous in spec.previous_names],
            depends_on=[roster],
        ),
    )
    for spec in loaded.specs
}

pulumi.export("destinations", {name: one.summary for name, one in destinations.items()})
