"""The providers of one region, of Amazon or of an emulator."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from components import livestream
from provider import credentials
from provider.layout import LAYOUT

SERVICES = (
    "budgets",
    "cloudwatch",
    "cloudwatchevents",
    "cloudwatchlogs",
    "iam",
    "lambda",
    "scheduler",
    "secretsmanager",
    "sns",
    "ssm",
    "sts",
)
"""The services that the program uses, by the names that pulumi-aws has for them on the wire."""


class RegionProviders:
    """The providers of one region.

    Args:
        region: the region.
        endpoint: address of an emulator; None is Amazon.
        dry_run: whether previews ask AWS if it accepts changed channel settings.
    """

    def __init__(self, region: str, *, endpoint: str | None, dry_run: bool = False) -> None:
        self.region = region
        self.aws = _embedded_aws(region, endpoint) if endpoint else _amazon(region)
        self.livestream = livestream.Provider(
            f"livestream-{region}",
            livestream.ProviderArgs(
                region=region, endpoint=endpoint, layout=LAYOUT, dry_run=dry_run or None
            ),
        )

    def options(self, **more: Any) -> pulumi.ResourceOptions:
        """Return the options of a top-level component of this region."""
        return pulumi.ResourceOptions(providers=[self.aws, self.livestream], **more)


def _amazon(region: str) -> aws.Provider:
    return aws.Provider(f"aws-{region}", region=region)


def _embedded_aws(region: str, endpoint: str) -> aws.Provider:
    endpoints: Any = [dict.fromkeys(SERVICES, endpoint)]
    placeholders = credentials.for_endpoint(endpoint)
    return aws.Provider(
        f"aws-{region}",
        region=region,
        access_key=placeholders.get("aws_access_key_id"),
        secret_key=placeholders.get("aws_secret_access_key"),
        skip_credentials_validation=True,
        skip_metadata_api_check=True,
        skip_requesting_account_id=True,
        skip_region_validation=True,
        endpoints=endpoints,
    )
