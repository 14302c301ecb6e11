"""`python -m provider ENGINE`: serves the plugin `livestream`."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from catalog.aws_settings import AwsSettings
from provider import host, layout
from provider.aws import DEADLINE_SECONDS, RETRY_TIMEOUT, AwsClients
from provider.channel_resource import Channel
from provider.delete_orphan import DeleteOrphan
from provider.destination_set import DestinationSet
from provider.flow import GetFlow
from provider.flow_input import FlowInput
from provider.flow_output import FlowOutput
from provider.input_security_group import InputSecurityGroup
from provider.push_input import PushInput
from provider.quotas import GetQuotas
from provider.resource import Configured, Package, ResourceError
from provider.schema import Served
from provider.typed_resource import Inputs

VERSION = importlib.metadata.version("lunora-player")


class Configuration(Inputs):
    """Configuration of the provider."""

    region: str = Field(description="AWS region.")
    endpoint: str | None = Field(None, description="URL of an emulator; Amazon's without one.")
    layout: str | None = Field(
        None, description="Layout of the stack's state (docs/how-to/migrate.md)."
    )
    dry_run: bool = Field(
        False,  # noqa: FBT003 - a default
        description="Whether a preview asks AWS by DryRun if it accepts settings.",
    )
    profile: str | None = Field(None, description="Profile of the AWS configuration files.")
    allowed_account_ids: list[str] | None = Field(
        None, description="The only accounts to work in; any without it."
    )
    forbidden_account_ids: list[str] | None = Field(None, description="Accounts never to work in.")
    assume_roles: list[dict[str, str]] | None = Field(
        None, description="Roles to assume in turn: roleArn, externalId, sessionName."
    )


SERVED = Served(
    name="livestream",
    version=VERSION,
    configuration=Configuration,
    resources=(InputSecurityGroup, PushInput, FlowInput, FlowOutput, Channel, DestinationSet),
    functions=(GetFlow, GetQuotas, DeleteOrphan),
)


class Livestream:
    """The plugin's configuration: one connection to AWS, shared by all it serves."""

    def __init__(self) -> None:
        self._aws: AwsClients | None = None

    def configure(self, variables: Mapping[str, Any]) -> Configured:
        """Build everything for `region` and, on an emulator, `endpoint`."""
        layout.require_present(variables)
        region = variables.get("region")
        if not isinstance(region, str):
            raise ResourceError(
                "LUN350",
                "cannot configure the provider: it has no region",
                remedy="set aws:region",
            )
        aws = self._aws = AwsClients(
            region,
            endpoint=variables.get("endpoint"),
            patience=_patience(os.environ),
            dry_run=variables.get("dryRun") is True,
            settings=AwsSettings.of_provider(variables),
        )
        return Configured(
            resources={
                token: instance
                for instance in [resource(aws) for resource in SERVED.resources]
                for token in (instance.token, *instance.former_tokens)
            },
            functions={function.token: function(aws) for function in SERVED.functions},
        )

    def cancel(self) -> None:
        """Let operations that wait end."""
        if self._aws is not None:
            self._aws.cancel()


def _patience(environment: Mapping[str, str]) -> float:
    text = environment.get(RETRY_TIMEOUT)
    try:
        seconds = DEADLINE_SECONDS if text is None else float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= DEADLINE_SECONDS:
        most = f"{DEADLINE_SECONDS:.0f}"
        raise ResourceError(
            "LUN350",
            f"cannot configure the provider: {RETRY_TIMEOUT} is {text}",
            remedy=f"set it to seconds, more than 0, at most {most}",
        )
    return seconds


def main() -> None:
    """Serve until the engine ends it."""
    plugin = Livestream()
    engine = sys.argv[1] if len(sys.argv) > 1 else None
    package = Package(SERVED.name, VERSION, plugin.configure, SERVED.schema, layout.check)
    host.serve(package, cancel=plugin.cancel, engine=engine)
    # Threads that still wait for AWS must not hold up the exit the engine asked for.
    os._exit(0)


if __name__ == "__main__":
    main()
