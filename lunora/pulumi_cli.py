"""Run the Pulumi CLI: its version, and a stack's state, configuration and preview."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from catalog.errors import LunoraError
from lunora import project_lock
from provider.redaction import Mask

# Marks a secret in a state; `ciphertext` or `plaintext` stands beside it (pulumi/sdk, resource
# package, secret signature).
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the word that stands for a secret

_IDENTITIES = ("arn", "name", "dashboardArn")
_BLOCK = 1 << 16
_FAILED, _NOT_INSTALLED, _SECRETS_IN_CLEAR = "LUN410", "LUN411", "LUN412"


class PulumiCliError(LunoraError):
    """The Pulumi CLI is missing or failed."""


@dataclass(frozen=True, slots=True)
class StackState:
    """The state of one stack, as exported.

    Attributes:
        text: the export, secrets encrypted.
        resource_ids: ids, ARNs and names of its resources.
    """

    text: str
    resource_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class StateResource:
    """A resource of a state.

    Attributes:
        urn: its URN.
        type: its type token.
    """

    urn: str
    type: str


def version() -> str:
    """Return the version of the CLI, for example `3.276.0`.

    Raises:
        PulumiCliError: when the CLI is not installed.
    """
    return _output("version").strip().removeprefix("v")


def plugins() -> dict[str, str]:
    """Return the versions of the installed resource plugins, by name.

    Raises:
        PulumiCliError: when the CLI is not installed.
    """
    installed = json.loads(_output("plugin", "ls", "--json") or "[]")
    return {
        plugin["name"]: plugin.get("version", "?")
        for plugin in installed
        if plugin["kind"] == "resource"
    }


def export_state(stack: str) -> StackState:
    """Export the state of *stack*.

    Raises:
        PulumiCliError: when the state cannot be read, or shows a secret in clear.
    """
    text = _output("stack", "export", "--stack", stack)
    try:
        exported = json.loads(text)
    except ValueError:
        raise PulumiCliError(
            _FAILED,
            "cannot read the stack's state: `pulumi stack export` printed no JSON",
            remedy="run `pulumi stack export` to see its output",
        ) from None
    if any("plaintext" in secret for secret in _secrets(exported)):
        raise PulumiCliError(
            _SECRETS_IN_CLEAR, "cannot keep the exported state: it shows secrets in clear"
        )
    resources = (exported.get("deployment") or {}).get("resources") or []
    return StackState(text, frozenset(_identities(resources)))


def resources(stack: str) -> tuple[StateResource, ...]:
    """Return the resources of the state of *stack*.

    Raises:
        PulumiCliError: when the state cannot be read.
    """
    exported = json.loads(_output("stack", "export", "--stack", stack) or "{}")
    listed = (exported.get("deployment") or {}).get("resources") or []
    return tuple(StateResource(resource["urn"], resource["type"]) for resource in listed)


def import_state(stack: str, text: str) -> None:
    """Replace the state of *stack* by *text*, an export.

    Raises:
        PulumiCliError: when Pulumi refuses it; the state is then unchanged.
    """
    _output("stack", "import", "--stack", stack, stdin=text)


def ensure_stack(stack: str, secrets_provider: str, env: Mapping[str, str]) -> bool:
    """Create *stack* unless it exists; return whether it was created.

    Args:
        stack: its name.
        secrets_provider: URL of the key that encrypts its secrets; stored in the stack's file.
        env: beside the environment, for example `PULUMI_BACKEND_URL`.

    Raises:
        PulumiCliError: when the backend or the provider cannot be reached.
    """
    stacks = json.loads(_output("stack", "ls", "--json", env=env) or "[]")
    if any(existing["name"].rpartition("/")[2] == stack for existing in stacks):
        return False
    _output("stack", "init", stack, "--secrets-provider", secrets_provider, env=env)
    return True


def set_config(stack: str, key: str, value: str, env: Mapping[str, str]) -> None:
    """Set *key* of the configuration of *stack*, for example `lunora-player:endpoint`.

    Raises:
        PulumiCliError: when it cannot be set.
    """
    with project_lock.locked(Path()):
        _output("config", "set", key, value, "--stack", stack, env=env)


def remove_config(project: str, stack: str, path: str) -> None:
    """Remove the setting *path*, for example `streamKeys.main-stage`, of *stack*.

    Raises:
        PulumiCliError: when it cannot be removed.
    """
    with project_lock.locked(Path()):
        _output("config", "rm", "--path", f"{project}:{path}", "--stack", stack)


def set_secret(project: str, stack: str, path: str, secret: str) -> None:
    """Store *secret* in the configuration of *stack*, encrypted.

    The secret is written to Pulumi's standard input: all users of a machine can read command lines.

    Args:
        project: the Pulumi project, which is the namespace of its configuration.
        stack: the stack.
        path: path of the setting, for example `streamKeys.main-stage`.
        secret: its value.

    Raises:
        PulumiCliError: when it cannot be stored; never with the secret.
    """
    setting = f"{project}:{path}"
    # Pulumi reads the file, changes it and writes it back: two at once would lose one's change.
    with project_lock.locked(Path()):
        _output("config", "set", "--secret", "--path", setting, "--stack", stack, stdin=secret)


def secrets(stack: str) -> Iterator[str]:
    """Yield the secrets of the configuration of *stack*.

    Raises:
        PulumiCliError: when it cannot be read or decrypted.
    """
    config = json.loads(_output("config", "--show-secrets", "--json", "--stack", stack) or "{}")
    for setting in config.values():
        if setting.get("secret"):
            yield from _texts(setting.get("objectValue", setting.get("value")))


def secret_map(project: str, stack: str, setting: str) -> dict[str, str]:
    """Return the secrets under *setting* of the configuration of *stack*, by name.

    Raises:
        PulumiCliError: when it cannot be read or decrypted.
    """
    config = json.loads(_output("config", "--show-secrets", "--json", "--stack", stack) or "{}")
    value = config.get(f"{project}:{setting}", {})
    secrets = value.get("objectValue") or json.loads(value.get("value") or "{}")
    return {str(name): str(secret) for name, secret in secrets.items()}


def run_redacted(arguments: Sequence[str], mask: Mask) -> int:
    """Run Pulumi with *arguments* and pass on its output with *mask*; return its exit code.

    Raises:
        PulumiCliError: when the CLI is not installed.
    """
    words = [_program(), *arguments, "--non-interactive"]
    # An interrupt from the terminal reaches Pulumi itself, which then ends its run in order.
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with subprocess.Popen(  # noqa: S603 - no shell; the words are the operator's own
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, restore_signals=True
        ) as child:
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            streams = ((child.stdout, sys.stdout), (child.stderr, sys.stderr))
            pumps = [threading.Thread(target=_pump, args=(*pair, mask)) for pair in streams]
            for pump in pumps:
                pump.start()
            for pump in pumps:
                pump.join()
        return child.returncode
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def preview(stack: str, targets: Sequence[str] = ()) -> str:
    """Return the document of `pulumi preview --json` for *stack*, also of a failed preview.

    Args:
        stack: the stack.
        targets: URNs of the only resources to look at; all without any.

    Raises:
        PulumiCliError: when the CLI is not installed.
    """
    # The engine would write a state at every step and keep none (docs/explanation/speed.md).
    env = {"PULUMI_SKIP_CHECKPOINTS": "true"}
    words = [f"--target={urn}" for urn in targets]
    return _run("preview", "--json", *words, "--stack", stack, env=env, stderr=None).stdout


def at_least(version: str, minimum: tuple[int, ...]) -> bool:
    """Return whether *version* is *minimum* or newer."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[: len(minimum)]) >= minimum


