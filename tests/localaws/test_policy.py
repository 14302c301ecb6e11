"""Evaluation of policies: denials, operators, negations and trust."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.iam.policy import AuthorizationRequest, UnsupportedPolicyError, Verdict, decide
from localaws.iam.trust import Trust, trust_in

ASKED = AuthorizationRequest("ssm:GetParameter", "arn:x:one", {"aws:ResourceTag/Stack": ("prod",)})
USER = "arn:aws:iam::123456789012:user/ann"


def verdict(*statements: dict[str, Any], question: AuthorizationRequest = ASKED) -> Verdict:
    return decide([{"Statement": list(statements)}], question)


def statement(effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "ssm:Get*", "Resource": "*", **more}


def test_nothing_allows_nothing() -> None:
    assert verdict() is Verdict.NOT_ALLOWED


def test_a_denial_wins() -> None:
    assert verdict(statement(), statement("Deny", Resource="arn:x:*")) is Verdict.DENIED


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"Action": "SSM:getparameter"}, Verdict.ALLOWED),
        ({"Action": ["ssm:Put*", "ssm:Get?arameter"]}, Verdict.ALLOWED),
        ({"Resource": "arn:x:[o]ne"}, Verdict.NOT_ALLOWED),
        ({"Resource": "ARN:x:one"}, Verdict.NOT_ALLOWED),
        ({"Resource": "arn:x:o"}, Verdict.NOT_ALLOWED),
    ],
)
def test_names_match_by_their_patterns(more: dict[str, Any], expected: Verdict) -> None:
    assert verdict(statement(**more)) is expected


def test_what_is_not_named_is_meant_by_the_negated_elements() -> None:
    rest = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:y:*"}
    assert verdict(rest) is Verdict.ALLOWED
    assert verdict({**rest, "NotAction": "ssm:*"}) is Verdict.NOT_ALLOWED


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "holds"),
    [
        ("StringEquals", "aws:resourcetag/Stack", ["dev", "prod"], True),
        ("StringEquals", "aws:ResourceTag/Stack", "PROD", False),
        ("StringEqualsIgnoreCase", "aws:ResourceTag/Stack", "PROD", True),
        ("StringLike", "aws:ResourceTag/Stack", "pr*", True),
        ("StringNotEquals", "aws:ResourceTag/Stack", "prod", False),
        ("StringNotEquals", "aws:ResourceTag/Other", "prod", True),
        ("StringEquals", "aws:ResourceTag/Other", "prod", False),
        ("StringEqualsIfExists", "aws:ResourceTag/Other", "prod", True),
        ("StringEqualsIfExists", "aws:ResourceTag/Stack", "dev", False),
        ("Null", "aws:ResourceTag/Other", "true", True),
        ("Null", "aws:ResourceTag/Stack", True, False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a"], False),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["b"], True),
        ("ForAllValues:StringEquals", "none", ["a"], True),
        ("ForAnyValue:StringEquals", "none", ["a"], False),
        ("ArnLike", "aws:SourceArn", "arn:*:b", True),
    ],
)
def test_conditions(operator: str, key: str, wanted: Any, *, holds: bool) -> None:
    context = {
        "aws:ResourceTag/Stack": ("prod",),
        "aws:TagKeys": ("a", "b"),
        "aws:SourceArn": ("arn:a:b",),
    }
    question = AuthorizationRequest("ssm:GetParameter", "*", context)
    decision = verdict(statement(Condition={operator: {key: wanted}}), question=question)
    assert (decision is Verdict.ALLOWED) is holds


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"Resource": "arn:${aws:username}"}, "policy variable"),
        ({"Condition": {"NumericLessThan": {"a": 1}}}, "condition operator NumericLessThan"),
    ],
)
def test_what_is_left_out_is_not_guessed(more: dict[str, Any], what: str) -> None:
    with pytest.raises(UnsupportedPolicyError, match=what):
        verdict(statement(**more))


@pytest.mark.parametrize(
    ("principal", "trust"),
    [
        ({"AWS": USER}, Trust.NAMED),
        ({"AWS": ["arn:aws:iam::123456789012:root", "arn:other"]}, Trust.DELEGATED),
        ("*", Trust.DELEGATED),
        ({"Service": "medialive.amazonaws.com"}, Trust.NONE),
        ({"AWS": "arn:aws:iam::210987654321:root"}, Trust.NONE),
    ],
)
def test_who_is_trusted(principal: Any, trust: Trust) -> None:
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    tagging = {"Effect": "Allow", "Action": "sts:TagSession", "Principal": "*"}
    assert trust_in({"Statement": [tagging, allow]}, USER, {}) is trust
    deny = {"Effect": "Deny", "Action": ["sts:AssumeRole"], "Principal": "*"}
    assert trust_in({"Statement": [allow, deny]}, USER, {}) is Trust.NONE
