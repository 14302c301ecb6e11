"""The roles of catalog/permissions.yaml, made in an embedded AWS and measured there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import boto3

from catalog.permissions import Document, Scope, policies
from localaws.iam.policy import Question, Verdict, decide
from localaws.medialive.service import ACCOUNT
from localaws.server import LOCAL_REGION, EmbeddedAws

Environment = dict[str, str]


def client(aws: EmbeddedAws, service: str) -> Any:
    """Return a client of the administrator."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is a variable
        region_name=LOCAL_REGION,
        endpoint_url=aws.endpoint,
        aws_access_key_id="embedded",
        aws_secret_access_key="embedded",  # noqa: S106 - the embedded AWS knows no secret
    )


def session(aws: EmbeddedAws, name: str, documents: Mapping[str, Document]) -> Environment:
    """Make the role *name* with these policies; returns the environment of a session of it."""
    iam = client(aws, "iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    for policy, content in documents.items():
        made = iam.create_policy(PolicyName=f"{name}-{policy}", PolicyDocument=json.dumps(content))
        iam.attach_role_policy(RoleName=name, PolicyArn=made["Policy"]["Arn"])
    keys = client(aws, "sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def asked(aws: EmbeddedAws, name: str) -> set[tuple[str, str, frozenset[Any]]]:
    """Return every different question that was asked of the role *name*."""
    assert aws.guard is not None
    return {
        (question.action, question.resource, frozenset(question.context.items()))
        for caller, question in aws.guard.asked
        if f":assumed-role/{name}/" in caller
    }


def not_needed(
    name: str, scope: Scope, questions: Iterable[tuple[str, str, frozenset[Any]]]
) -> list[str]:
    """Return the actions and resources of a role without which all *questions* still pass."""
    whole = policies(name, scope)
    recorded = [Question(action, on, dict(context)) for action, on, context in questions]
    refused = [one for one in recorded if decide(whole.values(), one) is not Verdict.ALLOWED]
    assert refused == []
    return [
        what
        for what, less in _each_less(name, whole)
        if all(decide(less, one) is Verdict.ALLOWED for one in recorded)
    ]


def without(documents: Mapping[str, Document], *actions: str) -> dict[str, Document]:
    """Return the policies without some actions."""
    return {
        name: {
            **document,
            "Statement": [
                {**statement, "Action": [one for one in statement["Action"] if one not in actions]}
                for statement in document["Statement"]
                if set(statement["Action"]) - set(actions)
            ],
        }
        for name, document in documents.items()
    }


def _each_less(name: str, whole: Mapping[str, Document]) -> Iterator[tuple[str, list[Document]]]:
    included = [document for policy, document in whole.items() if not policy.startswith(name)]
    own = [
        statement
        for policy, document in whole.items()
        if policy.startswith(name)
        for statement in document["Statement"]
    ]
    for index, statement in enumerate(own):
        for element in ("Action", "Resource"):
            for one in statement[element]:
                rest = [other for other in statement[element] if other != one]
                left = [*own[:index], *([{**statement, element: rest}] if rest else [])]
                left += own[index + 1 :]
                yield f"{statement['Sid']}: {one}", [*included, {"Statement": left}]
