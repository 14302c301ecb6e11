"""The policies that the roles of a stack need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from catalog.loader import load
from catalog.permissions import Scope, policies, roles
from catalog.permissions_page import with_tables
from lunora.stack import Stack
from lunora.terminal import EXIT_INVALID_INPUT, StackName, fail

PAGE = Path("docs/reference/permissions.md")

Role = Annotated[str, typer.Argument(help="preview, deploy, operator, medialive or boundary.")]
Account = Annotated[str, typer.Option(help="The account's twelve digits.")]
Write = Annotated[
    bool, typer.Option("--write", help="Write the tables of docs/reference/permissions.md.")
]


def permissions(
    role: Role = "", *, stack: StackName = "prod", account: Account = "", write: Write = False
) -> None:
    """Print the IAM policies of a role, as one JSON document by policy name."""
    if write:
        _write()
        return
    if role not in roles():
        fail(f"there is no role {role!r}; give one of {', '.join(roles())}", EXIT_INVALID_INPUT)
    if not (account.isdecimal() and len(account) == 12):  # noqa: PLR2004 - what an account has
        fail("give the account's twelve digits with --account", EXIT_INVALID_INPUT)
    typer.echo(json.dumps(policies(role, scope_of(Stack.read(Path(), stack), account)), indent=2))


def scope_of(stack: Stack, account: str) -> Scope:
    """Return what the policies of *stack* are rendered for, by its files in the present folder."""
    keys = {spec.stream_key.ssm for spec in load(Path("destinations")).specs}
    flows = {flow.name or str(flow.arn).rpartition(":")[2] for flow in stack.flows}
    return Scope(
        account=account,
        project=stack.project,
        stack=stack.name,
        regions=stack.regions,
        flows=tuple(sorted(flows)),
        parameters=tuple(sorted(key for key in keys if key)),
        boundary=stack.boundary,
    )


def _write() -> None:
    try:
        PAGE.write_text(with_tables(PAGE), encoding="utf-8")
    except (OSError, ValueError) as problem:
        fail(f"{PAGE} cannot be written: {problem}", EXIT_INVALID_INPUT)
    typer.echo(str(PAGE))
