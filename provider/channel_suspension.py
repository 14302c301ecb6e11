"""Suspension of a channel's restarts, by its tag (catalog/suspension.py)."""

from __future__ import annotations

import datetime as dt

from catalog import suspension
from catalog.suspension import Suspension
from provider import tagging
from provider.aws import AwsClients

_DEPLOYMENT_MINUTES = 15
"""Longer than a stop, an update and a start take. One that is killed is healed after them."""


def suspend(aws: AwsClients, arn: str, new: Suspension) -> None:
    """Suspend the restarts of the channel with this *arn*.

    Raises:
        ResourceError: when AWS refuses.
        ClientError: when the channel is gone.
    """
    tagging.retag_medialive(aws, arn, {}, {suspension.KEY: new.tag_value()})


def suspend_for_deployment(aws: AwsClients, arn: str, now: dt.datetime) -> None:
    """Suspend the restarts of a channel that a deployment stops; see `suspend`."""
    until = now + dt.timedelta(minutes=_DEPLOYMENT_MINUTES)
    suspend(aws, arn, Suspension(suspension.DEPLOYMENT, now, until))


def resume(aws: AwsClients, arn: str) -> None:
    """End the suspension of the channel with this *arn*, if there is one.

    Raises:
        ResourceError: when AWS refuses.
        ClientError: when the channel is gone.
    """
    tagging.retag_medialive(aws, arn, {suspension.KEY: ""}, {})
