"""Evaluation of a role's trust policy."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from localaws.iam.policy import conditions_hold, listed


class Trust(enum.Enum):
    """Trust of a role's policy in a caller."""

    NAMED = "the caller itself is named"
    DELEGATED = "its account is named, so that the caller's own policies decide"
    NONE = "it is not named, or denied"


def trust_in(
    document: Mapping[str, Any], caller_arn: str, context: Mapping[str, tuple[str, ...]]
) -> Trust:
    """Return how far the trust policy *document* lets the caller assume its role.

    Args:
        document: of the role.
        caller_arn: the ARN of the user, or of the role whose session calls.
        context: condition keys with their values.

    Raises:
        NotUnderstood: when a condition uses what the evaluation does not have.
    """
    account = caller_arn.split(":")[4]
    whole_account = {account, f"arn:aws:iam::{account}:root"}
    trusts = {"Allow": Trust.NONE, "Deny": Trust.NONE}
    for statement in listed(document["Statement"]):
        if "sts:AssumeRole" not in listed(statement["Action"]):
            continue
        principal = statement["Principal"]
        named = {"*"} if principal == "*" else set(listed(principal.get("AWS", [])))
        if not named & {caller_arn, "*", *whole_account}:
            continue
        if conditions_hold(statement, context):
            by_name = caller_arn in named or trusts[statement["Effect"]] is Trust.NAMED
            trusts[statement["Effect"]] = Trust.NAMED if by_name else Trust.DELEGATED
    return trusts["Allow"] if trusts["Deny"] is Trust.NONE else Trust.NONE


def trusts_identity(
    document: Mapping[str, Any], provider_arn: str, context: Mapping[str, tuple[str, ...]]
) -> bool:
    """Tell whether the trust policy *document* lets who has a token of a provider in.

    Args:
        document: of the role.
        provider_arn: the identity provider that made the token.
        context: what the token says, as condition keys.

    Raises:
        NotUnderstood: when a condition uses what the evaluation does not have.
    """
    effects = {
        statement["Effect"]
        for statement in listed(document["Statement"])
        if "sts:AssumeRoleWithWebIdentity" in listed(statement["Action"])
        and provider_arn in listed(statement["Principal"].get("Federated", []))
        and conditions_hold(statement, context)
    }
    return effects == {"Allow"}


def trusts_service(document: Mapping[str, Any], service: str) -> bool:
    """Tell whether the trust policy *document* lets *service* (`medialive.amazonaws.com`) assume.

    Conditions are not looked at.
    """
    return any(
        statement.get("Effect") == "Allow"
        and {"sts:AssumeRole", "sts:*", "*"} & set(listed(statement.get("Action", [])))
        and service in _services(statement.get("Principal"))
        for statement in listed(document.get("Statement", []))
    )


def _services(principal: object) -> list[Any]:
    return listed(principal.get("Service", [])) if isinstance(principal, dict) else []
