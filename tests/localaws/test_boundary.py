"""The deploy role makes roles that stay within the boundary, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog.permissions import Scope, boundary_arn, policies
from localaws.server import EmbeddedAws
from tests.support import roles
from tests.support.iam import ACCOUNT, allow, connect, document

SCOPE = Scope(ACCOUNT, "lunora-player", "prod", ("us-west-2",), ("router",))
NAME = "lunora-player-prod-one"
BOUNDARY = boundary_arn(SCOPE)
ROLE = {
    "RoleName": NAME,
    "AssumeRolePolicyDocument": document(
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    ),
}
EVERYTHING = document(allow("*"))


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """An emulator that enforces policies."""
    with EmbeddedAws(enforce_iam=True) as started:
        yield started


@pytest.fixture
def deploy(aws: EmbeddedAws) -> Any:
    """IAM as the deploy role has it; there is another policy, `other`."""
    aws.reset()
    roles.boundary(aws, SCOPE)
    connect(aws, "iam").create_policy(PolicyName="other", PolicyDocument=EVERYTHING)
    session = roles.session(aws, "deploy", policies("deploy", SCOPE))
    keys = {
        "AccessKeyId": session["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": session["AWS_SECRET_ACCESS_KEY"],
        "SessionToken": session["AWS_SESSION_TOKEN"],
    }
    return connect(aws, "iam", keys)


def refused(call: Callable[..., Any], **members: Any) -> str:
    with pytest.raises(ClientError, match="AccessDenied") as caught:
        call(**members)
    return str(caught.value)


OTHER = f"arn:aws:iam::{ACCOUNT}:policy/other"


@pytest.mark.parametrize("limit", [{}, {"PermissionsBoundary": OTHER}])
def test_a_role_without_the_boundary_is_refused(deploy: Any, limit: dict[str, str]) -> None:
    assert f"iam:CreateRole on resource: arn:aws:iam::{ACCOUNT}:role/{NAME}" in refused(
        deploy.create_role, **ROLE, **limit
    )


def test_leave_is_given_to_no_role_that_has_not_the_boundary(aws: EmbeddedAws, deploy: Any) -> None:
    connect(aws, "iam").create_role(**ROLE)
    policy = {"RoleName": NAME, "PolicyName": "p", "PolicyDocument": EVERYTHING}
    assert "iam:PutRolePolicy" in refused(deploy.put_role_policy, **policy)
    deploy.put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=BOUNDARY)
    deploy.put_role_policy(**policy)


def test_the_boundary_can_neither_be_changed_nor_removed(deploy: Any) -> None:
    deploy.create_role(**ROLE, PermissionsBoundary=BOUNDARY)
    limit = {"RoleName": NAME, "PermissionsBoundary": OTHER}
    assert refused(deploy.put_role_permissions_boundary, **limit)
    assert refused(deploy.delete_role_permissions_boundary, RoleName=NAME)
    assert refused(deploy.attach_role_policy, RoleName=NAME, PolicyArn=OTHER)
    version = {"PolicyArn": BOUNDARY, "PolicyDocument": EVERYTHING, "SetAsDefault": True}
    assert refused(deploy.create_policy_version, **version)


def test_a_role_that_was_given_everything_does_what_the_boundary_allows(
    aws: EmbeddedAws, deploy: Any
) -> None:
    arn = deploy.create_role(**ROLE, PermissionsBoundary=BOUNDARY)["Role"]["Arn"]
    deploy.put_role_policy(RoleName=NAME, PolicyName="p", PolicyDocument=EVERYTHING)
    sts = connect(aws, "sts")
    keys = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    assert connect(aws, "medialive", keys).list_channels()["Channels"] == []
    assert "iam:CreateUser" in refused(connect(aws, "iam", keys).create_user, UserName="ann")
