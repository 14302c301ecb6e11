"""Users, roles and policies in an emulator that enforces them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localaws.server import EmbeddedAws
from tests.support import clients
from tests.support.clients import EMBEDDED

ACCOUNT = "123456789012"


Keys = Mapping[str, str]


def connect(aws: EmbeddedAws, service: str, keys: Keys = EMBEDDED) -> Any:
    return clients.connect(aws.endpoint, service, keys=keys, config=clients.ONCE)


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def user(aws: EmbeddedAws, *statements: Mapping[str, Any], name: str = "ann") -> Keys:
    iam = connect(aws, "iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*statements))
    keys: Keys = iam.create_access_key(UserName=name)["AccessKey"]
    return keys


def role(aws: EmbeddedAws, principal: Any, *statements: Mapping[str, Any], **trust: Any) -> str:
    iam = connect(aws, "iam")
    trusted = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **trust}
    made = iam.create_role(RoleName="r", AssumeRolePolicyDocument=document(trusted))["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document(*statements))
    arn: str = made
    return arn


def assume(aws: EmbeddedAws, arn: str, keys: Keys = EMBEDDED, **more: Any) -> Keys:
    answer = connect(aws, "sts", keys).assume_role(RoleArn=arn, RoleSessionName="session", **more)
    session: Keys = answer["Credentials"]
    return session
