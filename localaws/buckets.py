"""S3: moto's, extended by conditions in bucket policies.

moto takes a statement's conditions for met: a policy that denies what comes without TLS would
deny everything.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from localaws.iam.policy import AuthorizationRequest, Verdict, decide, listed

_EVERYBODY = ("*", {"AWS": "*"})
# Loopback needs no TLS: every request counts as one that came by it.
_CONTEXT = {"aws:SecureTransport": ("true",)}
_RESULTS = {
    Verdict.ALLOWED: PermissionResult.PERMITTED,
    Verdict.DENIED: PermissionResult.DENIED,
    Verdict.NOT_ALLOWED: PermissionResult.NEUTRAL,
}


def install() -> None:
    """Let moto ask here what a bucket's policy says."""
    FakeBucket.get_permission = _permission  # type: ignore[method-assign,assignment]  # no other way


def _permission(bucket: Any, action: str, resource: str) -> PermissionResult:
    """Return what the policy of *bucket* says to everybody; who calls moto does not tell."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(bucket.policy)
    to_all = [
        statement
        for statement in listed(document["Statement"])
        if statement.get("Principal") in _EVERYBODY
    ]
    return _RESULTS[
        decide([{"Statement": to_all}], AuthorizationRequest(action, resource, _CONTEXT))
    ]
