"""Classification of failures of AWS calls: transient or final, code and remedy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from catalog.aws_error_codes import ACCESS_DENIED, INVALID_CREDENTIALS
from provider.redaction import Mask
from provider.resource import ResourceError

# MediaLive answers 409 while a channel or input is changing, MediaConnect 420 while a flow
# cannot take another change; botocore retries neither by itself.
_TRANSIENT_STATUS = frozenset({409, 420, 429, 500, 502, 503, 504})
_CLIENT_TRANSIENT_STATUS = frozenset({409, 420, 429})
_NOT_FOUND_STATUS = 404
_BUSY = ("is busy, it cannot be deleted", "it is still being used by inputs")

# MediaConnect answers 420 to a flow that is busy and to one that is full, which no wait helps.
_FULL_STATUS = 420

_ACCESS_DENIED: Final = "LUN310"
_QUOTA: Final = "LUN311"
_NOT_FOUND: Final = "LUN312"
_CREDENTIALS: Final = "LUN313"
_BUSY_CODE: Final = "LUN314"
_UNREACHABLE: Final = "LUN316"
_REFUSED: Final = "LUN317"

_CODES: Mapping[str, str] = {
    **dict.fromkeys(ACCESS_DENIED, _ACCESS_DENIED),
    **dict.fromkeys(INVALID_CREDENTIALS, _CREDENTIALS),
    **dict.fromkeys(
        (
            "AddFlowOutputs420Exception",
            "CreateFlow420Exception",
            "LimitExceededException",
            "ServiceQuotaExceededException",
        ),
        _QUOTA,
    ),
}
_REMEDIES: Mapping[str, str] = {
    _ACCESS_DENIED: "grant the action; `lunora permissions` prints a policy",
    _QUOTA: "delete what is not needed, or request a higher quota in Service Quotas",
    _CREDENTIALS: "run `aws sso login`, or correct AWS_PROFILE",
    _BUSY_CODE: "run the command again",
    _UNREACHABLE: "check the network and the region, then run the command again",
}
CREDENTIAL_ERRORS: Final = (
    exceptions.CredentialRetrievalError,
    exceptions.LoginError,
    exceptions.NoAuthTokenError,
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.ProfileNotFound,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
)
"""Failures of the SDK to find credentials, or to renew them."""


def resource_error(
    action: str, error: ClientError | BotoCoreError, secrets: Collection[str] = ()
) -> ResourceError:
    """Return the *error* of an AWS call as an error with a code.

    Args:
        action: the failed action, for the message (`delete push input x`).
        error: the exception that botocore raised.
        secrets: of the request, which AWS may quote.
    """
    code = code_of(error)
    cause = explain(error, secrets) if isinstance(error, ClientError) else _local_cause(error)
    return ResourceError(code, f"cannot {action}: {cause}", remedy=_REMEDIES.get(code, ""))


def code_of(error: ClientError | BotoCoreError) -> str:
    """Return the code of the kind of failure that *error* is."""
    if isinstance(error, BotoCoreError):
        return _CREDENTIALS if isinstance(error, CREDENTIAL_ERRORS) else _UNREACHABLE
    if (code := _CODES.get(error_code(error))) is not None:
        return code
    if is_not_found(error):
        return _NOT_FOUND
    if status_of(error) in _CLIENT_TRANSIENT_STATUS or _is_busy(error):
        return _BUSY_CODE
    return _UNREACHABLE if is_transient(error) else _REFUSED


def is_transient(error: BaseException) -> bool:
    """Tell whether AWS may accept the same call a moment later."""
    return isinstance(error, ClientError) and (
        status_of(error) in _TRANSIENT_STATUS or _is_busy(error)
    )


def may_be_full(error: BaseException | None) -> bool:
    """Tell whether *error* is the answer of a flow that is busy, or has all its outputs."""
    return isinstance(error, ClientError) and status_of(error) == _FULL_STATUS


def is_not_found(error: BaseException) -> bool:
    """Tell whether AWS answered that the resource does not exist."""
    return isinstance(error, ClientError) and status_of(error) == _NOT_FOUND_STATUS


def explain(error: ClientError, secrets: Collection[str] = ()) -> str:
    """Return AWS's answer as a phrase, with the *secrets* of the request redacted."""
    answer: Mapping[str, Any] = error.response.get("Error", {})
    code, message = answer.get("Code", "?"), answer.get("Message", "")
    return f"{error.operation_name} answered {code}: {Mask(secrets)(message)}"


def status_of(error: ClientError) -> int:
    """Return the HTTP status of AWS's answer; 0 where it has none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def error_code(error: ClientError) -> str:
    """Return the error code of AWS's answer; empty where it has none."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _local_cause(error: BotoCoreError) -> str:
    """Return the cause of a call that AWS did not answer; other texts may quote the request."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, exceptions.ProfileNotFound) else name


def _is_busy(error: ClientError) -> bool:
    """Tell whether a resource that is being deleted still uses the one that AWS was to delete.

    The records differ in the status, 409 or 400, not in the words (aws-bench pull request 22;
    sample-clipping-portal).
    """
    message = str(error.response.get("Error", {}).get("Message"))
    return any(words in message for words in _BUSY)
