"""The program: each YAML file in destinations/ is one stream, built as one component."""

import pulumi

from components import adoption, fixed_names, guards, pulumi_tuning
from components.api import HttpApi, HttpApiArgs
from components.budget import SpendingBudget, SpendingBudgetArgs
from components.cost_estimate import CostEstimate
from components.dashboard import Dashboards, DashboardsArgs
from components.errors import reported
from components.stack_config import StackConfig
from components.stack_flows import StackFlows
from components.stack_resources import StackResources
from components.stream_destination import StreamDestination
from components.stream_keys import StreamKeys
from components.watchdog import watchdogs

pulumi.runtime.register_stack_transformation(fixed_names.delete_before_replace)
with reported(), pulumi_tuning.applied():
    config = StackConfig.load()
    specs = guards.load_destinations(config)
    adopted = adoption.load(specs)
    guards.check_files(config, specs)
    costs = CostEstimate(config, specs, adopted)
    flows = StackFlows(config, specs)
    quota = guards.check_account(config, flows, adopted)
    budget = SpendingBudgetArgs.from_settings(config.settings, flows.account)
    keys = StreamKeys(config, flows)
    guard = guards.destination_set(config, flows, keys)

    shared = StackResources(config, flows, keys, adopted)
    destinations = {
        spec.name: StreamDestination(
            spec.name,
            shared.destination_args(spec),
            shared.destination_options(spec, depends_on=guard),
        )
        for spec in specs
    }
    home = flows.home.options()
    Dashboards("dashboards", DashboardsArgs.of(shared, destinations.values()), home)
    watchdogs(config, flows, shared)
    if budget is not None:
        SpendingBudget("budget", budget, home)
    if config.settings.api.enabled:
        pulumi.export("apiUrl", HttpApi("api", HttpApiArgs.of(config, flows, shared), home).url)

summaries = {name: {**d.summary, **costs.of(name)} for name, d in destinations.items()}
pulumi.export("destinations", summaries)
pulumi.export("cost", costs.summary)
pulumi.export("quota", quota)
