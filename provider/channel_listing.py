"""Listing of the channels of a region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_medialive import MediaLiveClient

# The most that ListChannels takes.
_LARGEST_PAGE = 1000


def list_channels(medialive: MediaLiveClient) -> list[Any]:
    """Return the channels of the region as ListChannels shows them.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    pages = medialive.get_paginator("list_channels").paginate(
        PaginationConfig={"PageSize": _LARGEST_PAGE}
    )
    return [summary for page in pages for summary in page["Channels"]]
