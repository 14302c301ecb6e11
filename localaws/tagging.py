"""The tagging API: moto's, extended by the resources of MediaLive and MediaConnect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
from moto.resourcegroupstaggingapi.models import (
    ResourceGroupsTaggingAPIBackend,
    resourcegroupstaggingapi_backends,
)

from localaws.service_registry import Services


class _MediaLive(BaseBackend, TaggableResourcesMixin):
    """MediaLive's resources of a region, in the form of moto's tagging API."""

    SERVICE_NAMESPACE = "medialive"
    services: ClassVar[Services]

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield all that there is."""
        for arn in self.services.arns(self.SERVICE_NAMESPACE, self.region_name):
            kind = f"{self.SERVICE_NAMESPACE}:{arn.split(':')[5]}"
            yield TaggedResource(arn, self.services.tags_of(arn), kind)

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Add tags."""
        self.services.tag(arn, tags)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Remove tags."""
        self.services.untag(arn, tag_keys)


class _MediaConnect(_MediaLive):
    """MediaConnect's resources of a region, in the form of moto's tagging API."""

    SERVICE_NAMESPACE = "mediaconnect"


_BACKENDS = (BackendDict(_MediaLive, "medialive"), BackendDict(_MediaConnect, "mediaconnect"))


class Tagging(ResourceGroupsTaggingAPIBackend):
    """Makes our services known, since moto looks only at those that were used."""

    # moto finds a backend's addresses beside the module that its class names.
    __module__ = ResourceGroupsTaggingAPIBackend.__module__

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        for backends in _BACKENDS:
            _ = backends[account_id][region_name]


def install(services: Services) -> None:
    """Let moto's tagging API know *services*, from its next reset on."""
    _MediaLive.services = services
    resourcegroupstaggingapi_backends.backend = Tagging
