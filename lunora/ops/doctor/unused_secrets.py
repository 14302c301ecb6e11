"""Secrets of the stack's configuration that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog.model import DestinationSpec
from catalog.stack_files import StackFiles
from catalog.stack_settings import repository_secrets, secret_names, webhook_secrets
from lunora.ops.doctor.check import Check
from lunora.stack import Stack


def paths(stack: Stack, specs: Sequence[DestinationSpec], project: Path) -> Iterator[str]:
    """Yield the settings, for example `streamKeys.old-show`, in the order of the file."""
    keys: set[str | None] = {
        spec.key_name for spec in specs if spec.has_key and spec.stream_key.ssm is None
    }
    config = StackFiles.read(project, stack.name).config
    used: dict[str, set[str | None]] = {
        "streamKeys": keys,
        "passphrases": {spec.passphrase_name for spec in specs},
        "webhookUrls": set(webhook_secrets(config)),
        "repositoryTokens": set(repository_secrets(config)),
        "rtmpPasswords": {spec.rtmp_password_name for spec in specs},
    }
    for setting, name in secret_names(config):
        if name not in used[setting]:
            yield f"{setting}.{name}"


def check(stack: Stack, specs: Sequence[DestinationSpec], project: Path) -> Iterator[Check]:
    """Yield a warning for each; deleting a destination's file leaves its secret."""
    for path in paths(stack, specs, project):
        remedy = (
            f"`lunora doctor --remove`, or `pulumi config rm --path {stack.project}:{path}"
            f" --stack {stack.name}`, removes it"
        )
        yield Check(f"secret {path}", "warning", f"nothing uses it; {remedy}")
