"""Signature Version 4 of a request, computed again from what arrived.

Source: the IAM user guide, "Create a signed AWS API request". The date is not compared with the
clock, which may run ahead of the caller's.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.backends import get_backend

from localaws.errors import AwsError
from localaws.medialive.service import ACCOUNT

_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/"
    r"(?P<service>[^/]+)/aws4_request,\s*SignedHeaders=(?P<signed>[^,]+),\s*"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_UNSIGNED = "UNSIGNED-PAYLOAD"


def key_of(environ: Mapping[str, Any]) -> str | None:
    """Return the access key id that signed a request; None for a request without a signature."""
    match = _HEADER.fullmatch(environ.get("HTTP_AUTHORIZATION", "").strip())
    return match["key"] if match else None


def check(environ: Mapping[str, Any], body: bytes, service: str, secret: str | None) -> None:
    """Check the signature of a request that is signed.

    Args:
        environ: of the request, as werkzeug makes it.
        body: of the request.
        service: that it has to be signed for.
        secret: of the access key that signed it; None takes any signature.

    Raises:
        AwsError: 403 when the signature is another one.
    """
    match = _HEADER.fullmatch(environ.get("HTTP_AUTHORIZATION", "").strip())
    if match is None or match["service"] != service:
        raise _mismatch(f"the request is not signed for the service {service!r}")
    if secret is None:
        return
    hashed = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    if hashed not in {None, _UNSIGNED, hashlib.sha256(body).hexdigest()}:
        raise _mismatch("x-amz-content-sha256 is not the hash of the body")
    names = match["signed"].split(";")
    request = AWSRequest(
        method=environ["REQUEST_METHOD"],
        url=f"http://{environ['HTTP_HOST']}{environ['REQUEST_URI']}",
        data=body,
        headers={name: _value(environ, name) for name in names},
    )
    request.context["timestamp"] = environ.get("HTTP_X_AMZ_DATE", "")
    signer = SigV4Auth(Credentials(match["key"], secret), service, match["region"])
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    if not hmac.compare_digest(signer.signature(to_sign, request), match["signature"]):
        raise _mismatch("the signature is not that of the request and the secret key")


def secret_of(key_id: str) -> str | None:
    """Return the secret of a user's or session's access key; None for keys of nobody."""
    session = get_backend("sts")[ACCOUNT]["aws"].get_assumed_role_from_access_key(key_id)
    if session is not None:
        return str(session.secret_access_key)
    iam = get_backend("iam")[ACCOUNT]["aws"]
    user = iam.get_user_from_access_key_id(key_id)
    keys = user.access_keys if user is not None else []
    return next((str(key.secret_access_key) for key in keys if key.access_key_id == key_id), None)


def _value(environ: Mapping[str, Any], name: str) -> str:
    key = name.upper().replace("-", "_")
    plain = key in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    return str(environ.get(key if plain else f"HTTP_{key}", ""))


def _mismatch(why: str) -> AwsError:
    return AwsError("SignatureDoesNotMatch", 403, f"The request signature does not match: {why}")
