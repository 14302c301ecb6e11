"""`python -m offline.pulumi_engine --bin FOLDER`: install the engine and the AWS plugin."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import LunoraError
from offline.pulumi_engine import install


def main(
    folder: Annotated[Path, typer.Option("--bin", help="Folder of the commands.")] = Path(
        ".local/bin"
    ),
    *,
    official: Annotated[
        bool, typer.Option("--official", help="Fail where only the offline fallback is available.")
    ] = False,
) -> None:
    """Install the pinned Pulumi engine and AWS plugin: official, or else the offline fallback."""
    started = time.monotonic()

    def say(line: str) -> None:
        typer.echo(f"engine: [{time.monotonic() - started:4.0f} s] {line}", err=True)

    try:
        typer.echo(install.fill(folder, say, official_only=official), err=True)
    except LunoraError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


if __name__ == "__main__":
    typer.run(main)
