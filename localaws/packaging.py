"""MediaPackage: moto's channels, extended by what an encoder sends to."""

from __future__ import annotations

from typing import Any

from moto.mediapackage import models
from moto.moto_api._internal import mock_random

_INGEST_ENDPOINTS = 2


class Channel(models.Channel):
    """A channel with its ingest endpoints.

    MediaPackage user guide, channels: each has two ingest URLs with a user name and a password of
    their own; botocore, HlsIngest.IngestEndpoints. The host is invented.
    """

    def __init__(self, **members: Any) -> None:
        super().__init__(**members)
        self._ingest = [_ingest_endpoint() for _ in range(_INGEST_ENDPOINTS)]

    def to_dict(self) -> dict[str, Any]:
        """Return it as the API does."""
        return {**super().to_dict(), "hlsIngest": {"ingestEndpoints": self._ingest}}


def _ingest_endpoint() -> dict[str, str]:
    endpoint_id = mock_random.uuid4().hex
    return {
        "id": endpoint_id,
        "url": f"https://{endpoint_id[:16]}.mediapackage.invalid/in/v2/{endpoint_id}/channel",
        "username": mock_random.uuid4().hex,
        "password": mock_random.uuid4().hex,
    }


def install() -> None:
    """Let moto make such channels."""
    models.Channel = Channel  # type: ignore[misc]  # moto's backend looks it up there
