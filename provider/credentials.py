"""Credentials for the calls to AWS and to an emulator."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import botocore.session
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError

from catalog.aws_settings import AssumedRole

_PROVIDER = "credential_provider"


def for_endpoint(endpoint: str | None) -> dict[str, str]:
    """Return the credentials to sign with at *endpoint*, under boto3's names.

    An emulator asks for a signature, and knows no one unless it enforces permissions: made-up
    ones do. Empty where the usual ones are to be found instead: at Amazon, and where the
    environment brings its own (AWS_ACCESS_KEY_ID).
    """
    if endpoint is None or os.environ.get("AWS_ACCESS_KEY_ID"):
        return {}
    return {"aws_access_key_id": "embedded", "aws_secret_access_key": "embedded"}


def assume_roles(
    session: botocore.session.Session,
    roles: Iterable[AssumedRole],
    *,
    region: str,
    endpoint: str | None,
    initial: Mapping[str, str],
) -> None:
    """Let *session* sign under the last of *roles*, each assumed under the one before.

    Args:
        session: it has no credentials yet.
        roles: the roles; without one nothing changes.
        region: the region of STS.
        endpoint: the address of an emulator.
        initial: credentials to assume the first role with, under boto3's names; the session's own
            where it is empty.
    """

    def client(service: str, **more: Any) -> Any:
        return session.create_client(service, region_name=region, endpoint_url=endpoint, **more)

    signer: Any = None
    for role in roles:
        source = signer or _source(session, initial)
        more = {"ExternalId": role.external_id, "RoleSessionName": role.session_name}
        fetcher = AssumeRoleCredentialFetcher(
            client,
            source,
            role.role_arn,
            extra_args={key: value for key, value in more.items() if value},
        )
        signer = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    if signer is not None:
        session.register_component(_PROVIDER, _Signer(signer))


class _Signer:
    """Credentials in the place of botocore's chain of providers."""

    def __init__(self, signer: Any) -> None:
        self._signer = signer

    def load_credentials(self) -> Any:
        """Return the credentials."""
        return self._signer


def _source(session: botocore.session.Session, initial: Mapping[str, str]) -> Any:
    if initial:
        return Credentials(initial["aws_access_key_id"], initial["aws_secret_access_key"])
    # The session remembers what get_credentials returned.
    source = session.get_component(_PROVIDER).load_credentials()
    if source is None:
        raise NoCredentialsError
    return source
