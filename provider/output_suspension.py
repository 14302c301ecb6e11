"""Suspension of a flow output, by the tag that channels have too (catalog/suspension.py)."""

from __future__ import annotations

from catalog import suspension
from catalog.suspension import Suspension
from provider import tagging
from provider.aws import AwsClients


def suspend(aws: AwsClients, arn: str, new: Suspension) -> None:
    """Keep the watchdog from enabling the output with this *arn*.

    Raises:
        ResourceError: when AWS refuses.
        ClientError: when the output is gone.
    """
    tagging.retag_mediaconnect(aws, arn, {}, {suspension.KEY: new.tag_value()})


def resume(aws: AwsClients, arn: str) -> None:
    """End the suspension of the output with this *arn*, if there is one.

    Raises:
        ResourceError: when AWS refuses.
        ClientError: when the output is gone.
    """
    tagging.retag_mediaconnect(aws, arn, {suspension.KEY: ""}, {})
