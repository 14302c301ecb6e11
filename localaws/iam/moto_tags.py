"""Tags of the resources of moto's services, for conditions on `aws:ResourceTag`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from moto.backends import get_backend
from moto.core.resource_tagging import TaggableResourcesMixin

from localaws.medialive.service import ACCOUNT

# Services whose resources carry tags that conditions may name (Service Authorization Reference).
_SERVICES = frozenset({"cloudwatch", "events", "iam", "lambda", "logs", "secretsmanager", "sns"})


def tags_of(arn: str) -> dict[str, str]:
    """Return the tags of the resource with this *arn*; none for what is not there."""
    _, _, service, region, *_ = [*arn.split(":", 5), *[""] * 6]
    # A dashboard has neither region nor tags.
    place = "aws" if service == "iam" else region
    if service not in _SERVICES or not place:
        return {}
    backends: Any = get_backend(cast("Any", service))
    backend = backends[ACCOUNT][place]
    for resource_arn, tags in _tagged(service, backend):
        if _is_same(service, resource_arn, arn):
            return tags
    return {}


def _tagged(service: str, backend: Any) -> Iterator[tuple[str, dict[str, str]]]:
    if service == "iam":
        for role in backend.roles.values():
            yield role.arn, {tag["Key"]: tag["Value"] for tag in role.tags or ()}
    elif service == "events":
        for bus in backend.event_buses.values():
            for rule in bus.rules.values():
                yield rule.arn, backend.tagger.get_tag_dict_for_resource(rule.arn)
    elif isinstance(backend, TaggableResourcesMixin):
        for resource in backend.iter_tagged_resources():
            yield resource.arn, dict(resource.tags)


def _is_same(service: str, resource_arn: str, arn: str) -> bool:
    if service == "secretsmanager" and arn.endswith("-000000"):
        # Asked by name: the six characters after it are not known.
        return resource_arn.rpartition("-")[0] == arn.rpartition("-")[0]
    return resource_arn.removesuffix(":*") == arn.removesuffix(":*")
