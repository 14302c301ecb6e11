"""`python -m provider ENGINE`: serves the plugin `livestream`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from provider import flow, host, leftovers, quotas
from provider.aws import DEADLINE_SECONDS, PATIENCE, Aws
from provider.channel_resource import Channel
from provider.flow_output import FlowOutput
from provider.input_security_group import InputSecurityGroup
from provider.push_input import PushInput
from provider.resource import Configured, Package, ResourceError
from provider.roster import Roster

VERSION = "1.0.0"


class Livestream:
    """The plugin's configuration: one connection to AWS, shared by all it serves."""

    def __init__(self) -> None:
        self._aws: Aws | None = None

    def configure(self, variables: Mapping[str, Any]) -> Configured:
        """Build everything for `region` and, on an embedded AWS, `endpoint`."""
        region = variables.get("region")
        if not isinstance(region, str):
            raise ResourceError("the provider livestream needs a region")
        aws = self._aws = Aws(
            region, endpoint=variables.get("endpoint"), patience=_patience(os.environ)
        )
        resources = (
            Channel(aws, dry_run=variables.get("dryRun") is True),
            FlowOutput(aws),
            InputSecurityGroup(aws),
            PushInput(aws),
            Roster(aws),
        )
        return Configured(
            resources={resource.token: resource for resource in resources},
            functions={
                flow.TOKEN: flow.GetFlow(aws),
                quotas.TOKEN: quotas.GetQuotas(aws),
                leftovers.TOKEN: leftovers.ClearLeftover(aws),
            },
        )

    def cancel(self) -> None:
        """Let operations that wait end."""
        if self._aws is not None:
            self._aws.cancel()


def _patience(environment: Mapping[str, str]) -> float:
    said = environment.get(PATIENCE)
    try:
        seconds = DEADLINE_SECONDS if said is None else float(said)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= DEADLINE_SECONDS:
        most = f"{DEADLINE_SECONDS:.0f}"
        raise ResourceError(f"{PATIENCE} is {said}; give it seconds, more than 0, at most {most}")
    return seconds


def main() -> None:
    """Serve until the engine ends it."""
    plugin = Livestream()
    engine = sys.argv[1] if len(sys.argv) > 1 else None
    package = Package("livestream", VERSION, plugin.configure)
    host.serve(package, cancel=plugin.cancel, engine=engine)
    # Threads that still wait for AWS must not hold up the exit the engine asked for.
    os._exit(0)


if __name__ == "__main__":
    main()
