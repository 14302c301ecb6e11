"""The account's template, and CloudFormation bringing an account to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, WaiterError

from catalog.errors import LunoraError
from catalog.permissions import Scope, policies
from localaws.iam.policy import conditions_hold
from localaws.server import EmbeddedAws
from lunora.account.deploy import Deployment, DeploymentError
from lunora.account.deploy import deploy as deploy_account
from lunora.account.template import LONGEST, rendered, text_of
from tests.support.stage import Stage, run

ACCOUNT = "123456789012"
NAME = "lunora-player-prod-account"
GIVEN = {
    "Repository": "example/streams",
    "Stack": "prod",
    "Branch": "main",
    "Environment": "production",
}
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
Client = Callable[[str], Any]


def scope(*flows: str) -> Scope:
    return Scope(ACCOUNT, "lunora-player", "prod", ("us-west-2",), flows or ("router",))


@pytest.fixture
def deploy(embedded: EmbeddedAws, client: Client) -> Callable[..., Deployment]:
    """Bring the account to the template for some flows."""

    def bring(*flows: str, **given: str) -> Deployment:
        text = text_of(rendered(scope(*flows)))
        clients = (client("cloudformation"), client("iam"))
        return deploy_account(*clients, NAME, text, {**GIVEN, **given})

    return bring


def held(iam: Any, role: str) -> dict[str, Any]:
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    documents = {}
    for policy in attached:
        version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)
        documents[policy["PolicyName"]] = document["PolicyVersion"]["Document"]
    return documents


def test_each_role_has_the_policies_that_the_command_shows(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    deploy()
    for role in ("preview", "deploy", "operator"):
        there = held(client("iam"), f"lunora-{role}-prod")
        documents = policies(role, scope()).items()
        assert {
            f"lunora-{name}-prod": document for name, document in documents
        }.items() <= there.items()


def test_only_the_deploy_role_may_write_state(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    deploy()
    writers = [
        role
        for role in ("preview", "deploy", "operator")
        if "s3:PutObject" in json.dumps(held(client("iam"), f"lunora-{role}-prod"))
    ]
    assert writers == ["deploy"]


def test_the_bucket_keeps_versions_and_nothing_of_it_is_public(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    backend = deploy().outputs["Backend"]
    bucket = f"lunora-state-prod-{ACCOUNT}-us-west-2"
    assert backend == f"s3://{bucket}?region=us-west-2"
    s3, kms = client("s3"), client("kms")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert len(block) == 4
    assert all(block.values())
    owner = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    key = kms.describe_key(KeyId="alias/lunora-prod")["KeyMetadata"]
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}
    assert rule == {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
    (old,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert old["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}


def test_the_bucket_refuses_what_comes_without_tls(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    deploy()
    bucket = f"lunora-state-prod-{ACCOUNT}-us-west-2"
    policy = json.loads(client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    (statement,) = policy["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    assert conditions_hold(statement, {"aws:SecureTransport": ("false",)})
    assert not conditions_hold(statement, {"aws:SecureTransport": ("true",)})


PULL_REQUEST = "repo:example/streams:pull_request"
MAIN = "repo:example/streams:ref:refs/heads/main"
PRODUCTION = "repo:example/streams:environment:production"


@pytest.mark.parametrize(
    ("role", "subjects"),
    [("preview", {PULL_REQUEST, MAIN}), ("deploy", {PRODUCTION}), ("operator", {MAIN})],
)
def test_a_role_trusts_its_own_workflows_and_no_others(
    deploy: Callable[..., Deployment], client: Client, role: str, subjects: set[str]
) -> None:
    deploy()
    described = client("iam").get_role(RoleName=f"lunora-{role}-prod")["Role"]
    (statement,) = described["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Federated": PROVIDER}
    strangers = {
        "repo:other/streams:pull_request",
        "repo:example/streams-fork:environment:production",
        "repo:example/streams:ref:refs/heads/feature",
        "repo:example/streams:environment:staging",
    }
    known = {PULL_REQUEST, MAIN, PRODUCTION} | strangers
    assert {subject for subject in known if conditions_hold(statement, claims(subject))} == subjects
    assert not any(conditions_hold(statement, claims(subject, "other")) for subject in known)


def claims(subject: str, audience: str = "sts.amazonaws.com") -> Mapping[str, tuple[str, ...]]:
    host = "token.actions.githubusercontent.com"
    return {f"{host}:aud": (audience,), f"{host}:sub": (subject,)}


def test_an_up_may_take_two_hours(deploy: Callable[..., Deployment], client: Client) -> None:
    deploy()
    role = client("iam").get_role(RoleName="lunora-deploy-prod")["Role"]
    workflow = (Path(__file__).parents[2] / ".github/workflows/up.yml").read_text()
    assert f"role-duration-seconds: {role['MaxSessionDuration']}\n" in workflow


def test_a_second_run_changes_nothing(deploy: Callable[..., Deployment]) -> None:
    first, second = deploy(), deploy()
    assert (first.outcome, second.outcome) == ("created", "unchanged")
    assert second.outputs == first.outputs


def test_another_flow_changes_the_policies_and_no_role(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    deploy()
    before = client("iam").get_role(RoleName="lunora-deploy-prod")["Role"]["RoleId"]
    assert deploy("router", "second-router").outcome == "changed"
    there = held(client("iam"), "lunora-preview-prod")["lunora-preview-prod"]
    assert there == policies("preview", scope("router", "second-router"))["preview"]
    assert client("iam").get_role(RoleName="lunora-deploy-prod")["Role"]["RoleId"] == before


def test_policies_may_change_more_often_than_iam_keeps_versions(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    flows = [f"router-{number}" for number in range(7)]
    for count in range(1, 8):
        deploy(*flows[:count])
    there = held(client("iam"), "lunora-preview-prod")["lunora-preview-prod"]
    assert there == policies("preview", scope(*flows))["preview"]


def test_another_branch_changes_whom_a_role_trusts(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    deploy()
    assert deploy(Branch="release").outcome == "changed"
    role = client("iam").get_role(RoleName="lunora-operator-prod")["Role"]
    assert "refs/heads/release" in json.dumps(role["AssumeRolePolicyDocument"])


def test_a_provider_that_another_stack_made_is_used(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    iam = client("iam")
    url = "https://token.actions.githubusercontent.com"
    iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"])
    assert deploy().outcome == "created"
    assert len(iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]) == 1
    trust = iam.get_role(RoleName="lunora-deploy-prod")["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Federated": PROVIDER}
    assert deploy().outcome == "unchanged"


def test_without_the_roles_the_state_and_its_key_stay(
    deploy: Callable[..., Deployment], client: Client
) -> None:
    deploy()
    client("cloudformation").delete_stack(StackName=NAME)
    iam = client("iam")
    assert iam.list_roles()["Roles"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert len(client("s3").list_buckets()["Buckets"]) == 1
    keys = client("kms").list_keys()["Keys"]
    described = [client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in keys]
    ours = [key for key in described if key["Description"].startswith("Encrypts the state")]
    assert [key["KeyState"] for key in ours] == ["Enabled"]


def test_what_cloudformation_undid_is_said_in_one_sentence() -> None:
    cloudformation = Mock()
    cloudformation.get_waiter().wait.side_effect = WaiterError("created", "failed", {})
    cloudformation.describe_stack_resources.return_value = {"StackResources": []}
    iam = Mock()
    iam.list_open_id_connect_providers.return_value = {"OpenIDConnectProviderList": []}
    with pytest.raises(DeploymentError):
        deploy_account(cloudformation, iam, NAME, "{}", GIVEN)


@pytest.mark.parametrize("method", ["describe_stacks", "update_stack"])
def test_a_refusal_of_aws_is_none_of_a_stack_that_is_not_there(method: str) -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, method)
    cloudformation = Mock(**{f"{method}.side_effect": refused})
    cloudformation.describe_stack_resources.return_value = {"StackResources": []}
    iam = Mock()
    iam.list_open_id_connect_providers.return_value = {"OpenIDConnectProviderList": []}
    with pytest.raises(ClientError, match="AccessDenied"):
        deploy_account(cloudformation, iam, NAME, "{}", GIVEN)
    cloudformation.create_stack.assert_not_called()


def test_the_template_can_be_had_without_deploying_it(stage: Stage, client: Client) -> None:
    stage.declare("one")
    shown = run("account", "example/streams", "--template")
    assert shown.exit_code == 0
    assert "MayDeploy1" in json.loads(shown.stdout)["Resources"]
    assert client("cloudformation").list_stacks()["StackSummaries"] == []


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("streams",), "repository"),
        (("example/streams", "--branch", "two words"), "branch"),
        (("example/streams", "--environment", "a:b"), "environment"),
    ],
)
def test_what_no_trust_could_name_is_refused_before_aws_is_asked(
    stage: Stage, words: tuple[str, ...], what: str
) -> None:
    stage.aws.calls.clear()
    refused = run("account", *words)
    assert refused.exit_code == 2
    assert what in refused.stderr
    assert stage.aws.calls == []


def test_more_flows_than_a_template_holds_are_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.declare("one")
    monkeypatch.setattr("lunora.commands.account.LONGEST", 100)
    refused = run("account", "example/streams")
    assert refused.exit_code == 2
    assert "spread the flows over more stacks" in refused.stderr


def test_a_stack_of_twenty_flows_in_two_regions_fits() -> None:
    flows = tuple(f"lunora-player-prod-srt-router-{number}" for number in range(20))
    many = Scope(ACCOUNT, "lunora-player", "prod", ("us-west-2", "us-east-1"), flows)
    assert len(text_of(rendered(many))) < LONGEST


def test_more_flows_than_a_boundary_has_room_for_are_one_sentence() -> None:
    flows = tuple(f"lunora-player-prod-srt-router-{number}" for number in range(99))
    many = Scope(ACCOUNT, "lunora-player", "prod", ("us-west-2", "us-east-1"), flows)
    with pytest.raises(LunoraError, match=r"^LUN421"):
        rendered(many)
