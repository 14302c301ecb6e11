"""All of MediaLive in one region, as a table of operations."""

from __future__ import annotations

from typing import Any

from localaws.medialive.account import Account
from localaws.medialive.batches import Batches
from localaws.medialive.service import Region
from localaws.medialive.thumbnails import Thumbnails


class MediaLive(Batches, Thumbnails, Account):
    """Its methods are named after the operations, in snake case."""

    def __init__(self, region: Region) -> None:
        self.region = region

    def create_tags(self, members: dict[str, Any]) -> dict[str, Any]:
        """Add tags to any resource, at any time."""
        self.region.by_arn(members["ResourceArn"]).members["Tags"].update(members.get("Tags", {}))
        return {}

    def delete_tags(self, members: dict[str, Any]) -> dict[str, Any]:
        """Remove tags."""
        tags = self.region.by_arn(members["ResourceArn"]).members["Tags"]
        for key in members["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, members: dict[str, Any]) -> dict[str, Any]:
        """Show the tags of a resource."""
        return {"Tags": self.region.tags_of(members["ResourceArn"])}
