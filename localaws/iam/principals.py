"""Principals by access key: users and sessions of roles in moto's IAM and STS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from moto.backends import get_backend
from moto.core.exceptions import ServiceException

from localaws.errors import AwsError
from localaws.medialive.service import ACCOUNT

ADMINISTRATOR = "embedded"
"""The access key id of who may do everything, so that there is somebody to make the roles."""

Documents = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """Principal of a request, with its policies.

    Attributes:
        arn: of the user, or of the session.
        principal: ARN that trust policies name: the user's, or that of the session's role.
        grants: sets of policies which must all allow: its own, then those that limit it
            (permissions boundary, session policy); empty for the administrator.
    """

    arn: str
    principal: str
    grants: tuple[Documents, ...]


def caller_of(key_id: str) -> Caller:
    """Return who has the access key *key_id*.

    Raises:
        AwsError: 403 when nobody has.
    """
    if key_id == ADMINISTRATOR:
        arn = f"arn:aws:iam::{ACCOUNT}:user/{ADMINISTRATOR}"
        return Caller(arn, arn, ())
    iam = _iam()
    session = get_backend("sts")[ACCOUNT]["aws"].get_assumed_role_from_access_key(key_id)
    if session is not None:
        role = role_of(session.role_arn)
        limits = (_parsed(session.policy),) if session.policy else ()
        return Caller(session.arn, role.arn, _grants(role, limits))
    user = iam.get_user_from_access_key_id(key_id)
    if user is None:
        message = "The security token included in the request is invalid."
        raise AwsError("UnrecognizedClientException", 403, message)
    return Caller(user.arn, user.arn, _grants(user, (), iam.get_groups_for_user(user.name)))


def service_as(role_arn: str, session: str) -> Caller:
    """Return a service of AWS that has become the role, as *session*.

    Raises:
        AwsError: 403 when there is no such role.
    """
    role = role_of(role_arn)
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/{session}"
    return Caller(arn, role.arn, _grants(role, ()))


def role_of(arn: str) -> Any:
    """Return moto's role of that ARN.

    Raises:
        AwsError: 403 when there is none, as STS says it.
    """
    try:
        return _iam().get_role_by_arn(arn)
    except ServiceException:
        message = f"the role {arn} does not exist or does not trust the caller"
        raise AwsError("AccessDeniedException", 403, message) from None


def with_boundary(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request's *members* with `Boundary`: what it brings, or what its role has."""
    boundary = members.get("PermissionsBoundary")
    if boundary is None:
        roles = (role for role in _iam().roles.values() if role.name == members.get("RoleName"))
        boundary = next((role.permissions_boundary_arn for role in roles), None)
    return {**members, "Boundary": boundary} if boundary else dict(members)


def trust_policy(role: Any) -> Mapping[str, Any]:
    """Return the trust policy of moto's *role*."""
    return _parsed(role.assume_role_policy_document)


def _grants(
    holder: Any, limits: tuple[Mapping[str, Any], ...], groups: tuple[Any, ...] | list[Any] = ()
) -> tuple[Documents, ...]:
    own = tuple(document for identity in (holder, *groups) for document in _policies(identity))
    boundary = getattr(holder, "permissions_boundary_arn", None)
    if boundary:
        limits = (*limits, _managed(_iam().get_policy(boundary)))
    return (own, *((limit,) for limit in limits))


def _policies(holder: Any) -> list[Mapping[str, Any]]:
    inline = [_parsed(text) for text in holder.policies.values()]
    return [*inline, *(_managed(policy) for policy in holder.managed_policies.values())]


def _managed(policy: Any) -> Mapping[str, Any]:
    (document,) = (
        version.document
        for version in policy.versions
        if version.version_id == policy.default_version_id
    )
    return _parsed(document)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(unquote(text))
    return document


def _iam() -> Any:
    return get_backend("iam")[ACCOUNT]["aws"]
