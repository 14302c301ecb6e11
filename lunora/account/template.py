"""The CloudFormation template of an account: bootstrap/account.yaml and the policies of the roles.

The policies are rendered from catalog/permissions.yaml. A new flow or parameter of the stack is a
change of this template.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from catalog.errors import LunoraError
from catalog.permissions import Document, Scope, policies, roles

FILE = Path(__file__).parents[2] / "bootstrap" / "account.yaml"
LONGEST = 51_200
"""Bytes of a template that is sent with its request (CloudFormation user guide, quotas)."""

Template = dict[str, Any]
_BOUNDARY = "Boundary"
# The roles of the pipeline, with their names in the template.
_ROLES = {"preview": "Preview", "deploy": "Deploy", "operator": "Operator"}


def base() -> Template:
    """Return the template of the file, without the policies of the roles."""
    template: Template = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return template


def rendered(scope: Scope) -> Template:
    """Return the whole template for an account and stack.

    Raises:
        LunoraError: when the policies of all flows do not fit into the permissions boundary.
    """
    template = base()
    template["Resources"] |= {**dict(_policies(scope)), _BOUNDARY: _boundary(scope)}
    template["Outputs"][_BOUNDARY] = {"Value": {"Ref": _BOUNDARY}}
    return template


def text_of(template: Template) -> str:
    """Return *template* as JSON without white space, because its length is limited."""
    return json.dumps(template, separators=(",", ":"))


def _policies(scope: Scope) -> Iterator[tuple[str, Template]]:
    for role in _ROLES:
        own = {
            name: document
            for name, document in policies(role, scope).items()
            if name.partition("-")[0] == role
        }
        for name, document in own.items():
            yield _logical(name), _policy(name, document, scope.stack, _holders(role))


def _boundary(scope: Scope) -> Template:
    document, *more = policies("boundary", scope).values()
    if more:
        raise LunoraError(
            "LUN421",
            f"cannot write the permissions boundary: {len(scope.flows)} flows in"
            f" {len(scope.regions)} regions do not fit into one policy",
            remedy="move flows to another stack",
        )
    return _policy("boundary", document, scope.stack, [])


def _policy(name: str, document: Document, stack: str, holders: list[str]) -> Template:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": f"lunora-{name}-{stack}",
            "Description": f"lunora: {name.partition('-')[0]}, of catalog/permissions.yaml.",
            "PolicyDocument": document,
            **({"Roles": [{"Ref": holder} for holder in holders]} if holders else {}),
        },
    }


def _holders(role: str) -> list[str]:
    """Return the roles of the template that have the policies of *role*."""
    return [logical for name, logical in _ROLES.items() if role in (name, *roles()[name].includes)]


def _logical(name: str) -> str:
    return "May" + "".join(part.capitalize() for part in name.split("-"))
