"""KMS for the authorizer: the key of a request, and the keys that S3 uses for a caller.

A policy names keys, never their aliases, whatever the request names (KMS developer guide,
controlling access to aliases). Of a bucket that is encrypted by a key of the account, whoever
reads objects must be allowed to decrypt by it, and whoever writes them to make data keys (S3 user
guide, SSE-KMS permissions).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from moto.backends import get_backend

from localaws.iam.policy import AuthorizationRequest
from localaws.medialive.service import ACCOUNT

_USES = {
    "GetObject": "kms:Decrypt",
    "HeadObject": "kms:Decrypt",
    "PutObject": "kms:GenerateDataKey",
}
# It stands at the beginning of what moto encrypts.
_ID_LENGTH = 36


def with_key(members: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return a request's *members* with `KeyArn`, the key that it means."""
    named = members.get("KeyId") or _key_of(members.get("CiphertextBlob"))
    return {**members, "KeyArn": _arn(named, region)} if named else dict(members)


def questions(
    operation: str, members: Mapping[str, Any], region: str
) -> Iterator[AuthorizationRequest]:
    """Yield what S3 asks of KMS for a request."""
    key = _key_of_bucket(str(members.get("Bucket")))
    if key is None:
        return
    if operation == "CopyObject":
        source = str(members["CopySource"]).lstrip("/").partition("/")[0]
        yield from questions("GetObject", {"Bucket": source}, region)
        operation = "PutObject"
    if operation in _USES:
        yield AuthorizationRequest(_USES[operation], _arn(key, region))


def _arn(named: str, region: str) -> str:
    kms = get_backend("kms")[ACCOUNT][region]
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/{kms.any_id_to_key_id(named)}"


def _key_of(ciphertext: Any) -> str | None:
    if not ciphertext:
        return None
    raw = ciphertext if isinstance(ciphertext, bytes) else base64.b64decode(ciphertext)
    return raw[:_ID_LENGTH].decode("ascii", "replace")


def _key_of_bucket(name: str) -> str | None:
    bucket = get_backend("s3")[ACCOUNT]["aws"].buckets.get(name)
    rule = ((bucket and bucket.encryption) or {}).get("Rule", {})
    by_default = rule.get("ApplyServerSideEncryptionByDefault", {})
    key: str | None = by_default.get("KMSMasterKeyID")
    return key
