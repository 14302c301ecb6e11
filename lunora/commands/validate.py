"""`lunora validate`: check the destination files."""

from __future__ import annotations

from pathlib import Path

from catalog.loader import load
from catalog.stack_files import StackFiles, stack_file
from catalog.stack_settings import StackSettings
from lunora.commands.options import FolderArgument, StackName
from lunora.stack import FOLDER
from lunora.terminal import echo
from provider import declared_members

_CHECKS = (declared_members.findings,)


def validate(folder: FolderArgument = None, *, stack: StackName) -> None:
    """Check all destination files, with the flows of the stack; exit code 2 on an error."""
    settings = _settings(stack)
    if settings is None:
        loaded = load(folder or FOLDER, may_be_empty=True, checks=_CHECKS)
    else:
        path = folder or Path(settings.destinations)
        loaded = load(
            path,
            flows=settings.flows,
            sources=settings.sources,
            maintenance=settings.maintenance,
            may_be_empty=True,
            checks=_CHECKS,
        )
    for warning in loaded.warnings:
        echo(str(warning), err=True)
    count = len(loaded.specs)
    echo(f"{count} {'destination is' if count == 1 else 'destinations are'} valid")


def _settings(stack: str) -> StackSettings | None:
    """Return the stack's settings; None without the stack's files."""
    if not Path("Pulumi.yaml").exists() or not stack_file(Path(), stack).exists():
        return None
    return StackFiles.read(Path(), stack).settings()
