"""What the command asks the Pulumi CLI: its version, and the stack's state as it is stored."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Marks a secret in a state; `ciphertext` or `plaintext` stands beside it (pulumi/sdk, resource
# package, secret signature).
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the word that stands for a secret

_IDENTITIES = ("arn", "name", "dashboardArn")


class PulumiCliError(Exception):
    """Pulumi does not do what was asked; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class StackState:
    """The state of one stack, as exported.

    Attributes:
        text: the export, secrets encrypted.
        held: ids, ARNs and names of everything in it.
    """

    text: str
    held: frozenset[str]


def version() -> str:
    """Return the version of the CLI, for example `3.276.0`.

    Raises:
        EngineError: when there is none.
    """
    return _pulumi("version").strip().removeprefix("v")


def plugins() -> dict[str, str]:
    """Return the versions of the installed resource plugins, by name.

    Raises:
        EngineError: when there is no CLI.
    """
    listed = json.loads(_pulumi("plugin", "ls", "--json") or "[]")
    return {one["name"]: one.get("version", "?") for one in listed if one["kind"] == "resource"}


def state(stack: str) -> StackState:
    """Export the state of *stack*.

    Raises:
        EngineError: when it cannot be read, or shows a secret in clear.
    """
    text = _pulumi("stack", "export", "--stack", stack)
    try:
        exported = json.loads(text)
    except ValueError:
        raise PulumiCliError("pulumi exported no state; run `pulumi stack export` to see") from None
    if any("plaintext" in secret for secret in _secrets(exported)):
        raise PulumiCliError("the exported state shows secrets in clear; it was not kept")
    resources = (exported.get("deployment") or {}).get("resources") or []
    return StackState(text, frozenset(_identities(resources)))


def restore(stack: str, text: str) -> None:
    """Put *text*, an export, in the place of the state of *stack*.

    Raises:
        EngineError: when Pulumi does not take it; the state is then as it was.
    """
    _pulumi("stack", "import", "--stack", stack, stdin=text)


def ensure_stack(stack: str, secrets_provider: str, env: Mapping[str, str]) -> bool:
    """Make *stack*, unless it is there; tell whether it was made.

    Args:
        stack: its name.
        secrets_provider: URL of what encrypts its secrets; the stack's file will name it.
        env: beside the environment, for example `PULUMI_BACKEND_URL`.

    Raises:
        EngineError: when the backend or the provider cannot be reached.
    """
    listed = json.loads(_pulumi("stack", "ls", "--json", env=env) or "[]")
    if any(one["name"].rpartition("/")[2] == stack for one in listed):
        return False
    _pulumi("stack", "init", stack, "--secrets-provider", secrets_provider, env=env)
    return True


def configure(stack: str, key: str, value: str, env: Mapping[str, str]) -> None:
    """Set the *key* of the configuration of *stack*, for example `lunora-player:endpoint`.

    Raises:
        EngineError: when it cannot be set.
    """
    _pulumi("config", "set", key, value, "--stack", stack, env=env)


def _pulumi(*words: str, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise PulumiCliError("pulumi is not on PATH; install it, or run `make setup`")
    done = subprocess.run(  # noqa: S603 - our own arguments
        [pulumi, *words, "--non-interactive"],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        said = lines[0].removeprefix("error: ") if lines else f"exit code {done.returncode}"
        raise PulumiCliError(f"pulumi {' '.join(words[:2])} failed: {said}")
    return done.stdout


def _secrets(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            yield value
        for member in value.values():
            yield from _secrets(member)
    elif isinstance(value, list):
        for member in value:
            yield from _secrets(member)


def _identities(resources: list[dict[str, Any]]) -> Iterator[str]:
    for resource in resources:
        outputs = resource.get("outputs") or {}
        for found in (resource.get("id"), *(outputs.get(key) for key in _IDENTITIES)):
            if isinstance(found, str):
                yield found


def at_least(found: str, wanted: tuple[int, ...]) -> bool:
    """Tell whether the version *found* is *wanted* or newer."""
    return tuple(int(part) for part in re.findall(r"\d+", found)[: len(wanted)]) >= wanted
