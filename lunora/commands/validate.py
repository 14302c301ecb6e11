"""`lunora validate`: check the destination files."""

from __future__ import annotations

from catalog.loader import load
from lunora.commands.options import FolderArgument
from lunora.ops.desired_state import FOLDER
from lunora.terminal import echo


def validate(folder: FolderArgument = FOLDER) -> None:
    """Check all destination files; exit code 2 when one is invalid."""
    loaded = load(folder)
    for warning in loaded.warnings:
        echo(str(warning), err=True)
    count = len(loaded.specs)
    echo(f"{count} {'destination is' if count == 1 else 'destinations are'} valid")
