"""Decisions by identity-based policies, as in IAM: an explicit deny wins, then any allow.

Left out, and refused where a policy uses it: policy variables, and the operators that are not in
`_OPERATORS`. moto's own evaluation is not used: it takes every condition that it cannot judge for
met or unmet as a whole, which proves nothing about least privilege.
(IAM user guide, policy evaluation logic; JSON policy elements: Condition operators.)
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any


class Verdict(enum.Enum):
    """Decision of the policies."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "because no identity-based policy allows the {action} action"
    DENIED = "with an explicit deny in an identity-based policy"


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """May an action be done to a resource?

    Attributes:
        action: for example `medialive:CreateChannel`.
        resource: an ARN, `*` within it where it is not known yet, or `*` for no resource.
        context: condition keys with their values; a key that is absent has none.
    """

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class UnsupportedPolicyError(Exception):
    """A policy uses what this evaluation does not have; the text names it."""


def decide(documents: Iterable[Mapping[str, Any]], question: AuthorizationRequest) -> Verdict:
    """Return what the policy *documents* say to *question*.

    Raises:
        NotUnderstood: when a statement that may apply uses what is left out.
    """
    effects = {
        statement["Effect"]
        for document in documents
        for statement in listed(document["Statement"])
        if _applies(statement, question)
    }
    if "Deny" in effects:
        return Verdict.DENIED
    return Verdict.ALLOWED if "Allow" in effects else Verdict.NOT_ALLOWED


def conditions_hold(statement: Mapping[str, Any], context: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether all conditions of *statement* are met.

    Raises:
        NotUnderstood: when one uses what is left out.
    """
    return all(
        _holds(operator, key, listed(values), context)
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def listed(value: Any) -> list[Any]:
    """Return *value* as a list: a policy may give a single one without brackets."""
    return value if isinstance(value, list) else [value]


def _applies(statement: Mapping[str, Any], question: AuthorizationRequest) -> bool:
    return (
        _names(statement, "Action", question.action.lower())
        and _names(statement, "Resource", question.resource)
        and conditions_hold(statement, question.context)
    )


def _names(statement: Mapping[str, Any], element: str, value: str) -> bool:
    negated = f"Not{element}" in statement
    patterns = listed(statement[f"Not{element}" if negated else element])
    if element == "Action":
        patterns = [pattern.lower() for pattern in patterns]
    return any(_like(value, pattern) for pattern in patterns) is not negated


def _like(value: str, pattern: str) -> bool:
    return _expression(pattern).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    if "${" in pattern:
        raise UnsupportedPolicyError(f"the policy variable in {pattern}")
    # fnmatch would read [ ] as well, which IAM takes as they are.
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _equal_in_any_case(value: str, other: str) -> bool:
    return value.casefold() == other.casefold()


# By operator: how one value compares, and whether it holds when none of them does.
_OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (str.__eq__, False),
    "StringNotEquals": (str.__eq__, True),
    "StringEqualsIgnoreCase": (_equal_in_any_case, False),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_like, False),
    "ArnLike": (_like, False),
    "ArnNotEquals": (_like, True),
    "ArnNotLike": (_like, True),
    "Bool": (_equal_in_any_case, False),
}


def _holds(
    operator: str, key: str, values: list[Any], context: Mapping[str, tuple[str, ...]]
) -> bool:
    actual = {name.casefold(): values for name, values in context.items()}.get(key.casefold(), ())
    if operator == "Null":
        return [str(not actual).casefold()] == [str(value).casefold() for value in values]
    quantifier, _, base = operator.rpartition(":")
    optional = base.endswith("IfExists")
    if (base := base.removesuffix("IfExists")) not in _OPERATORS:
        raise UnsupportedPolicyError(f"the condition operator {operator}")
    compare, negated = _OPERATORS[base]
    if not actual:
        return optional or negated or quantifier == "ForAllValues"
    each = (any(compare(value, str(text)) for text in values) is not negated for value in actual)
    return any(each) if quantifier == "ForAnyValue" else all(each)
