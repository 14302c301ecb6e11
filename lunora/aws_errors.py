"""Codes and remedies for errors of botocore."""

from __future__ import annotations

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from catalog.aws_error_codes import ACCESS_DENIED, INVALID_CREDENTIALS
from catalog.errors import LunoraError
from catalog.loopback import is_loopback
from provider.aws_errors import CREDENTIAL_ERRORS, error_code
from provider.redaction import Mask

"""Hosts that are this machine."""

_CONNECTION = (exceptions.ConnectionError, exceptions.HTTPClientError)
_SIGN_IN = (
    "sign in again (`aws sso login`), or set AWS_PROFILE to a profile that exists;"
    " `aws sts get-caller-identity` checks the credentials"
)


def aws_error(error: ClientError | BotoCoreError) -> LunoraError:
    """Return the coded error with a remedy for an *error* of botocore."""
    code, remedy = _refusal(error) if isinstance(error, ClientError) else _failure(error)
    return LunoraError(code, f"AWS request failed: {Mask()(str(error))}", remedy=remedy)


def _refusal(error: ClientError) -> tuple[str, str]:
    code = error_code(error)
    if code in INVALID_CREDENTIALS:
        return "LUN413", _SIGN_IN
    if code in ACCESS_DENIED:
        return "LUN416", "compare the policies with `lunora permissions operator`"
    return "LUN417", ""


def _failure(error: BotoCoreError) -> tuple[str, str]:
    if isinstance(error, CREDENTIAL_ERRORS):
        return "LUN413", _SIGN_IN
    if not isinstance(error, _CONNECTION):
        return "LUN417", ""
    if _is_local(error):
        return "LUN415", "run `make up`"
    return "LUN414", "check the network, the proxy and the stack's aws:region"


def _is_local(error: BotoCoreError) -> bool:
    url = str(getattr(error, "kwargs", {}).get("endpoint_url", ""))
    return is_loopback(url)
