"""The account that a stack needs: state, secrets and the pipeline's roles."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from lunora import pulumi_cli
from lunora.account.deploy import Deployment, deploy
from lunora.account.template import LONGEST, Template, base, rendered, text_of
from lunora.commands.permissions import scope_of
from lunora.stack import Stack
from lunora.terminal import EXIT_INVALID_INPUT, StackName, fail, stderr
from provider import credentials

Repository = Annotated[str, typer.Argument(help="The GitHub repository, owner/name.")]
Branch = Annotated[str, typer.Option(help="The branch that holds what is deployed.")]
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
    stack: StackName = "prod",
    branch: Branch = "main",
    environment: Environment = "production",
    show_template: ShowTemplate = False,
) -> None:
    """Set up, or bring up to date, the account: state, secrets, roles. See docs/how-to/setup.md.

    Stdout has the commands that tell GitHub of it; nothing in them is secret.
    """
    where = Stack.read(Path(), stack)
    given = {
        "Repository": repository,
        "Stack": stack,
        "Branch": branch,
        "Environment": environment,
    }
    _check(given)
    aws = where.aws()
    number = aws.client("sts").get_caller_identity()["Account"]
    text = _text(rendered(scope_of(where, number)))
    if show_template:
        typer.echo(text)
        return
    clients = (aws.client("cloudformation"), aws.client("iam"))
    done = deploy(*clients, _name(where), text, given)
    stderr().print(f"CloudFormation stack {_name(where)}: {done.outcome}", highlight=False)
    outputs = _outputs(where, done)
    made = _begin(where, outputs)
    stderr().print(f"Pulumi stack {stack}: {'made' if made else 'there already'}", highlight=False)
    for command in _commands(where, given, outputs):
        typer.echo(shlex.join(command))


def _check(given: Mapping[str, str]) -> None:
    known = base()["Parameters"]
    for name, value in given.items():
        form = known[name]["AllowedPattern"]
        if not re.fullmatch(form, value):
            fail(
                f"{value!r} will not do as {name.lower()}; it has to be of the form {form}",
                EXIT_INVALID_INPUT,
            )


def _text(template: Template) -> str:
    text = text_of(template)
    if len(text.encode()) > LONGEST:
        fail(
            f"the template has {len(text.encode())} bytes and CloudFormation takes {LONGEST};"
            " spread the flows over more stacks",
            EXIT_INVALID_INPUT,
        )
    return text


def _outputs(where: Stack, done: Deployment) -> dict[str, str]:
    """Return the outputs; the engine has to be told where an embedded AWS is, in its URLs."""
    more = {}
    if where.endpoint:
        at = f"&endpoint={where.endpoint}"
        more = {"Backend": f"{at}&s3ForcePathStyle=true", "SecretsProvider": at}
    return {key: value + more.get(key, "") for key, value in done.outputs.items()}


def _begin(where: Stack, outputs: Mapping[str, str]) -> bool:
    made_up = credentials.for_endpoint(where.endpoint)
    env = {key.upper(): value for key, value in made_up.items()}
    env["PULUMI_BACKEND_URL"] = outputs["Backend"]
    made = pulumi_cli.ensure_stack(where.name, outputs["SecretsProvider"], env)
    if where.boundary is None:
        key = f"{where.project}:permissionsBoundaryArn"
        pulumi_cli.configure(where.name, key, outputs["Boundary"], env)
    return made


def _commands(
    where: Stack, given: Mapping[str, str], outputs: Mapping[str, str]
) -> Iterator[list[str]]:
    values = {variable: outputs[output] for variable, output in _VARIABLES.items()}
    repository, environment = given["Repository"], given["Environment"]
    for variable, value in {"AWS_REGION": where.region, **values}.items():
        yield ["gh", "variable", "set", variable, "--repo", repository, "--body", value]
    # Without the limit to the branch, a workflow of any branch could name the environment.
    environments = f"repos/{repository}/environments/{environment}"
    limited = "deployment_branch_policy[custom_branch_policies]=true"
    not_protected = "deployment_branch_policy[protected_branches]=false"
    yield ["gh", "api", "--method", "PUT", environments, "-F", limited, "-F", not_protected]
    policies = f"{environments}/deployment-branch-policies"
    yield ["gh", "api", "--method", "POST", policies, "-f", f"name={given['Branch']}"]


def _name(where: Stack) -> str:
    return f"{where.project}-{where.name}-account"
