"""`lunora validate`: check the destination files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from catalog.loader import load
from catalog.stack_files import StackFiles, stack_file
from lunora.commands.options import FolderArgument, StackName
from lunora.ops.desired_state import FOLDER
from lunora.terminal import echo


def validate(folder: FolderArgument = FOLDER, *, stack: StackName) -> None:
    """Check all destination files, with the flows of the stack; exit code 2 on an error."""
    loaded = load(folder, flows=_flows(stack))
    for warning in loaded.warnings:
        echo(str(warning), err=True)
    count = len(loaded.specs)
    echo(f"{count} {'destination is' if count == 1 else 'destinations are'} valid")


def _flows(stack: str) -> Collection[str] | None:
    """Return the keys of the stack's flows; None without the stack's files."""
    if not Path("Pulumi.yaml").exists() or not stack_file(Path(), stack).exists():
        return None
    return StackFiles.read(Path(), stack).settings().flows
