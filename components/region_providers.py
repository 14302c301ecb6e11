"""How a region is reached: the providers of one region, of Amazon's or of an embedded AWS."""

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
"""What is asked of AWS, by pulumi-aws' names on the wire, where the SDK translates none."""


class RegionProviders:
    """The providers of one region."""

    def __init__(self, region: str, *, endpoint: str | None, dry_run: bool = False) -> None:
        self.region = region
        self.aws = _embedded_aws(region, endpoint) if endpoint else _amazon(region)
        self.livestream = livestream.Provider(
            f"livestream-{region}",
            livestream.ProviderArgs(
                region=region, endpoint=endpoint, layout=LAYOUT, dry_run=dry_run or None
            ),
        )

    @property
    def providers(self) -> list[pulumi.ProviderResource]:
        """What a component passes on to its children."""
        return [self.aws, self.livestream]


def _amazon(region: str) -> aws.Provider:
    return aws.Provider(f"aws-{region}", region=region)


def _embedded_aws(region: str, endpoint: str) -> aws.Provider:
    endpoints: Any = [dict.fromkeys(SERVICES, endpoint)]
    made_up = credentials.for_endpoint(endpoint)
    return aws.Provider(
        f"aws-{region}",
        region=region,
        access_key=made_up.get("aws_access_key_id"),
        secret_key=made_up.get("aws_secret_access_key"),
        skip_credentials_validation=True,
        skip_metadata_api_check=True,
        skip_requesting_account_id=True,
        skip_region_validation=True,
        endpoints=endpoints,
    )
