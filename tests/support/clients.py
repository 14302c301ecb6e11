"""Clients of an emulator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import boto3
from botocore.config import Config

EMBEDDED: Final = {"AccessKeyId": "embedded", "SecretAccessKey": "embedded"}
"""Of the administrator, whom an emulator knows without having been told."""

ONCE: Final = Config(retries={"total_max_attempts": 1})
"""Asks nothing again, so that a test sees each refusal."""


def connect(
    endpoint: str,
    service: str,
    *,
    region: str = "us-west-2",
    keys: Mapping[str, str] = EMBEDDED,
    config: Config | None = None,
) -> Any:
    """Return boto3's client of *service*, with *keys* as STS calls them."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is a variable
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
        config=config,
    )
