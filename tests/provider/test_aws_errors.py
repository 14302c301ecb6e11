"""Failures of AWS calls have a code by their kind."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from catalog.aws_error_codes import ACCESS_DENIED, INVALID_CREDENTIALS
from lunora.aws_errors import aws_error
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
    ("codes", "of_plugin", "of_command"),
    [(ACCESS_DENIED, "LUN310", "LUN416"), (INVALID_CREDENTIALS, "LUN313", "LUN413")],
)
def test_plugin_and_command_classify_refusals_alike(
    codes: frozenset[str], of_plugin: str, of_command: str
) -> None:
    errors = [answer(code, 403) for code in sorted(codes)]
    assert {resource_error("list flows", error).code for error in errors} == {of_plugin}
    assert {aws_error(error).code for error in errors} == {of_command}


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
    with pytest.raises(ResourceError, match=r"^LUN313") as caught:
        AwsClients("us-west-2").client("medialive")
    assert "no-such-profile" in caught.value.message
    assert "aws sso login" in caught.value.remedy
