"""Deploy the account's template with CloudFormation, which changes only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError, WaiterError

from catalog.errors import LunoraError

GITHUB = "token.actions.githubusercontent.com"
_PROVIDER = "GitHub"
_NOTHING_TO_DO = "No updates are to be performed"
_ABSENT = "does not exist"
# The key takes longest, about a minute.
_POLLING = {"Delay": 5, "MaxAttempts": 120}

Outcome = Literal["created", "changed", "unchanged"]


class DeploymentError(LunoraError):
    """CloudFormation failed and undid its changes."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Outcome of a deployment, and the outputs of the CloudFormation stack."""

    outcome: Outcome
    outputs: Mapping[str, str]


def deploy(
    cloudformation: Any, iam: Any, name: str, template: str, parameters: Mapping[str, str]
) -> Deployment:
    """Create or update the CloudFormation stack *name* with *template*.

    Args:
        cloudformation: boto3's client, in the region of the state.
        iam: boto3's client.
        name: name of the stack.
        template: text of the template.
        parameters: parameters of the template, except for the OIDC provider, which is looked up.

    Raises:
        DeploymentError: when CloudFormation fails.
        ClientError: when AWS refuses the call.
    """
    exists = _exists(cloudformation, name)
    owns_provider = exists and _owns_provider(cloudformation, name)
    provider = "" if owns_provider else _provider(iam)
    request = {
        "StackName": name,
        "TemplateBody": template,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in {**parameters, "GitHubProvider": provider}.items()
        ],
    }
    outcome = _update(cloudformation, request) if exists else _create(cloudformation, request)
    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    return Deployment(outcome, {output["OutputKey"]: output["OutputValue"] for output in outputs})


def _create(cloudformation: Any, request: Mapping[str, Any]) -> Outcome:
    # A stack whose creation failed blocks the next try; OnFailure removes it.
    cloudformation.create_stack(**request, OnFailure="DELETE")
    _wait(cloudformation, "stack_create_complete", request["StackName"])
    return "created"


def _update(cloudformation: Any, request: Mapping[str, Any]) -> Outcome:
    try:
        cloudformation.update_stack(**request)
    except ClientError as error:
        if _NOTHING_TO_DO in error.response["Error"]["Message"]:
            return "unchanged"
        raise
    _wait(cloudformation, "stack_update_complete", request["StackName"])
    return "changed"


def _wait(cloudformation: Any, state: str, name: str) -> None:
    try:
        cloudformation.get_waiter(state).wait(StackName=name, WaiterConfig=_POLLING)
    except WaiterError:
        raise DeploymentError(
            "LUN420",
            f"cannot deploy the CloudFormation stack {name}",
            remedy="read its events with"
            f" `aws cloudformation describe-stack-events --stack-name {name}`",
        ) from None


def _exists(cloudformation: Any, name: str) -> bool:
    try:
        cloudformation.describe_stacks(StackName=name)
    except ClientError as error:
        if _ABSENT in error.response["Error"]["Message"]:
            return False
        raise
    return True


def _owns_provider(cloudformation: Any, name: str) -> bool:
    resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return any(resource.get("LogicalResourceId") == _PROVIDER for resource in resources)


def _provider(iam: Any) -> str:
    """Return the ARN of the account's provider for GitHub; empty where there is none."""
    providers = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    arns = (provider["Arn"] for provider in providers)
    return next((arn for arn in arns if arn.endswith(f"/{GITHUB}")), "")
