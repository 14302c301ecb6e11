"""One YAML file in destinations/ is one stream: read them all, then build one component each."""

from pathlib import Path

import pulumi

from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from components import fixed_names, pulumi_tuning
from components.api import HttpApi
from components.budget import watch_spending
from components.cost_estimate import CostEstimate
from components.dashboard import Dashboards
from components.stack_config import StackConfig
from components.stack_resources import StackResources
from components.stream_destination import StreamDestination, StreamDestinationArgs

config = StackConfig.load()

try:
    loaded = load(Path("destinations"))
except DestinationValidationError as invalid:
    raise pulumi.RunError(str(invalid)) from None
for warning in loaded.warnings:
    pulumi.log.warn(str(warning))

pulumi.runtime.register_stack_transformation(fixed_names.delete_before_replace)
with pulumi_tuning.applied():
    spending = CostEstimate(config, loaded.specs)
    shared = StackResources(config, loaded.specs)
    roster = shared.roster(loaded.specs)
    destinations = {
        spec.name: StreamDestination(
            spec.name, StreamDestinationArgs.of(spec, shared), shared.options(spec, roster)
        )
        for spec in loaded.specs
    }
    Dashboards(shared, loaded.specs, destinations)
    watch_spending(config, shared)
    if config.api.enabled:
        pulumi.export("apiUrl", HttpApi(config.api, shared).url)

pulumi.export(
    "destinations",
    {name: {**one.summary, **spending.of(name)} for name, one in destinations.items()},
)
pulumi.export("cost", spending.summary)
pulumi.export("quota", shared.quota)
