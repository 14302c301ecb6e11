"""The roles of catalog/permissions.yaml, made in an emulator and measured there."""

from __future__ import annotations

import base64
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog.permissions import Document, Scope, boundary_arn, policies
from localaws.iam.policy import AuthorizationRequest, Verdict, decide
from localaws.medialive.service import ACCOUNT
from localaws.server import LOCAL_REGION, EmbeddedAws
from tests.support.clients import connect

Environment = dict[str, str]
Question = tuple[str, str, frozenset[Any]]
"""Action, resource and context of a request."""


def client(aws: EmbeddedAws, service: str) -> Any:
    """Return a client of the administrator."""
    return connect(aws.endpoint, service, region=LOCAL_REGION)


def boundary(aws: EmbeddedAws, scope: Scope) -> str:
    """Make the permissions boundary of a stack as `make account` does; returns its ARN."""
    (document,) = policies("boundary", scope).values()
    arn = boundary_arn(scope)
    name = arn.rpartition("/")[2]
    client(aws, "iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    return arn


def session(aws: EmbeddedAws, name: str, documents: Mapping[str, Document]) -> Environment:
    """Make the role *name* with these policies; returns the environment of a session of it."""
    iam = client(aws, "iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    for policy, content in documents.items():
        made = iam.create_policy(PolicyName=f"{name}-{policy}", PolicyDocument=json.dumps(content))
        iam.attach_role_policy(RoleName=name, PolicyArn=made["Policy"]["Arn"])
    return _environment(client(aws, "sts").assume_role(RoleArn=arn, RoleSessionName="test"))


def _environment(answer: Mapping[str, Any]) -> Environment:
    keys = answer["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def asked(aws: EmbeddedAws, name: str) -> set[Question]:
    """Return every different question that was asked of the role *name*."""
    assert aws.guard is not None
    return {
        (question.action, question.resource, frozenset(question.context.items()))
        for caller, question in aws.guard.asked
        if f":assumed-role/{name}/" in caller
    }


def web_session(aws: EmbeddedAws, role: str, subject: str) -> Environment:
    """Return the environment of a session that a workflow of GitHub gets for the *role*.

    Raises:
        ClientError: when the role does not trust the workflow that *subject* stands for.
    """
    claims = {
        "iss": "https://token.actions.githubusercontent.com",
        "aud": "sts.amazonaws.com",
        "sub": subject,
    }
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    arn = client(aws, "iam").get_role(RoleName=role)["Role"]["Arn"]
    sts = client(aws, "sts")
    return _environment(
        sts.assume_role_with_web_identity(
            RoleArn=arn, RoleSessionName="test", WebIdentityToken=f"header.{payload}.signature"
        )
    )


def attached(aws: EmbeddedAws, role: str) -> dict[str, Document]:
    """Return the managed policies that the *role* has in AWS, by name."""
    iam, documents = client(aws, "iam"), {}
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        documents[policy["PolicyName"]] = iam.get_policy_version(
            PolicyArn=policy["PolicyArn"], VersionId=version
        )["PolicyVersion"]["Document"]
    return documents


def not_needed(name: str, scope: Scope, questions: Iterable[Question]) -> list[str]:
    """Return the actions and resources of a role without which all *questions* still pass."""
    whole = policies(name, scope)
    return needless(whole, {policy for policy in whole if policy.startswith(name)}, questions)


def needless(
    whole: Mapping[str, Document],
    own: Container[str],
    questions: Iterable[Question],
) -> list[str]:
    """Return what the policies called *own* among the *whole* allow and no question asks for."""
    recorded = [
        AuthorizationRequest(action, on, dict(context)) for action, on, context in questions
    ]
    refused = [
        request for request in recorded if decide(whole.values(), request) is not Verdict.ALLOWED
    ]
    assert refused == [], refused
    return list(_needless(own, whole, recorded))


def without(documents: Mapping[str, Document], *actions: str) -> dict[str, Document]:
    """Return the policies without some actions."""
    return {
        name: {
            **document,
            "Statement": [
                {
                    **statement,
                    "Action": [action for action in statement["Action"] if action not in actions],
                }
                for statement in document["Statement"]
                if set(statement["Action"]) - set(actions)
            ],
        }
        for name, document in documents.items()
    }


def _needless(
    own: Container[str], whole: Mapping[str, Document], recorded: Sequence[AuthorizationRequest]
) -> Iterator[str]:
    others = [document for policy, document in whole.items() if policy not in own]
    mine = [
        statement
        for policy, document in whole.items()
        if policy in own
        for statement in document["Statement"]
    ]
    for index, statement in enumerate(mine):
        rest = [*others, {"Statement": mine[:index] + mine[index + 1 :]}]
        # What no other statement allows.
        alone = [
            request
            for request in recorded
            if _allows(statement, request) and decide(rest, request) is not Verdict.ALLOWED
        ]
        for element in ("Action", "Resource"):
            for value in statement[element]:
                left = [other for other in statement[element] if other != value]
                less = {**statement, element: left}
                if all(left and _allows(less, request) for request in alone):
                    yield f"{statement['Sid']}: {value}"


def _allows(statement: Mapping[str, Any], request: AuthorizationRequest) -> bool:
    return decide([{"Statement": [statement]}], request) is Verdict.ALLOWED
