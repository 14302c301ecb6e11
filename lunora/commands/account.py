"""`lunora account`: create the account's state, secrets and roles of the pipeline."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import LunoraError
from lunora import pulumi_cli
from lunora.account.deploy import Deployment, deploy
from lunora.account.template import LONGEST, Template, base, rendered, text_of
from lunora.commands.options import StackName
from lunora.commands.permissions import scope_of
from lunora.stack import Stack
from lunora.terminal import echo, invalid_option, stderr
from provider import credentials

Repository = Annotated[str, typer.Argument(help="The GitHub repository, owner/name.")]
Branch = Annotated[str, typer.Option(help="The branch that is deployed.")]
Environment = Annotated[str, typer.Option(help="The GitHub environment whose jobs may deploy.")]
ShowTemplate = Annotated[
    bool, typer.Option("--template", help="Print the CloudFormation template and do nothing.")
]
# The repository's variables, by the outputs of the CloudFormation stack.
_VARIABLES = {
    "PULUMI_BACKEND_URL": "Backend",
    "LUNORA_PREVIEW_ROLE": "PreviewRole",
    "LUNORA_DEPLOY_ROLE": "DeployRole",
    "LUNORA_OPERATOR_ROLE": "OperatorRole",
}


def account(
    repository: Repository,
    *,
    stack: StackName,
    branch: Branch = "main",
    environment: Environment = "production",
    show_template: ShowTemplate = False,
) -> None:
    """Create or update the account's state, secrets and roles. See docs/how-to/setup.md.

    Stdout has the commands that configure the GitHub repository; nothing in them is secret.
    """
    config = Stack.read(Path(), stack)
    parameters = {
        "Repository": repository,
        "Stack": stack,
        "Branch": branch,
        "Environment": environment,
    }
    _check(parameters)
    aws = config.aws()
    account_id = aws.client("sts").get_caller_identity()["Account"]
    text = _text(rendered(scope_of(config, account_id)))
    if show_template:
        echo(text)
        return
    clients = (aws.client("cloudformation"), aws.client("iam"))
    deployment = deploy(*clients, _name(config), text, parameters)
    stderr().print(f"CloudFormation stack {_name(config)}: {deployment.outcome}", highlight=False)
    outputs = _outputs(config, deployment)
    created = _ensure_stack(config, outputs)
    outcome = "created" if created else "exists"
    stderr().print(f"Pulumi stack {stack}: {outcome}", highlight=False)
    for command in _commands(config, parameters, outputs):
        echo(shlex.join(command))


def _check(parameters: Mapping[str, str]) -> None:
    allowed = base()["Parameters"]
    for name, value in parameters.items():
        pattern = allowed[name]["AllowedPattern"]
        if not re.fullmatch(pattern, value):
            raise invalid_option(
                f"{value!r} is not a valid {name.lower()}", f"give one of the form {pattern}"
            )


def _text(template: Template) -> str:
    text = text_of(template)
    if len(text.encode()) > LONGEST:
        raise LunoraError(
            "LUN421",
            f"cannot deploy the template: it has {len(text.encode())} bytes and CloudFormation"
            f" takes {LONGEST}",
            remedy="spread the flows over more stacks",
        )
    return text


def _outputs(config: Stack, deployment: Deployment) -> dict[str, str]:
    """Return the outputs; with a local endpoint, the engine's URLs name it."""
    suffixes = {}
    if config.endpoint:
        endpoint = f"&endpoint={config.endpoint}"
        suffixes = {"Backend": f"{endpoint}&s3ForcePathStyle=true", "SecretsProvider": endpoint}
    return {key: value + suffixes.get(key, "") for key, value in deployment.outputs.items()}


def _ensure_stack(config: Stack, outputs: Mapping[str, str]) -> bool:
    """Create the Pulumi stack unless it exists; return whether it was created."""
    keys = credentials.for_endpoint(config.endpoint)
    env = {key.upper(): value for key, value in keys.items()}
    env["PULUMI_BACKEND_URL"] = outputs["Backend"]
    created = pulumi_cli.ensure_stack(config.name, outputs["SecretsProvider"], env)
    if config.boundary is None:
        key = f"{config.project}:permissionsBoundaryArn"
        pulumi_cli.set_config(config.name, key, outputs["Boundary"], env)
    return created


def _commands(
    config: Stack, parameters: Mapping[str, str], outputs: Mapping[str, str]
) -> Iterator[list[str]]:
    values = {variable: outputs[output] for variable, output in _VARIABLES.items()}
    repository, environment = parameters["Repository"], parameters["Environment"]
    for variable, value in {"AWS_REGION": config.region, **values}.items():
        yield ["gh", "variable", "set", variable, "--repo", repository, "--body", value]
    # Without the limit to the branch, a workflow of any branch could name the environment.
    environments = f"repos/{repository}/environments/{environment}"
    limited = "deployment_branch_policy[custom_branch_policies]=true"
    not_protected = "deployment_branch_policy[protected_branches]=false"
    yield ["gh", "api", "--method", "PUT", environments, "-F", limited, "-F", not_protected]
    policies = f"{environments}/deployment-branch-policies"
    yield ["gh", "api", "--method", "POST", policies, "-f", f"name={parameters['Branch']}"]


def _name(config: Stack) -> str:
    return f"{config.project}-{config.name}-account"
