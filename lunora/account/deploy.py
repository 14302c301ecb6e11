"""Bringing an account to its template with CloudFormation, which changes only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError, WaiterError

GITHUB = "token.actions.githubusercontent.com"
_PROVIDER = "GitHub"
_NOTHING_TO_DO = "No updates are to be performed"
_ABSENT = "does not exist"
# Looks every five seconds; what takes longest is the key, and that is a minute.
_PATIENCE = {"Delay": 5, "MaxAttempts": 120}

Outcome = Literal["made", "changed", "unchanged"]


class DeploymentError(Exception):
    """CloudFormation did not bring the account to its template; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What CloudFormation did, and the outputs of its stack."""

    outcome: Outcome
    outputs: Mapping[str, str]


def deploy(
    cloudformation: Any, iam: Any, name: str, template: str, parameters: Mapping[str, str]
) -> Deployment:
    """Bring the CloudFormation stack *name* to *template*.

    Args:
        cloudformation: boto3's client, in the region of the state.
        iam: likewise.
        name: of the stack.
        template: its text.
        parameters: the template's, without that of the OIDC provider: it is found.

    Raises:
        NotDeployed: when CloudFormation fails and undoes what it did.
        ClientError: when AWS refuses the call.
    """
    there = _exists(cloudformation, name)
    found = _provider(iam) if not (there and _made_provider(cloudformation, name)) else ""
    asked = {
        "StackName": name,
        "TemplateBody": template,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in {**parameters, "GitHubProvider": found}.items()
        ],
    }
    outcome = _update(cloudformation, asked) if there else _create(cloudformation, asked)
    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    return Deployment(outcome, {one["OutputKey"]: one["OutputValue"] for one in outputs})


def _create(cloudformation: Any, asked: Mapping[str, Any]) -> Outcome:
    # A stack that could not be made has to be removed before the next try; this one removes itself.
    cloudformation.create_stack(**asked, OnFailure="DELETE")
    _wait(cloudformation, "stack_create_complete", asked["StackName"])
    return "made"


def _update(cloudformation: Any, asked: Mapping[str, Any]) -> Outcome:
    try:
        cloudformation.update_stack(**asked)
    except ClientError as error:
        if _NOTHING_TO_DO in error.response["Error"]["Message"]:
            return "unchanged"
        raise
    _wait(cloudformation, "stack_update_complete", asked["StackName"])
    return "changed"


def _wait(cloudformation: Any, state: str, name: str) -> None:
    try:
        cloudformation.get_waiter(state).wait(StackName=name, WaiterConfig=_PATIENCE)
    except WaiterError:
        raise DeploymentError(
            f"CloudFormation could not bring {name} up; its events say why:"
            f" `aws cloudformation describe-stack-events --stack-name {name}`"
        ) from None


def _exists(cloudformation: Any, name: str) -> bool:
    try:
        cloudformation.describe_stacks(StackName=name)
    except ClientError as error:
        if _ABSENT in error.response["Error"]["Message"]:
            return False
        raise
    return True


def _made_provider(cloudformation: Any, name: str) -> bool:
    resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return any(one.get("LogicalResourceId") == _PROVIDER for one in resources)


def _provider(iam: Any) -> str:
    """Return the ARN of the account's provider for GitHub; empty where there is none."""
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return next((one["Arn"] for one in listed if one["Arn"].endswith(f"/{GITHUB}")), "")
