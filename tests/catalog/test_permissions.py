"""The policies: well-formed, rendered for one stack, small enough, and told in the docs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from catalog.channel_access import ChannelAccess
from catalog.errors import LunoraError
from catalog.names import shared_tags
from catalog.permissions import Document, Scope, boundary_arn, policies, roles, trust_policy
from catalog.permissions_page import with_tables
from catalog.policies import (
    ApiAccess,
    WatchdogAccess,
    api_policy,
    channel_policy,
    read_passphrases_policy,
    read_slates_policy,
    start_stop_channel_policy,
    switch_output_policy,
    watchdog_policy,
)
from localaws.iam.authorization_requests import reference
from localaws.iam.policy import AuthorizationRequest, Verdict, decide, listed

ROOT = Path(__file__).parents[2]
SCOPE = Scope(
    account="123456789012",
    project="lunora-player",
    stack="prod",
    regions=("us-west-2", "eu-west-1"),
    flows=("one", "two"),
    slates=("slates/a.png", "slates/b.png"),
    feeds=("arn:aws:elemental-inference:us-west-2:123456789012:feed/f1a2b3c4d5e6f7g8h9j",),
)


def test_the_docs_say_what_the_policies_say() -> None:
    page = ROOT / "docs/reference/permissions.md"
    assert page.read_text() == with_tables(page), "run `lunora permissions --write`"


def test_a_page_without_its_marks_is_said(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("no marks")
    with pytest.raises(LunoraError, match=r"\bLUN190\b"):
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
    sids = [
        statement["Sid"]
        for name, document in policies("deploy", SCOPE).items()
        if name.startswith("deploy")
        for statement in document["Statement"]
    ]
    assert sids == [statement.sid for statement in roles()["deploy"].statements]


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
        "PassMediaConnectRole": (
            [f"{ours}-srt"],
            {"StringEquals": {"iam:PassedToService": "mediaconnect.amazonaws.com"}},
        ),
        "PassScheduleRoles": (
            [f"{ours}-*"],
            {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        ),
        "PassFunctionRoles": (
            [
                f"{ours}-api",
                *(f"{ours}-watchdog-{region}" for region in ("us-west-2", "eu-west-1")),
            ],
            {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        ),
    }


def test_the_medialive_role_reads_slates_and_takes_flows_and_feeds_and_is_medialives_alone() -> (
    None
):
    slates, flows, feeds = policies("medialive", SCOPE)["medialive"]["Statement"]
    assert feeds["Resource"] == list(SCOPE.feeds)
    assert slates == {"Sid": "ReadSlates", **read_slates_policy(SCOPE.slates)["Statement"][0]}
    actions = {action.partition(":")[2] for action in flows["Action"]}
    assert actions == {"ManagedDescribeFlow", "ManagedAddOutput", "ManagedRemoveOutput"}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "medialive.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    assert trust_policy("medialive") == {"Version": "2012-10-17", "Statement": [trust]}
    with pytest.raises(ValueError, match="no service of AWS assumes the role deploy"):
        trust_policy("deploy")


def made_by_the_stack() -> list[Document]:
    """The policies that the components give to roles."""
    channel = "arn:aws:medialive:us-west-2:123456789012:channel:1"
    flow = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-abc:one"
    logs = "arn:aws:logs:us-west-2:123456789012:log-group:/aws/lambda/lunora-player-prod-api"
    tags = shared_tags("lunora-player", "prod")
    output = "arn:aws:mediaconnect:us-west-2:123456789012:output:1-a:lunora-player-prod-one"
    of_account = "us-west-2:123456789012"
    access = WatchdogAccess(
        flow_arns=[flow],
        table_arn=f"arn:aws:dynamodb:{of_account}:table/lunora-player-prod-watchdog",
        history_arn=f"arn:aws:logs:{of_account}:log-group:/lunora-player/prod/history",
        topic_arn=f"arn:aws:sns:{of_account}:lunora-player-prod-alerts",
        webhooks_arn=f"arn:aws:ssm:{of_account}:parameter/lunora-player/prod/webhooks",
        shows_logos=True,
    )
    written = ChannelAccess(
        parameters=tuple(
            f"/lunora-player/prod/destinations/one/{name}"
            for name in ("stream-key", "rtmp-password")
        ),
        recordings=("my-bucket/recordings/one",),
        playlists=("my-bucket/live/index",),
        takes_flows=True,
        feeds=SCOPE.feeds,
    )
    token = f"arn:aws:secretsmanager:{of_account}:secret:lunora-player-prod-repository-token-a"
    kept = "arn:aws:secretsmanager:*:123456789012:secret:lunora-player-prod-one-passphrase-a"
    return [
        start_stop_channel_policy(channel),
        switch_output_policy(flow, output),
        read_passphrases_policy(kept, tags),
        read_slates_policy(SCOPE.slates),
        api_policy(ApiAccess([flow], [access.history_arn], token), tags, log_group=logs),
        watchdog_policy(access, tags, log_group=logs.replace("api", "watchdog")),
        channel_policy(written, account="123456789012"),
    ]


def asked(document: Document, tags: Mapping[str, str]) -> set[tuple[str, str, frozenset[Any]]]:
    carried = frozenset((f"aws:ResourceTag/{key}", (value,)) for key, value in tags.items())
    return {
        (action, on.replace("*", "us-west-2", 1).replace(":*:", ":123456789012:"), carried)
        for statement in document["Statement"]
        for action in statement["Action"]
        for on in listed(statement["Resource"])
    }


def judged(tags: Mapping[str, str]) -> dict[str, Verdict]:
    limit = policies("boundary", SCOPE).values()
    verdicts: dict[str, Verdict] = {}
    for document in made_by_the_stack():
        for action, on, context in asked(document, tags):
            verdict = decide(limit, AuthorizationRequest(action, on, dict(context)))
            # An action that asks for two resources needs both.
            if verdict is not Verdict.ALLOWED or action not in verdicts:
                verdicts[action] = verdict
    return verdicts


def test_the_boundary_lets_the_roles_of_the_stack_do_their_work_and_no_more() -> None:
    verdicts = judged(shared_tags("lunora-player", "prod"))
    assert set(verdicts.values()) == {Verdict.ALLOWED}
    assert set(verdicts) == {
        action for statement in roles()["boundary"].statements for action in statement.actions
    }


def test_the_boundary_keeps_them_from_what_is_another_stacks() -> None:
    verdicts = judged(shared_tags("lunora-player", "other"))
    refused = {action for action, verdict in verdicts.items() if verdict is not Verdict.ALLOWED}
    secrets = ("DescribeSecret", "GetResourcePolicy", "GetSecretValue", "ListSecretVersionIds")
    assert refused == {
        *("medialive:StartChannel", "medialive:StopChannel", "mediaconnect:UpdateFlowOutput"),
        *("medialive:BatchUpdateSchedule", "medialive:DescribeThumbnails"),
        *("medialive:CreateTags", "medialive:DeleteTags"),
        *("mediaconnect:TagResource", "mediaconnect:UntagResource"),
        *(f"secretsmanager:{action}" for action in secrets),
    }


def test_another_boundary_of_the_configuration_takes_its_place() -> None:
    other = "arn:aws:iam::123456789012:policy/ours"
    text = json.dumps(policies("deploy", dataclasses.replace(SCOPE, boundary=other)))
    assert other in text
    assert boundary_arn(SCOPE) not in text


@pytest.mark.parametrize("role", roles())
def test_the_embedded_aws_can_judge_every_action(role: str) -> None:
    for statement in roles()[role].statements:
        for action in statement.actions:
            assert action.partition(":")[0] in reference()
