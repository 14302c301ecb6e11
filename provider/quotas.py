"""getQuotas: what of MediaLive a region holds, and how much the account may have."""

from __future__ import annotations

from botocore.exceptions import ClientError

from provider.aws import Aws
from provider.resource import Properties, ResourceError

TOKEN = "livestream:index:getQuotas"  # noqa: S105 - a function token

# Codes: public Terraform code and quota checks, found 2026-11; unverified on an account. A quota
# that cannot be read by its code counts as unknown.
_CHANNELS, _PUSH_INPUTS = "L-D1AFAF75", "L-9E233AF7"
_GONE = frozenset({"DELETING", "DELETED"})


class GetQuotas:
    """Result: `channels` and `pushInputs`, each `{names, limit}`; an unknown limit is left out."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def __call__(self, arguments: Properties) -> Properties:
        """List what there is and read the quotas."""
        del arguments
        return {
            "channels": self._held(self._channels(), _CHANNELS),
            "pushInputs": self._held(self._push_inputs(), _PUSH_INPUTS),
        }

    def _held(self, names: list[str], code: str) -> Properties:
        limit = self._limit(code)
        return {"names": names} if limit is None else {"names": names, "limit": limit}

    def _channels(self) -> list[str]:
        pages = self._aws.medialive.get_paginator("list_channels")

        def listing() -> list[str]:
            found = (channel for page in pages.paginate() for channel in page["Channels"])
            return sorted(one["Name"] for one in found if one["State"] not in _GONE)

        return self._aws.call(listing, what="list channels")

    def _push_inputs(self) -> list[str]:
        pages = self._aws.medialive.get_paginator("list_inputs")

        def listing() -> list[str]:
            found = (one for page in pages.paginate() for one in page["Inputs"])
            push = (one for one in found if one["Type"].endswith("_PUSH"))
            return sorted(one["Name"] for one in push if one["State"] not in _GONE)

        return self._aws.call(listing, what="list inputs")

    def _limit(self, code: str) -> int | None:
        client = self._aws.client("service-quotas")
        try:
            answer = self._aws.call(
                lambda: client.get_service_quota(ServiceCode="medialive", QuotaCode=code),
                what=f"read quota {code}",
            )
        except (ClientError, ResourceError):
            return None
        return int(answer["Quota"]["Value"])
