"""IAM policies of permissions.yaml, rendered for one account and stack."""

from __future__ import annotations

import itertools
import json
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import Field

from catalog import package_data
from catalog.package_data import DataModel

_VERSION = "2012-10-17"
# Characters of a managed policy, white space left out (IAM user guide, quotas).
_LONGEST = 6144

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """The account and stack that policies are rendered for.

    Attributes:
        account: twelve digits.
        project: the Pulumi project.
        stack: the Pulumi stack.
        regions: of the stack and its flows.
        flows: names of the flows that feed destinations.
        parameters: names of existing SSM parameters that hold stream keys, from the slash on.
        slates: objects of S3 that channels show, slates and logos, as `bucket/key`.
        feeds: ARNs of the feeds of AWS Elemental Inference that destinations name.
        partition: `aws`, or that of another kind of region.
        boundary: ARN of the policy that the stack's roles stay within; None is the one that
            `make account` makes.
    """

    account: str
    project: str
    stack: str
    regions: tuple[str, ...]
    flows: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    slates: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    partition: str = "aws"
    boundary: str | None = None


class Use(DataModel):
    """The reason of an action: the file, or the resource of pulumi-aws, that calls it."""

    place: str = Field(alias="in")
    why: str


class Statement(DataModel):
    """Actions allowed on some resources, under conditions."""

    sid: str
    resources: tuple[str, ...]
    when: tuple[str, ...] = ()
    actions: Mapping[str, Use]


class Role(DataModel):
    """A role: its purpose, the roles it includes, and its own statements."""

    purpose: str = Field(alias="for")
    includes: tuple[str, ...] = ()
    trusts: str | None = None
    keys: str
    statements: tuple[Statement, ...]


class _Permissions(DataModel):
    conditions: Mapping[str, Mapping[str, Mapping[str, str | tuple[str, ...]]]]
    roles: Mapping[str, Role]


@cache
def _permissions() -> _Permissions:
    return _Permissions.model_validate(package_data.read("permissions.yaml"))


def roles() -> Mapping[str, Role]:
    """Return all roles by name."""
    return _permissions().roles


def policies(role: str, scope: Scope) -> dict[str, Document]:
    """Return the policies that *role* needs attached, by name: those it includes and its own.

    Each fits into a managed policy, so that a long one comes in parts (`deploy-1`, `deploy-2`);
    a role that needs nothing has none.
    """
    documents = {}
    for name in (*roles()[role].includes, role):
        parts = list(_parts(_statements(roles()[name], scope)))
        for number, statements in enumerate(parts, start=1):
            part = f"{name}-{number}" if len(parts) > 1 else name
            documents[part] = {"Version": _VERSION, "Statement": statements}
    return documents


def boundary_arn(scope: Scope) -> str:
    """Return the ARN of the permissions boundary that `make account` makes for a stack."""
    return f"arn:{scope.partition}:iam::{scope.account}:policy/lunora-boundary-{scope.stack}"


def trust_policy(role: str) -> Document:
    """Return the trust policy of a role that a service of AWS assumes.

    Raises:
        ValueError: for a role that people or programs assume; whom it trusts is theirs to say.
    """
    service = roles()[role].trusts
    if service is None:
        raise ValueError(f"no service of AWS assumes the role {role}")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return {"Version": _VERSION, "Statement": [statement]}


def _statements(role: Role, scope: Scope) -> list[Document]:
    rendered = (_statement(statement, scope) for statement in role.statements)
    return [document for document in rendered if document["Resource"]]


def _parts(statements: list[Document]) -> Iterator[list[Document]]:
    part: list[Document] = []
    for statement in statements:
        if part and _size([*part, statement]) > _LONGEST:
            yield part
            part = []
        part.append(statement)
    if part:
        yield part


def _size(statements: list[Document]) -> int:
    document = {"Version": _VERSION, "Statement": statements}
    return len(json.dumps(document, separators=(",", ":")))


def _statement(statement: Statement, scope: Scope) -> Document:
    document: Document = {
        "Sid": statement.sid,
        "Effect": "Allow",
        "Action": list(statement.actions),
        "Resource": [arn for form in statement.resources for arn in _each(form, scope)],
    }
    condition: dict[str, dict[str, Any]] = {}
    for name in statement.when:
        for operator, keys in _permissions().conditions[name].items():
            for key, value in keys.items():
                condition.setdefault(operator, {})[key] = _filled(value, scope)
    return {**document, "Condition": condition} if condition else document


def _filled(value: str | tuple[str, ...], scope: Scope) -> str | list[str]:
    if isinstance(value, tuple):
        return [next(_each(form, scope)) for form in value]
    return next(_each(value, scope))


def _each(form: str, scope: Scope) -> Iterator[str]:
    """Yield *form* for every combination of what its fields stand for."""
    fields = {
        "partition": (scope.partition,),
        "account": (scope.account,),
        "project": (scope.project,),
        "stack": (scope.stack,),
        "name": (f"{scope.project}-{scope.stack}",),
        "region": scope.regions,
        "flow": scope.flows,
        "parameter": scope.parameters,
        "slate": scope.slates,
        "feed": scope.feeds,
        "boundary": (scope.boundary or boundary_arn(scope),),
    }
    used = [field for _, field, _, _ in string.Formatter().parse(form) if field]
    for values in itertools.product(*(fields[field] for field in used)):
        yield form.format(**dict(zip(used, values, strict=True)))
