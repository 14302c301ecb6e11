"""`python -m offline.pulumi_engine --bin FOLDER`: install the engine and the AWS plugin."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import LunoraError
from offline.pulumi_engine import install
from offline.pulumi_engine.official import write_lock


def main(
    folder: Annotated[Path, typer.Option("--bin", help="Folder of the commands.")] = Path(
        ".local/bin"
    ),
    *,
    official: Annotated[
        bool, typer.Option("--official", help="Fail where only the offline fallback is available.")
    ] = False,
    lock: Annotated[
        bool, typer.Option("--lock", help="Write official.lock instead: needs get.pulumi.com.")
    ] = False,
) -> None:
    """Install the pinned Pulumi engine and AWS plugin: official, or else the offline fallback."""
    started = time.monotonic()

    def say(line: str) -> None:
        typer.echo(f"engine: [{time.monotonic() - started:4.0f} s] {line}", err=True)

    try:
        if lock:
            typer.echo(_lock())
        else:
            typer.echo(install.fill(folder, say, official_only=official), err=True)
    except (LunoraError, OSError) as cause:
        error = cause if isinstance(cause, LunoraError) else _not_writable(cause)
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def _lock() -> str:
    try:
        return str(write_lock())
    except OSError as unread:
        raise LunoraError("LUN506", f"cannot read the published checksums: {unread}") from None


def _not_writable(error: OSError) -> LunoraError:
    return LunoraError(
        "LUN504",
        f"cannot install Pulumi: cannot write {error.filename}: {error.strerror}",
        remedy="make the folder writable",
    )


if __name__ == "__main__":
    typer.run(main)
