"""Parameter, role and input security group."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from localaws.standin.parameter import GetParameter, Parameter
from localaws.standin.role import Role
from localaws.standin.security_group import InputSecurityGroup
from provider.aws import Aws
from provider.resource import ResourceError

PARAMETER = {"name": "/one", "type": "SecureString", "value": "made-up", "tags": {"a": "1"}}
TRUST = '{"Version": "2012-10-17",  "Statement": []}'
ROLE = {"name": "one", "assumeRolePolicy": TRUST, "tags": {"a": "1"}}
GROUP = {"whitelistRules": [{"cidr": "203.0.113.10/32"}], "tags": {"a": "1"}}


def test_a_parameter_from_first_to_last(aws: Aws, client: Callable[[str], Any]) -> None:
    parameter, ssm = Parameter(aws), client("ssm")
    made = parameter.create("urn", PARAMETER)
    assert made.state["version"] == 1
    changed = {**PARAMETER, "value": "rotated", "tags": {"b": "2"}}
    state = parameter.update(made.id, PARAMETER, made.state, changed)
    assert (state["value"], state["tags"]) == ("rotated", {"b": "2"})
    assert ssm.get_parameter(Name="/one", WithDecryption=True)["Parameter"]["Value"] == "rotated"
    found = parameter.read("urn", made.id, changed, state)
    assert found is not None
    assert found.inputs == changed
    parameter.delete(made.id, state)
    assert ssm.describe_parameters()["Parameters"] == []
    parameter.delete(made.id, state)
    assert parameter.read("urn", made.id, changed, state) is None


def test_a_parameter_that_exists_is_not_overwritten_by_a_create(aws: Aws) -> None:
    Parameter(aws).create("urn", PARAMETER)
    with pytest.raises(ResourceError, match="could not write parameter /one") as caught:
        Parameter(aws).create("urn", {**PARAMETER, "value": "another"})
    assert "another" not in str(caught.value)


def test_an_existing_parameter_is_looked_up(aws: Aws) -> None:
    Parameter(aws).create("urn", PARAMETER)
    assert GetParameter(aws)({"name": "/one"})["value"] == "made-up"
    with pytest.raises(ResourceError, match="could not read parameter /none"):
        GetParameter(aws)({"name": "/none"})


def test_a_role_from_first_to_last(aws: Aws, client: Callable[[str], Any]) -> None:
    role, iam = Role(aws), client("iam")
    made = role.create("urn", ROLE)
    assert made.state["arn"].endswith(":role/one")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:AssumeRole"}]}
    changed = {**ROLE, "assumeRolePolicy": json.dumps(trust), "tags": {"b": "2"}}
    state = role.update("one", ROLE, made.state, changed)
    assert iam.get_role(RoleName="one")["Role"]["AssumeRolePolicyDocument"] == trust
    assert state["tags"] == {"b": "2"}
    role.delete("one", state)
    assert iam.list_roles()["Roles"] == []
    role.delete("one", state)
    assert role.read("urn", "one", changed, state) is None


def test_a_trust_policy_in_other_words_is_no_drift(aws: Aws) -> None:
    made = Role(aws).create("urn", ROLE)
    found = Role(aws).read("urn", "one", ROLE, made.state)
    assert found is not None
    assert found.inputs == ROLE


def test_a_security_group_from_first_to_last(aws: Aws, client: Callable[[str], Any]) -> None:
    group, medialive = InputSecurityGroup(aws), client("medialive")
    made = group.create("urn", GROUP)
    changed = {"whitelistRules": [{"cidr": "203.0.113.11/32"}], "tags": {"b": "2"}}
    state = group.update(made.id, GROUP, made.state, changed)
    assert state["whitelistRules"] == [{"cidr": "203.0.113.11/32"}]
    found = group.read("urn", made.id, changed, state)
    assert found is not None
    assert found.inputs == changed
    group.delete(made.id, state)
    assert medialive.list_input_security_groups()["InputSecurityGroups"] == []
    group.delete(made.id, state)
    assert group.read("urn", made.id, changed, state) is None


def test_a_security_group_in_use_is_not_deleted(aws: Aws, client: Callable[[str], Any]) -> None:
    made = InputSecurityGroup(aws).create("urn", GROUP)
    client("medialive").create_input(Name="one", Type="RTP_PUSH", InputSecurityGroups=[made.id])
    with pytest.raises(ResourceError, match="in use"):
        InputSecurityGroup(aws).delete(made.id, made.state)
