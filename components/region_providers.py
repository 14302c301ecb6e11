"""The providers of one region, of Amazon or of an emulator."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from catalog.aws_settings import AwsSettings
from components import livestream
from provider import credentials
from provider.layout import LAYOUT

SERVICES = (
    "budgets",
    "cloudwatch",
    "cloudwatchevents",
    "cloudwatchlogs",
    "dynamodb",
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
        settings: credentials and accounts.
        dry_run: whether previews ask AWS if it accepts changed channel settings.
    """

    def __init__(
        self,
        region: str,
        *,
        endpoint: str | None,
        settings: AwsSettings = AwsSettings(),  # noqa: B008 - immutable
        dry_run: bool = False,
    ) -> None:
        self.region = region
        self.aws = (
            _embedded_aws(region, settings, endpoint) if endpoint else _amazon(region, settings)
        )
        self.livestream = livestream.Provider(
            f"livestream-{region}",
            livestream.ProviderArgs(
                region=region,
                endpoint=endpoint,
                layout=LAYOUT,
                dry_run=dry_run or None,
                profile=settings.profile,
                allowed_account_ids=settings.allowed_account_ids or None,
                forbidden_account_ids=settings.forbidden_account_ids or None,
                assume_roles=settings.variables().get("assumeRoles"),
            ),
        )

    def options(self, **more: Any) -> pulumi.ResourceOptions:
        """Return the options of a top-level component of this region."""
        return pulumi.ResourceOptions(providers=[self.aws, self.livestream], **more)


def _amazon(region: str, settings: AwsSettings) -> aws.Provider:
    return aws.Provider(f"aws-{region}", region=region, **_identity(settings))


def _embedded_aws(region: str, settings: AwsSettings, endpoint: str) -> aws.Provider:
    endpoints: Any = [dict.fromkeys(SERVICES, endpoint)]
    placeholders = {} if settings.profile else credentials.for_endpoint(endpoint)
    is_limited = bool(settings.allowed_account_ids or settings.forbidden_account_ids)
    return aws.Provider(
        f"aws-{region}",
        region=region,
        access_key=placeholders.get("aws_access_key_id"),
        secret_key=placeholders.get("aws_secret_access_key"),
        skip_credentials_validation=True,
        skip_metadata_api_check=True,
        # pulumi-aws compares the account only where it asks for it.
        skip_requesting_account_id=not is_limited,
        skip_region_validation=True,
        endpoints=endpoints,
        **_identity(settings),
    )


def _identity(settings: AwsSettings) -> dict[str, Any]:
    """Return the arguments of pulumi-aws that are given; others would be a change of all stacks."""
    given = {
        "profile": settings.profile,
        "allowed_account_ids": settings.allowed_account_ids,
        "forbidden_account_ids": settings.forbidden_account_ids,
        "assume_roles": settings.variables().get("assumeRoles"),
    }
    return {name: value for name, value in given.items() if value}
