"""Failures of AWS calls have a code by their kind."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from provider.aws import AwsClients
from provider.aws_errors import resource_error
from provider.resource import ResourceError


def answer(code: str, status: int, message: str = "no") -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "DescribeChannel")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (answer("AccessDeniedException", 403), "LUN310"),
        (answer("LimitExceededException", 400), "LUN311"),
        (answer("AddFlowOutputs420Exception", 420), "LUN311"),
        (answer("NotFoundException", 404), "LUN312"),
        (answer("ExpiredTokenException", 403), "LUN313"),
        (answer("ConflictException", 409), "LUN314"),
        (answer("Bad", 400, "x is busy, it cannot be deleted"), "LUN314"),
        (answer("InternalServerErrorException", 500), "LUN316"),
        (answer("UnprocessableEntityException", 422), "LUN317"),
        (exceptions.NoCredentialsError(), "LUN313"),
        (exceptions.UnauthorizedSSOTokenError(), "LUN313"),
        (exceptions.EndpointConnectionError(endpoint_url="https://example.org"), "LUN316"),
    ],
)
def test_a_failure_has_the_code_of_its_kind(error: Any, code: str) -> None:
    assert resource_error("describe channel 1", error).code == code


def test_an_unknown_profile_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(ResourceError, match="LUN313") as caught:
        AwsClients("us-west-2").client("medialive")
    assert "no-such-profile" in caught.value.message
    assert "aws sso login" in caught.value.remedy
