"""The real AWS provider does its part of a destination under exactly the deploy role.

Channel, input and security group are made by our own plugin (tests/e2e/test_permissions.py).
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from catalog import names
from catalog.permissions import Document, Scope, boundary_arn, policies
from catalog.policies import lambda_trust_policy
from localaws.medialive.service import ACCOUNT
from localaws.server import LOCAL_FLOW, LOCAL_REGION, EmbeddedAws
from tests.contract.declarations import Variant, surroundings
from tests.support import roles
from tests.support.terraform import Terraform

pytestmark = pytest.mark.contract

SCOPE = Scope(ACCOUNT, "lunora-player", "local", (LOCAL_REGION,), (LOCAL_FLOW,))
NAME = "lunora-player-local-one"


def under(
    aws: EmbeddedAws, folder: Path, attached: str, documents: dict[str, Document]
) -> Terraform:
    """Return Terraform as a session of a role with these policies."""
    session = roles.session(aws, "deploy", documents)
    keys = {
        "access_key": session["AWS_ACCESS_KEY_ID"],
        "secret_key": session["AWS_SECRET_ACCESS_KEY"],
        "token": session["AWS_SESSION_TOKEN"],
    }
    return Terraform(folder, aws.endpoint, attached, keys)


def api(variant: Variant, archive: Path) -> dict[str, Any]:
    """Return what the program declares of the HTTP API, with some code."""
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("api.py", f"VERSION = {variant.version}\n")
    name, tags = f"{SCOPE.project}-{SCOPE.stack}-api", names.shared_tags(SCOPE.project, SCOPE.stack)
    function = {
        "function_name": name,
        "role": "${aws_iam_role.api.arn}",
        "runtime": "python3.13",
        "handler": "api.handle",
        "filename": str(archive),
        "source_code_hash": str(variant.version),
        "environment": {"variables": {"VERSION": str(variant.version)}},
        "tags": tags,
    }
    url = {
        "function_name": "${aws_lambda_function.api.function_name}",
        "authorization_type": "AWS_IAM",
        "cors": {"allow_origins": [f"https://v{variant.version}.example.org"]},
    }
    logs = {"name": f"/aws/lambda/{name}", "retention_in_days": 30, "tags": tags}
    return {
        "aws_cloudwatch_log_group": {"api": logs},
        "aws_lambda_function": {"api": function},
        "aws_lambda_function_url": {"api": url},
    }


def program(variant: Variant) -> dict[str, Any]:
    """Return what the program declares with pulumi-aws of one destination with a schedule."""
    declared = surroundings(variant)
    shared = names.shared_tags("lunora-player", "local")
    tags = {**shared, **variant.tags}
    role, schedule = declared["aws_iam_role"], declared["aws_scheduler_schedule"]["one"]

    def one(kind: str, key: str, **more: Any) -> dict[str, Any]:
        return {kind: {key: {**declared[kind][key], "tags": tags, **more}}}

    limit = {"permissions_boundary": boundary_arn(SCOPE)}
    return {
        **one("aws_ssm_parameter", "one", name="/lunora-player/local/destinations/one/stream-key"),
        "aws_iam_role": {
            "medialive": {
                **role["medialive"],
                "name": "lunora-player-local-medialive",
                "tags": shared,
                **limit,
            },
            "scheduler": {
                **role["scheduler"],
                "name": f"{NAME}-schedule",
                "tags": tags,
                **limit,
            },
            "api": {
                "name": "lunora-player-local-api",
                "assume_role_policy": json.dumps(lambda_trust_policy()),
                "tags": shared,
                **limit,
            },
        },
        "aws_iam_role_policy": declared["aws_iam_role_policy"],
        "aws_scheduler_schedule_group": {"one": {"name": "lunora-player-local", "tags": shared}},
        **one("aws_secretsmanager_secret", "one", name=f"{NAME}-passphrase"),
        "aws_secretsmanager_secret_version": declared["aws_secretsmanager_secret_version"],
        "aws_scheduler_schedule": {
            "one": {**schedule, "group_name": "${aws_scheduler_schedule_group.one.name}"}
        },
    }


def test_the_deploy_role_suffices(attached: str, tmp_path: Path) -> None:
    with EmbeddedAws(enforce_iam=True) as aws:
        roles.boundary(aws, SCOPE)
        terraform = under(aws, tmp_path, attached, policies("deploy", SCOPE))
        changed = Variant(key="rotated", version=1)
        for variant in (Variant(), changed):
            archive = tmp_path / f"{variant.version}.zip"
            terraform.apply({**program(variant), **api(variant, archive)})
        terraform.destroy()
        assert roles.client(aws, "ssm").describe_parameters()["Parameters"] == []


def test_a_missing_action_is_said_by_its_name(attached: str, tmp_path: Path) -> None:
    with EmbeddedAws(enforce_iam=True) as aws:
        roles.boundary(aws, SCOPE)
        less = roles.without(policies("deploy", SCOPE), "ssm:PutParameter", "iam:PassRole")
        terraform = under(aws, tmp_path, attached, less)
        terraform.write(program(Variant()))
        run = terraform.run("apply", "-auto-approve")
        text = " ".join(run.text.replace("│", " ").split())
        assert run.code == 1
        who = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/deploy/test is not authorized to perform:"
        assert f"AccessDeniedException: {who} ssm:PutParameter on resource:" in text
        assert f"{who} iam:PassRole on resource: arn:aws:iam::{ACCOUNT}:role/" in text
