"""`python -m offline.pulumi_engine --bin FOLDER`: install the engine and its commands."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from offline.pulumi_engine import build, install


def main(
    folder: Annotated[Path, typer.Option("--bin", help="Where the commands go.")] = Path(
        ".local/bin"
    ),
) -> None:
    """Get a Pulumi engine; built at most once a machine."""
    started = time.monotonic()

    def say(line: str) -> None:
        typer.echo(f"engine: [{time.monotonic() - started:4.0f} s] {line}", err=True)

    try:
        typer.echo(install.fill(folder, say), err=True)
    except build.BuildError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(main)
