"""The destination files: check them, describe their keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalog.loader import load
from catalog.schema import generated
from lunora.terminal import INPUT_IS_WRONG, fail

Folder = Annotated[Path, typer.Argument(help="Folder of destination files.")]
DEFAULT_FOLDER = Path("destinations")


def validate(folder: Folder = DEFAULT_FOLDER) -> None:
    """Check all destination files; exit code 2 when one is wrong."""
    loaded = load(folder)
    for warning in loaded.warnings:
        typer.echo(str(warning), err=True)
    typer.echo(f"{len(loaded.specs)} destinations are valid")


def schema(folder: Folder = DEFAULT_FOLDER) -> None:
    """Write the folder's schema.json and the table of keys in its README.md."""
    try:
        for path, text in generated(folder).items():
            path.write_text(text, encoding="utf-8")
            typer.echo(str(path))
    except ValueError as unwritable:
        fail(str(unwritable), INPUT_IS_WRONG)
    except OSError:
        fail(f"{folder} cannot be written; check its permissions", INPUT_IS_WRONG)
