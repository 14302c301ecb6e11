"""The errors AWS answers with, by their names in the service models."""

from __future__ import annotations

from typing import Any

# botocore retries under these names (its `_retry.json`), whatever the service.
_ELSEWHERE = {
    "TooManyRequestsException": ("ThrottlingException", 400),
    "InternalServerErrorException": ("InternalFailure", 500),
}


class AwsError(Exception):
    """An error answer.

    Args:
        code: name of the exception in the service model, for example `ConflictException`.
        status: HTTP status.
        message: what AWS would say; never anything secret.
        members: further members of the answer, under their names on the wire.
    """

    def __init__(self, code: str, status: int, message: str, **members: Any) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.members = members

    def as_elsewhere(self) -> AwsError:
        """Return it as the other services name it: throttling, and errors of the server."""
        code, status = _ELSEWHERE.get(self.code, (self.code, self.status))
        return AwsError(code, status, self.message)


def bad_request(message: str) -> AwsError:
    """The request is malformed or asks for what cannot be."""
    return AwsError("BadRequestException", 400, message)


def forbidden(message: str) -> AwsError:
    """The caller may not do this."""
    return AwsError("ForbiddenException", 403, message)


def not_found(message: str) -> AwsError:
    """The thing does not exist."""
    return AwsError("NotFoundException", 404, message)


def conflict(message: str) -> AwsError:
    """The thing is in a state, or attached to something, that forbids this now."""
    return AwsError("ConflictException", 409, message)


def unprocessable(errors: list[tuple[str, str]]) -> AwsError:
    """Return the error of settings that contradict each other, *errors* as (path, message).

    The text is "path message; path message" (aws-sdk-java-v2 issue 5716; live-streaming-on-aws
    pull request 6).
    """
    listed = [{"elementPath": path, "errorMessage": message} for path, message in errors]
    text = "; ".join(f"{path} {message}" for path, message in errors)
    return AwsError("UnprocessableEntityException", 422, text, validationErrors=listed)


def not_implemented(service: str, operation: str) -> AwsError:
    """The emulator does not have this operation; it never pretends."""
    return AwsError(
        "NotImplementedException", 501, f"the emulator does not implement {service} {operation}"
    )
