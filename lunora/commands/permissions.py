"""`lunora permissions`: print the IAM policies of a stack's roles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from catalog.loader import load
from catalog.permissions import Scope, policies, roles
from catalog.permissions_page import with_tables
from lunora.commands.options import StackName
from lunora.file_errors import not_writable
from lunora.stack import Stack
from lunora.terminal import echo, invalid_option

PAGE = Path("docs/reference/permissions.md")

Role = Annotated[str, typer.Argument(help="preview, deploy, operator, medialive or boundary.")]
Account = Annotated[str, typer.Option(help="The account's twelve digits.")]
Write = Annotated[
    bool, typer.Option("--write", help="Write the tables of docs/reference/permissions.md.")
]


def permissions(
    role: Role = "", *, stack: StackName, account: Account = "", write: Write = False
) -> None:
    """Print the IAM policies of a role, as one JSON document by policy name."""
    if write:
        _write()
        return
    if role not in roles():
        raise invalid_option(f"there is no role {role!r}", f"give one of {', '.join(roles())}")
    if not (account.isdecimal() and len(account) == 12):  # noqa: PLR2004 - AWS's account ids
        raise invalid_option(
            "--account is missing or malformed", "give the account's twelve digits with --account"
        )
    echo(json.dumps(policies(role, scope_of(Stack.read(Path(), stack), account)), indent=2))


def scope_of(stack: Stack, account: str) -> Scope:
    """Return the scope of the policies of *stack*, by its files in the present folder."""
    specs = load(stack.folder, may_be_empty=True).specs
    keys = {spec.stream_key.ssm for spec in specs}
    flows = {flow.name or str(flow.arn).rpartition(":")[2] for flow in stack.flows}
    return Scope(
        account=account,
        project=stack.project,
        stack=stack.name,
        regions=stack.regions,
        flows=tuple(sorted(flows)),
        parameters=tuple(sorted(key for key in keys if key)),
        slates=tuple(sorted({image for spec in specs for image in spec.images})),
        feeds=tuple(sorted({spec.picture.feed for spec in specs if spec.picture.feed})),
        boundary=stack.boundary,
    )


def _write() -> None:
    try:
        PAGE.write_text(with_tables(PAGE), encoding="utf-8")
    except OSError as error:
        raise not_writable(PAGE, error) from None
    echo(str(PAGE))
