"""Bringing the tags of a thing in AWS to what is declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog import suspension
from provider.aws import AwsClients


def retag_medialive(
    aws: AwsClients, arn: str, actual: Mapping[str, str], declared: Mapping[str, str]
) -> None:
    """Make the tags of a MediaLive resource *declared*."""
    wrong, surplus = _difference(actual, declared)
    if wrong:
        aws.call(
            lambda: aws.medialive.create_tags(ResourceArn=arn, Tags=wrong), action=f"tag {arn}"
        )
    if surplus:
        aws.call(
            lambda: aws.medialive.delete_tags(ResourceArn=arn, TagKeys=surplus),
            action=f"untag {arn}",
        )


def retag_mediaconnect(
    aws: AwsClients, arn: str, actual: Mapping[str, str], declared: Mapping[str, str]
) -> None:
    """Make the tags of a MediaConnect resource *declared*."""
    wrong, surplus = _difference(actual, declared)
    if wrong:
        aws.call(
            lambda: aws.mediaconnect.tag_resource(ResourceArn=arn, Tags=wrong), action=f"tag {arn}"
        )
    if surplus:
        aws.call(
            lambda: aws.mediaconnect.untag_resource(ResourceArn=arn, TagKeys=surplus),
            action=f"untag {arn}",
        )


def as_map(listed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return tags that AWS lists as {Key, Value} by their keys."""
    return {tag["Key"]: tag["Value"] for tag in listed}


def without_aws_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return *tags* without those that AWS itself set, which nobody can change."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def declarable(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the *tags* that a deployment declares, and neither AWS nor an operator sets."""
    return {key: value for key, value in without_aws_tags(tags).items() if key != suspension.KEY}


def _difference(
    actual: Mapping[str, str], declared: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    wrong = {key: value for key, value in declared.items() if actual.get(key) != value}
    return wrong, sorted(actual.keys() - declared.keys())
