"""`lunora validate`: check the destination files."""

from __future__ import annotations

import typer

from catalog.loader import load
from lunora.commands.options import FolderArgument
from lunora.ops.desired_state import FOLDER


def validate(folder: FolderArgument = FOLDER) -> None:
    """Check all destination files; exit code 2 when one is invalid."""
    loaded = load(folder)
    for warning in loaded.warnings:
        typer.echo(str(warning), err=True)
    count = len(loaded.specs)
    typer.echo(f"{count} {'destination is' if count == 1 else 'destinations are'} valid")
