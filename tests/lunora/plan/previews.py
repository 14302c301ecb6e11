"""Documents of `pulumi preview --json`, as small as a test needs them."""

from __future__ import annotations

import json
from typing import Any

CHANNEL = "livestream:index:Channel"
INPUT = "livestream:index:PushInput"
OUTPUT = "livestream:index:FlowOutput"
DESTINATION = "lunora:index:StreamDestination"
_STACK = "urn:pulumi:test::lunora-player::"


def urn(kind: str, name: str, parent: str = "") -> str:
    return f"{_STACK}{parent}{'$' if parent else ''}{kind}::{name}"


def destination(name: str, op: str) -> dict[str, Any]:
    """A step of a destination's component."""
    return step(DESTINATION, name, op)


def step(kind: str, name: str, op: str, *, of: str = "", **more: Any) -> dict[str, Any]:
    """A step of a resource; *of* names the destination it belongs to.

    *old* and *new* are its inputs, *paths* what differs.
    """
    parent = urn(DESTINATION, of) if of else urn("pulumi:pulumi:Stack", "lunora-player-test")
    made: dict[str, Any] = {"op": op, "urn": urn(kind, name, DESTINATION if of else "")}
    for key, inputs in (("oldState", more.get("old")), ("newState", more.get("new"))):
        if inputs is not None:
            made[key] = {"type": kind, "parent": parent, "inputs": inputs}
    if "oldState" not in made and "newState" not in made:
        made["oldState" if op.startswith("delete") else "newState"] = {
            "type": kind,
            "parent": parent,
        }
    made["detailedDiff"] = {path: {"kind": "update"} for path in more.get("paths", ())} or None
    return made


def deployed(**outputs: Any) -> dict[str, Any]:
    """The step of a stack that is deployed and says *outputs*."""
    kind = "pulumi:pulumi:Stack"
    state = {"type": kind, "outputs": outputs}
    return {"op": "same", "urn": urn(kind, "lunora-player-test"), "oldState": state}


def said(severity: str, message: str) -> dict[str, str]:
    return {"severity": severity, "message": message}


def document(*steps: dict[str, Any], diagnostics: list[dict[str, str]] | None = None) -> str:
    """The text of a preview."""
    return json.dumps({"config": {}, "steps": steps, "diagnostics": diagnostics or []})
