"""getQuotas: what of MediaLive a region holds, and how much the account may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from provider.aws import Aws
from provider.resource import Properties, ResourceError

TOKEN = "livestream:index:getQuotas"  # noqa: S105 - a function token

# Codes: public Terraform code and quota checks, found 2026-11; unverified on an account. A quota
# that cannot be read by its code counts as unknown.
_CHANNELS, _PUSH_INPUTS = "L-D1AFAF75", "L-9E233AF7"
_LIMIT_SECONDS = 10.0
_GONE = frozenset({"DELETING", "DELETED"})


class GetQuotas:
    """What there is of each kind, and may be.

    Arguments: `project` and `stack`. Result: `channels` and `pushInputs`, each
    `{names, destinations, limit}`: the names of all there are, for those of the stack the value of
    their tag Destination by name, and the quota; what is not known or empty is left out.
    """

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def __call__(self, arguments: Properties) -> Properties:
        """List what there is and read the quotas."""
        ours = {
            "ManagedBy": "lunora",
            "Project": arguments.get("project"),
            "Stack": arguments.get("stack"),
        }
        return {
            "channels": self._held(self._channels(), _CHANNELS, ours),
            "pushInputs": self._held(self._push_inputs(), _PUSH_INPUTS, ours),
        }

    def _held(self, listed: list[Any], code: str, ours: Mapping[str, Any]) -> Properties:
        there = [one for one in listed if one["State"] not in _GONE]
        tags = {one["Name"]: one.get("Tags", {}) for one in there}
        destinations = {
            name: carried["Destination"]
            for name, carried in tags.items()
            if ours.items() <= carried.items() and "Destination" in carried
        }
        limit = self._limit(code)
        return {
            "names": sorted(one["Name"] for one in there),
            **({"destinations": destinations} if destinations else {}),
            **({} if limit is None else {"limit": limit}),
        }

    def _channels(self) -> list[Any]:
        pages = self._aws.medialive.get_paginator("list_channels")

        def listing() -> list[Any]:
            return [channel for page in pages.paginate() for channel in page["Channels"]]

        return self._aws.call(listing, what="list channels")

    def _push_inputs(self) -> list[Any]:
        pages = self._aws.medialive.get_paginator("list_inputs")

        def listing() -> list[Any]:
            found = (one for page in pages.paginate() for one in page["Inputs"])
            return [one for one in found if one["Type"].endswith("_PUSH")]

        return self._aws.call(listing, what="list inputs")

    def _limit(self, code: str) -> int | None:
        client = self._aws.client("service-quotas")
        try:
            answer = self._aws.call(
                lambda: client.get_service_quota(ServiceCode="medialive", QuotaCode=code),
                what=f"read quota {code}",
                # Worth a moment only: a run goes on without it.
                deadline=self._aws.clock() + _LIMIT_SECONDS,
            )
        except (ClientError, ResourceError):
            return None
        return int(answer["Quota"]["Value"])
