"""Roles assumed with a token of an identity provider: `sts:AssumeRoleWithWebIdentity`.

A token's signature is not verified, as everything listens on loopback; what it says is held
against the trust policy of the role.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from moto.backends import get_backend

from localaws.errors import AwsError
from localaws.iam.policy import UnsupportedPolicyError
from localaws.iam.principals import role_of, trust_policy
from localaws.iam.trust import trusts_identity
from localaws.medialive.service import ACCOUNT

OPERATION = "AssumeRoleWithWebIdentity"


def check(members: Mapping[str, Any]) -> None:
    """Let the request pass, or refuse it.

    Raises:
        AwsError: 400 for what is no token or of no provider of the account, 403 when the role
            does not trust who has it, 501 when its trust uses what the evaluation does not have.
    """
    claims = _claims(str(members.get("WebIdentityToken", "")))
    issuer = urlsplit(str(claims.get("iss")))
    host = f"{issuer.netloc}{issuer.path}".rstrip("/")
    providers = get_backend("iam")[ACCOUNT]["aws"].open_id_providers.values()
    provider = next((entry for entry in providers if entry.url == host), None)
    if provider is None or claims.get("aud") not in provider.client_id_list:
        raise AwsError("InvalidIdentityToken", 400, f"No OpenIDConnect provider found for {host}")
    context = {f"{host}:{key}": (str(value),) for key, value in claims.items()}
    trust = trust_policy(role_of(members["RoleArn"]))
    try:
        trusted = trusts_identity(trust, provider.arn, context)
    except UnsupportedPolicyError as unknown:
        message = f"the emulator cannot judge {unknown} in a trust policy"
        raise AwsError("NotImplementedException", 501, message) from None
    if not trusted:
        message = f"Not authorized to perform sts:{OPERATION}"
        raise AwsError("AccessDeniedException", 403, message)


def _claims(token: str) -> Mapping[str, Any]:
    _, _, rest = token.partition(".")
    payload = rest.partition(".")[0]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError):
        claims = None
    if not isinstance(claims, dict):
        raise AwsError("InvalidIdentityToken", 400, "the token is no JSON web token")
    return claims
