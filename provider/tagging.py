"""Change the tags of resources in AWS to those that are declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from catalog import suspension
from provider.aws import AwsClients


def retag_medialive(
    aws: AwsClients, arn: str, actual: Mapping[str, str], declared: Mapping[str, str]
) -> None:
    """Make the tags of a MediaLive resource *declared*."""
    _retag(aws, arn, actual, declared, (aws.medialive.create_tags, aws.medialive.delete_tags))


def retag_mediaconnect(
    aws: AwsClients, arn: str, actual: Mapping[str, str], declared: Mapping[str, str]
) -> None:
    """Make the tags of a MediaConnect resource *declared*."""
    client = aws.mediaconnect
    _retag(aws, arn, actual, declared, (client.tag_resource, client.untag_resource))


def as_map(listed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return tags that AWS lists as {Key, Value} by their keys."""
    return {tag["Key"]: tag["Value"] for tag in listed}


def without_aws_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return *tags* without those that AWS itself set, which nobody can change."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def declarable(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the *tags* that a deployment declares, and neither AWS nor an operator sets."""
    return {key: value for key, value in without_aws_tags(tags).items() if key != suspension.KEY}


def _retag(
    aws: AwsClients,
    arn: str,
    actual: Mapping[str, str],
    declared: Mapping[str, str],
    operations: tuple[Callable[..., object], Callable[..., object]],
) -> None:
    """Change tags by *operations*, which add tags and remove them."""
    tag, untag = operations
    changed = {key: value for key, value in declared.items() if actual.get(key) != value}
    surplus = sorted(actual.keys() - declared.keys())
    if changed:
        aws.call(lambda: tag(ResourceArn=arn, Tags=changed), action=f"tag {arn}")
    if surplus:
        aws.call(lambda: untag(ResourceArn=arn, TagKeys=surplus), action=f"untag {arn}")
