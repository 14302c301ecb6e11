"""The policies: well-formed, rendered for one stack, small enough, and told in the docs."""

from __future__ import annotations

import json
from pathlib import Path

import pulumi_aws
import pytest

from catalog.permissions import Scope, policies, roles, trust_policy
from catalog.permissions_page import with_tables
from localaws.iam.questions import reference

ROOT = Path(__file__).parents[2]
SCOPE = Scope(
    account="123456789012",
    project="lunora-player",
    stack="prod",
    regions=("us-west-2", "eu-west-1"),
    flows=("one", "two"),
)


def test_the_docs_say_what_the_policies_say() -> None:
    page = ROOT / "docs/permissions.md"
    assert page.read_text() == with_tables(page), "run `lunora permissions --write`"


def test_a_page_without_its_marks_is_said(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("no marks")
    with pytest.raises(ValueError, match="bring its marks back"):
        with_tables(tmp_path / "page.md")


# The SDK warns of a class that is not used here, at the first look into its module.
@pytest.mark.filterwarnings("ignore:aws.lambda/microvmsimage:DeprecationWarning")
def test_every_place_that_uses_an_action_exists() -> None:
    places = {
        use.place
        for role in roles().values()
        for statement in role.statements
        for use in statement.actions.values()
    }
    for place in places:
        if place.startswith("aws."):
            _, module, name = place.split(".")
            assert hasattr(getattr(pulumi_aws, module), name), place
        else:
            assert (ROOT / place).is_file(), place


@pytest.mark.parametrize("role", roles())
def test_every_policy_fits_into_a_managed_policy(role: str) -> None:
    for document in policies(role, SCOPE).values():
        assert len(json.dumps(document, separators=(",", ":"))) <= 6144


def test_parts_hold_every_statement_once() -> None:
    found = [
        statement["Sid"]
        for name, document in policies("deploy", SCOPE).items()
        if name.startswith("deploy")
        for statement in document["Statement"]
    ]
    assert found == [statement.sid for statement in roles()["deploy"].statements]


def test_regions_and_flows_make_a_resource_each() -> None:
    (read,) = (
        statement
        for statement in policies("preview", SCOPE)["preview"]["Statement"]
        if statement["Sid"] == "ReadFlows"
    )
    assert read["Resource"] == [
        f"arn:aws:mediaconnect:{region}:123456789012:flow:*:{flow}"
        for region in ("us-west-2", "eu-west-1")
        for flow in ("one", "two")
    ]


def test_a_statement_about_nothing_is_left_out() -> None:
    statements = policies("preview", SCOPE)["preview"]["Statement"]
    assert "ReadExistingKeys" not in {statement["Sid"] for statement in statements}


def test_the_preview_role_changes_nothing() -> None:
    for document in policies("preview", SCOPE).values():
        for statement in document["Statement"]:
            for action in statement["Action"]:
                assert action.partition(":")[2].startswith(("Describe", "Get", "List"))


def test_roles_are_passed_to_the_service_they_are_for_alone() -> None:
    passing = {
        statement["Sid"]: (statement["Resource"], statement["Condition"])
        for document in policies("deploy", SCOPE).values()
        for statement in document["Statement"]
        if "iam:PassRole" in statement["Action"]
    }
    ours = "arn:aws:iam::123456789012:role/lunora-player-prod"
    assert passing == {
        "PassMediaLiveRole": (
            [f"{ours}-medialive"],
            {"StringEquals": {"iam:PassedToService": "medialive.amazonaws.com"}},
        ),
        "PassScheduleRoles": (
            [f"{ours}-*"],
            {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        ),
        "PassApiRole": (
            [f"{ours}-api"],
            {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        ),
    }


def test_the_medialive_role_may_do_nothing_and_is_medialives_alone() -> None:
    assert policies("medialive", SCOPE) == {}
    (statement,) = trust_policy("medialive")["Statement"]
    assert statement["Principal"] == {"Service": "medialive.amazonaws.com"}
    with pytest.raises(ValueError, match="no service of AWS assumes the role deploy"):
        trust_policy("deploy")


@pytest.mark.parametrize("role", roles())
def test_the_embedded_aws_can_judge_every_action(role: str) -> None:
    for statement in roles()[role].statements:
        for action in statement.actions:
            assert action.partition(":")[0] in reference()
