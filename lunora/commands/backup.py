"""`lunora backup`: copy a stack's state, configuration and files."""

from __future__ import annotations

from pathlib import Path

from lunora import pulumi_cli
from lunora.commands.options import BackupFolder, StackName
from lunora.file_errors import not_writable
from lunora.ops import backup as backups
from lunora.stack import Stack
from lunora.terminal import echo, now, stderr


def backup(*, stack: StackName, to: BackupFolder = Path("backups")) -> None:
    """Copy the stack's state, configuration and files into one file; secrets stay encrypted."""
    config = Stack.read(Path(), stack)
    state = pulumi_cli.export_state(stack).text
    try:
        path = backups.backup(Path(), stack, state, to, now(), destinations=config.folder)
    except OSError as error:
        raise not_writable(to, error, "name another folder with --to") from None
    echo(str(path))
    stderr().print("to restore it, see docs/how-to/runbook.md", style="dim")