def _output(*arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
    result = _run(*arguments, env=env, stdin=stdin)
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
        cause = lines[0].removeprefix("error: ") if lines else f"exit code {result.returncode}"
        cause = Mask([stdin]).hide(cause)
        raise PulumiCliError(_FAILED, f"`pulumi {' '.join(arguments[:2])}` failed: {cause}")
    return result.stdout


def _run(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    stderr: int | None = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - no shell; the arguments are constants and checked names
        [_program(), *arguments, "--non-interactive"],
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


def _program() -> str:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise PulumiCliError(
            _NOT_INSTALLED,
            "cannot run pulumi: it is not on PATH",
            remedy="install it, or run `make setup` and load local.env",
        )
    return pulumi


def _pump(source: IO[bytes], sink: IO[str], mask: Mask) -> None:
    """Copy whole lines of *source* to *sink*, a block at a time: a line each would be slow."""
    rest = b""
    while block := source.read1(_BLOCK):  # type: ignore[attr-defined]
        lines, newline, rest = (rest + block).rpartition(b"\n")
        _write(sink, lines + newline, mask)
    _write(sink, rest, mask)


def _write(sink: IO[str], text: bytes, mask: Mask) -> None:
    # Who closed the output still gets the exit code: Pulumi must not die of it half-way.
    with contextlib.suppress(OSError):
        sink.write(mask.hide(text.decode(errors="replace")))
        sink.flush()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif value is not None:
        yield str(value)


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
        for identity in (resource.get("id"), *(outputs.get(key) for key in _IDENTITIES)):
            if isinstance(identity, str):
                yield identity
