"""`python -m offline.aws_plugin ENGINE`: serves the plugin."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from catalog.aws_settings import AwsSettings
from catalog.stack_settings import setting
from offline.aws_plugin import parameter
from offline.aws_plugin.budget import Budget
from offline.aws_plugin.composite_alarm import CompositeAlarm
from offline.aws_plugin.permission import Permission
from offline.aws_plugin.role import Role
from offline.aws_plugin.table import KINDS
from offline.aws_plugin.table_driven import Simple
from provider import host
from provider.aws import AwsClients
from provider.resource import Configured, Package, ResourceError

# The major version that the program's pulumi-aws SDK wraps.
VERSION = "7.51.1"


class StandIn:
    """The plugin's configuration: one connection to the emulator."""

    def __init__(self) -> None:
        self._aws: AwsClients | None = None

    def configure(self, variables: Mapping[str, Any]) -> Configured:
        """Build everything for the `region` and the loopback address in `endpoints`."""
        endpoint = loopback_endpoint(variables.get("endpoints"))
        settings = AwsSettings.of_provider(variables)
        aws = self._aws = AwsClients(
            str(variables.get("region")), endpoint=endpoint, settings=settings
        )
        aws.check_account()
        resources = (
            Budget(aws),
            CompositeAlarm(aws),
            parameter.Parameter(aws),
            Permission(aws),
            Role(aws),
            *(Simple(aws, kind) for kind in KINDS),
        )
        return Configured(
            resources={resource.token: resource for resource in resources},
            functions={parameter.GET_PARAMETER: parameter.GetParameter(aws)},
        )

    def cancel(self) -> None:
        """Let operations that wait end."""
        if self._aws is not None:
            self._aws.cancel()


def loopback_endpoint(endpoints: Any) -> str:
    """Return the one address in pulumi-aws' `endpoints`.

    Raises:
        ResourceError: when there is none, or one that is not on this machine.
    """
    named = {
        url for entry in endpoints or [] for url in entry.values() if isinstance(url, str) and url
    }
    for url in named:
        try:
            if ipaddress.ip_address(urlsplit(url).hostname or "").is_loopback:
                continue
        except ValueError:
            pass
        raise ResourceError(
            "LUN350", f"the stand-in AWS plugin talks to loopback only, not to {url}"
        )
    if len(named) != 1:
        raise ResourceError(
            "LUN350",
            "the stand-in AWS plugin talks only to an emulator",
            remedy=f"set {setting('endpoint')}, or install the official plugin with"
            " `pulumi plugin install resource aws`",
        )
    return named.pop()


def main() -> None:
    """Serve until the engine ends it."""
    plugin = StandIn()
    host.serve(Package("aws", VERSION, plugin.configure), cancel=plugin.cancel)
    # Threads that still wait for AWS must not hold up the exit the engine asked for.
    os._exit(0)


if __name__ == "__main__":
    main()
