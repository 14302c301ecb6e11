"""getQuotas: usage of MediaLive in a region, and the quotas of the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from pydantic import Field

from catalog import channel_states
from catalog.names import shared_tags
from catalog.quotas import quotas
from provider.channel_listing import list_channels
from provider.ownership import in_same_stack
from provider.resource import ResourceError
from provider.typed_resource import Inputs, Outputs, TypedFunction

_LIMIT_SECONDS = 10.0


class GetQuotasArguments(Inputs):
    """Arguments of `getQuotas`."""

    uhd: bool = Field(
        False,  # noqa: FBT003 - a default
        description="Whether to read the quota of UHD channels as well.",
    )

    project: str | None = Field(None, description="Pulumi project.")
    stack: str | None = Field(None, description="Pulumi stack.")


class ExistingUsage(Outputs):
    """Usage of one quota in a region."""

    names: list[str] = Field(
        description="Names of all resources that count, sorted; empty where one has none."
    )
    destinations: dict[str, str] = Field(
        default_factory=dict,
        description="By name, the destination of a resource of the stack, from its tag.",
    )
    limit: int | None = Field(None, description="The quota; none where it could not be read.")


class GetQuotasResult(Outputs):
    """Result of `getQuotas`."""

    channels: ExistingUsage = Field(description="Usage of the quota of channels.")
    push_inputs: ExistingUsage = Field(description="Usage of the quota of push inputs.")
    uhd_limit: int | None = Field(
        None, description="Quota of UHD channels, whose use no listing shows."
    )


class GetQuotas(TypedFunction[GetQuotasArguments, GetQuotasResult]):
    """Return the channels and push inputs of the region, and their quotas."""

    token = "livestream:index:getQuotas"  # noqa: S105 - a function token
    arguments = GetQuotasArguments
    result = GetQuotasResult

    def call(self, arguments: GetQuotasArguments) -> GetQuotasResult:
        """List channels and inputs, and read the quotas."""
        ours = shared_tags(arguments.project or "", arguments.stack or "")
        return GetQuotasResult(
            channels=self._usage(self._channels(), "channels", ours),
            push_inputs=self._usage(self._push_inputs(), "pushInputs", ours),
            uhd_limit=self._limit("uhdChannels") if arguments.uhd else None,
        )

    def _usage(self, listed: list[Any], kind: str, ours: Mapping[str, Any]) -> ExistingUsage:
        existing = [entry for entry in listed if entry["State"] not in channel_states.DELETED]
        destinations = {
            entry["Name"]: entry["Tags"]["Destination"]
            for entry in existing
            if in_same_stack(entry.get("Tags", {}), ours)
            and "Destination" in entry["Tags"]
            and "Name" in entry
        }
        names = sorted(entry.get("Name", "") for entry in existing)
        return ExistingUsage(names=names, destinations=destinations, limit=self._limit(kind))

    def _channels(self) -> list[Any]:
        medialive = self._aws.medialive
        return self._aws.call(lambda: list_channels(medialive), action="list channels")

    def _push_inputs(self) -> list[Any]:
        pages = self._aws.medialive.get_paginator("list_inputs")

        def listing() -> list[Any]:
            inputs = (entry for page in pages.paginate() for entry in page["Inputs"])
            return [entry for entry in inputs if entry["Type"].endswith("_PUSH")]

        return self._aws.call(listing, action="list inputs")

    def _limit(self, kind: str) -> int | None:
        """Return the quota in force; None where it cannot be read by its code."""
        client, code = self._aws.client("service-quotas"), quotas().codes[kind]
        try:
            answer = self._aws.call(
                lambda: client.get_service_quota(ServiceCode="medialive", QuotaCode=code),
                action=f"read quota {code}",
                # Worth a moment only: a run goes on without it.
                deadline=self._aws.clock() + _LIMIT_SECONDS,
            )
        except (ClientError, ResourceError):
            return None
        return int(answer["Quota"]["Value"])
