"""Permissions that a function's own policy gives to services and to anybody.

Lambda asks it whatever the caller's policies are (Lambda developer guide, "Viewing resource-based
IAM policies in Lambda"); so does the emulator, without --enforce-iam as well: a service has no
other permission, and a caller without a signature neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localaws.errors import AwsError
from localaws.functions.definition import Definition
from localaws.iam.policy import (
    AuthorizationRequest,
    UnsupportedPolicyError,
    Verdict,
    decide,
    listed,
)

INVOKE, INVOKE_URL = "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"
ANYBODY = "*"


def url_questions(arn: str, auth_type: str) -> Iterator[AuthorizationRequest]:
    """Yield what a call of a function URL has to be allowed.

    Since October 2025 new URLs ask for both (Lambda developer guide, "Control access to Lambda
    function URLs").
    """
    yield AuthorizationRequest(INVOKE_URL, arn, {"lambda:FunctionUrlAuthType": (auth_type,)})
    yield AuthorizationRequest(INVOKE, arn, {"lambda:InvokedViaFunctionUrl": ("true",)})


def lets(definition: Definition, principal: str, question: AuthorizationRequest) -> bool:
    """Tell whether the function's policy lets a service, or anybody, do what is asked.

    Raises:
        AwsError: 501 when the policy uses what the emulator cannot judge.
    """
    naming = [
        statement for statement in definition.statements if principal in _principals(statement)
    ]
    try:
        return decide([{"Statement": naming}], question) is Verdict.ALLOWED
    except UnsupportedPolicyError as unknown:
        message = f"the emulator cannot judge {unknown} in the policy of {question.resource}"
        raise AwsError("NotImplementedException", 501, message) from None


def _principals(statement: Mapping[str, Any]) -> set[str]:
    principal = statement.get("Principal")
    if principal == ANYBODY:
        return {ANYBODY}
    named = principal if isinstance(principal, dict) else {}
    everybody = {ANYBODY} if ANYBODY in listed(named.get("AWS", [])) else set()
    return everybody | set(listed(named.get("Service", [])))
