"""Parameter and role."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from offline.aws_plugin.base import AwsResource
from offline.aws_plugin.parameter import GetParameter, Parameter
from offline.aws_plugin.role import Role
from provider.aws import AwsClients
from provider.resource import Change, Diff, ResourceError

PARAMETER = {"name": "/one", "type": "SecureString", "value": "made-up", "tags": {"a": "1"}}
TRUST = '{"Version": "2012-10-17",  "Statement": []}'
LIMIT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
)
ROLE = {"name": "one", "assumeRolePolicy": TRUST, "tags": {"a": "1"}}


OF_TYPE: dict[type[AwsResource], dict[str, Any]] = {
    Parameter: PARAMETER,
    Role: ROLE,
}
each_type = pytest.mark.parametrize("kind", list(OF_TYPE))


@each_type
def test_what_is_declared_is_accepted_missing_or_not_served(
    aws: AwsClients, kind: type[AwsResource]
) -> None:
    inputs = OF_TYPE[kind]
    assert kind(aws).check("urn", None, inputs).failures == ()
    (surplus,) = kind(aws).check("urn", None, {**inputs, "colour": "red"}).failures
    assert surplus.path == "colour"
    for name in inputs.keys() - {"tags"}:
        rest = {key: value for key, value in inputs.items() if key != name}
        (missing,) = kind(aws).check("urn", None, rest).failures
        assert (missing.path, missing.code) == (name, "LUN320")


@each_type
def test_an_import_gives_inputs_that_declare_what_there_is(
    aws: AwsClients, kind: type[AwsResource]
) -> None:
    made = kind(aws).create("urn", OF_TYPE[kind])
    read = kind(aws).read("urn", made.id, {}, {})
    assert read is not None
    assert read.state["arn"] == made.state["arn"]
    assert kind(aws).check("urn", None, read.inputs).failures == ()
    assert read.inputs["tags"] == {"a": "1"}


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (Parameter, {}, Diff()),
        (Parameter, {"value": "rotated"}, Diff({"value": Change.UPDATE})),
        (Parameter, {"name": "/two"}, Diff({"name": Change.UPDATE}, frozenset({"name"}))),
        (Role, {"assumeRolePolicy": "{}"}, Diff({"assumeRolePolicy": Change.UPDATE})),
        (Role, {"name": "two"}, Diff({"name": Change.UPDATE}, frozenset({"name"}))),
    ],
)
def test_only_another_name_replaces(
    aws: AwsClients, kind: type[AwsResource], given: dict[str, Any], expected: Diff
) -> None:
    inputs = OF_TYPE[kind]
    assert kind(aws).diff("1", inputs, {}, {**inputs, **given}) == expected


def test_a_parameter_from_first_to_last(aws: AwsClients, client: Callable[[str], Any]) -> None:
    parameter, ssm = Parameter(aws), client("ssm")
    made = parameter.create("urn", PARAMETER)
    assert made.state["version"] == 1
    changed = {**PARAMETER, "value": "rotated", "tags": {"b": "2"}}
    state = parameter.update(made.id, PARAMETER, made.state, changed)
    assert (state["value"], state["tags"]) == ("rotated", {"b": "2"})
    assert ssm.get_parameter(Name="/one", WithDecryption=True)["Parameter"]["Value"] == "rotated"
    read = parameter.read("urn", made.id, changed, state)
    assert read is not None
    assert read.inputs == changed
    parameter.delete(made.id, state)
    assert ssm.describe_parameters()["Parameters"] == []
    parameter.delete(made.id, state)
    assert parameter.read("urn", made.id, changed, state) is None


def test_a_parameter_that_exists_is_not_overwritten_by_a_create(
    aws: AwsClients, client: Callable[[str], Any]
) -> None:
    Parameter(aws).create("urn", PARAMETER)
    with pytest.raises(ResourceError, match="LUN3") as caught:
        Parameter(aws).create("urn", {**PARAMETER, "value": "another"})
    assert "another" not in str(caught.value)
    stored = client("ssm").get_parameter(Name="/one", WithDecryption=True)["Parameter"]
    assert stored["Value"] == "made-up"


def test_other_tags_make_no_new_version_of_a_parameter(
    aws: AwsClients, embedded: EmbeddedAws
) -> None:
    made = Parameter(aws).create("urn", PARAMETER)
    embedded.calls.clear()
    changed = {**PARAMETER, "tags": {"a": "2", "b": "3"}}
    state = Parameter(aws).update(made.id, PARAMETER, made.state, changed)
    assert (state["version"], state["tagsAll"]) == (1, {"a": "2", "b": "3"})
    assert "PutParameter" not in [call.operation for call in embedded.calls]


def test_an_existing_parameter_is_looked_up(aws: AwsClients) -> None:
    made = Parameter(aws).create("urn", PARAMETER)
    assert GetParameter(aws)({"name": "/one"}) == {
        "id": "/one",
        "name": "/one",
        "arn": made.state["arn"],
        "type": "SecureString",
        "value": "made-up",
        "version": 1,
        "withDecryption": True,
    }


def test_a_secret_parameter_stays_encrypted_when_told_to(aws: AwsClients) -> None:
    Parameter(aws).create("urn", PARAMETER)
    looked_up = GetParameter(aws)({"name": "/one", "withDecryption": False})
    assert looked_up["withDecryption"] is False
    assert looked_up["value"] != "made-up"


def test_a_missing_parameter_is_one_sentence(aws: AwsClients) -> None:
    sentence = (
        r"^LUN31\d: cannot read parameter /none: GetParameter answered ParameterNotFound: .+$"
    )
    with pytest.raises(ResourceError, match=sentence) as caught:
        GetParameter(aws)({"name": "/none"})
    assert "\n" not in str(caught.value)


def test_a_role_from_first_to_last(aws: AwsClients, client: Callable[[str], Any]) -> None:
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


def test_a_role_gets_another_description(aws: AwsClients, client: Callable[[str], Any]) -> None:
    before, after = {**ROLE, "description": "x"}, {**ROLE, "description": "y"}
    made = Role(aws).create("urn", before)
    assert made.state["description"] == "x"
    assert Role(aws).update("one", before, made.state, after)["description"] == "y"
    assert client("iam").get_role(RoleName="one")["Role"]["Description"] == "y"


def test_a_role_gets_a_boundary_another_and_none(
    aws: AwsClients, client: Callable[[str], Any]
) -> None:
    iam = client("iam")
    limits = [
        iam.create_policy(PolicyName=name, PolicyDocument=LIMIT)["Policy"]["Arn"]
        for name in ("first", "second")
    ]
    declared = [ROLE, *({**ROLE, "permissionsBoundary": arn} for arn in limits), ROLE]
    state = Role(aws).create("urn", declared[1]).state
    assert state["permissionsBoundary"] == limits[0]
    for before, after in itertools.pairwise(declared[1:]):
        state = Role(aws).update("one", before, state, after)
        assert state.get("permissionsBoundary") == after.get("permissionsBoundary")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="one")["Role"]


def test_a_boundary_that_was_taken_away_is_drift(
    aws: AwsClients, client: Callable[[str], Any]
) -> None:
    iam = client("iam")
    limit = iam.create_policy(PolicyName="first", PolicyDocument=LIMIT)["Policy"]["Arn"]
    declared = {**ROLE, "permissionsBoundary": limit}
    made = Role(aws).create("urn", declared)
    iam.delete_role_permissions_boundary(RoleName="one")
    read = Role(aws).read("urn", "one", declared, made.state)
    assert read is not None
    assert "permissionsBoundary" not in read.inputs


def test_a_trust_policy_in_other_words_is_no_drift(aws: AwsClients) -> None:
    made = Role(aws).create("urn", ROLE)
    said_otherwise = {**ROLE, "assumeRolePolicy": '{"Statement": [], "Version": "2012-10-17"}'}
    for declared in (ROLE, said_otherwise):
        read = Role(aws).read("urn", "one", declared, made.state)
        assert read is not None
        assert read.inputs == declared


def test_another_trust_policy_is_drift(aws: AwsClients, client: Callable[[str], Any]) -> None:
    made = Role(aws).create("urn", ROLE)
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:AssumeRole"}]}
    client("iam").update_assume_role_policy(RoleName="one", PolicyDocument=json.dumps(trust))
    read = Role(aws).read("urn", "one", ROLE, made.state)
    assert read is not None
    assert json.loads(read.inputs["assumeRolePolicy"]) == trust
